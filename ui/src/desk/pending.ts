/** What the desk shows: the copy, with what was done here and is not in it yet painted over. Pure. */
import type { ContributionValue, PlacementValue, PostValue, RelayValue, SessionValue } from "../wire";
import { touches, type PostMove, type Step } from "./steps";

/** The subjects that the overlay reads, by id. */
export interface Base {
  readonly posts: ReadonlyMap<string, PostValue>;
  readonly relays: ReadonlyMap<string, RelayValue>;
  readonly sessions: ReadonlyMap<string, SessionValue>;
  /** By the id of each of its posts. */
  readonly contributions: ReadonlyMap<string, ContributionValue>;
  readonly placements: ReadonlyMap<string, PlacementValue>;
}

const LEADS_TO: Readonly<Record<PostMove, string>> = {
  approve: "approved", reject: "rejected", hide: "hidden", reconsider: "held", withdraw: "withdrawn",
};
export const OPEN: ReadonlySet<string> = new Set(["queued", "next", "on_floor"]);

/** The copy with steps painted over it; it is made anew for every change. */
export class View {
  readonly #posts = new Map<string, PostValue>();
  readonly #contributions = new Map<string, ContributionValue>();
  readonly #relays = new Map<string, RelayValue>();
  readonly #sessions = new Map<string, SessionValue>();
  readonly #placements = new Map<string, PlacementValue>();
  readonly #touched = new Set<string>();
  /** Other ids of relays: of one that was made here, and of the same one as the server has it. */
  readonly #alias = new Map<string, string>();

  /**
   * `now`: ISO time that new things get until the server says when they were. `real`: the ids that the
   * server gave to what was made here. A step may be in the copy already, when that hears of it before
   * the answer: painting it again changes nothing.
   */
  constructor(
    readonly base: Base, steps: readonly Step[], private readonly now: string,
    private readonly real: ReadonlyMap<string, string> = new Map(),
  ) {
    for (const step of steps) {
      for (const id of touches(step)) this.#touched.add(id);
      this.#apply(step);
    }
  }

  post(id: string): PostValue | undefined {
    return this.#posts.get(id) ?? this.base.posts.get(id);
  }

  /** The contribution that a post is in; a blank one where it is in none. */
  contribution(post: string): ContributionValue {
    return this.#contributions.get(post) ?? this.base.contributions.get(post) ?? BLANK;
  }

  /** Where a post belongs; undefined where nothing told. */
  placement(post: string): PlacementValue | undefined {
    return this.#placements.get(post) ?? this.base.placements.get(post);
  }

  relay(id: string): RelayValue | undefined {
    const key = this.#key(id);
    return this.#relays.get(key) ?? this.base.relays.get(key);
  }

  session(id: string): SessionValue | undefined {
    return this.#sessions.get(id) ?? this.base.sessions.get(id);
  }

  /** Whether something was done to it here that the copy does not show yet. */
  isPending(id: string): boolean {
    return this.#touched.has(id);
  }

  /** The relays of a session that are open: on the floor, next, then the queue in its order. */
  queue(session: string): readonly RelayValue[] {
    const ids = new Set([...this.base.relays.keys(), ...this.#relays.keys()]);
    const found = [...ids].map((id) => this.relay(id)).filter((relay) => relay !== undefined);
    return found.filter((one) => one.session === session && OPEN.has(one.state)).sort(inOrder);
  }

  #key(id: string): string {
    const known = this.#relays.has(id) || this.base.relays.has(id);
    return this.#alias.get(id) ?? (known ? id : this.real.get(id) ?? id);
  }

  #apply(step: Step): void {
    switch (step.do) {
      case "move":
        return this.#patchPost(step.post, { state: LEADS_TO[step.move], reasons: reasonsAfter(step.move, step.reason) });
      case "tag":
        if (step.on && step.approves) this.#patchPost(step.post, { state: "approved", reasons: [] });
        return this.#tag(step.post, step.tag, step.on);
      case "join":
        return this.#join(step.post, step.others, step.first ?? false);
      case "split":
        return this.#split(step.post);
      case "belong":
        return this.#belong(step.post, { session: step.session, reason: "person", by_hand: true, claimed_by: null, claimed_at: null });
      case "claim":
        return this.#belong(step.post, { claimed_by: step.on ? step.person : null, claimed_at: step.on ? this.now : null });
      case "note":
        return this.#patchContribution(step.post, { noted: step.on });
      case "raise":
        return this.#raise(step.post, step.session, step.made);
      case "place":
        return this.#place(step.relay, step.before);
      case "close":
        return this.#patchRelay(step.relay, {
          state: step.state, detail: step.detail ?? "", closed_at: this.now, ...(step.outcome ? { outcome: step.outcome } : {}),
        });
      case "advance":
        return this.#advance(step);
      case "begin": case "end":
        return this.#patchSession(step.session, { state: step.do === "begin" ? "running" : "ended" });
      case "note-session":
        return this.#patchSession(step.session, { note: step.note });
      case "prompt":
        return this.#patchSession(step.session, { prompt: step.prompt });
      case "send":
        return;
      default:
        return this.#shift(step.do, step.relay);
    }
  }

  #tag(post: string, tag: string, on: boolean): void {
    const without = (this.contribution(post).tags ?? []).filter((id) => id !== tag);
    this.#patchContribution(post, { tags: on ? [...without, tag] : without });
  }

  /** One point of several: all of its posts have it, and its own post leads. */
  #join(post: string, others: readonly string[], first: boolean): void {
    const into = this.contribution(post);
    const [own, more] = [postsOf(into, post), others.flatMap((id) => postsOf(this.contribution(id), id))];
    const posts = [...new Set(first ? [...more, ...own] : [...own, ...more])];
    const tags = [...new Set([into, ...others.map((id) => this.contribution(id))].flatMap((one) => one.tags ?? []))];
    for (const id of posts) this.#contributions.set(id, { ...into, posts, tags });
  }

  #split(post: string): void {
    const whole = this.contribution(post);
    const posts = whole.posts.filter((id) => id !== post);
    if (posts.length === 0) return;
    for (const id of posts) this.#contributions.set(id, { ...whole, posts });
    this.#contributions.set(post, { ...BLANK, posts: [post] });
  }

  #belong(post: string, change: Partial<PlacementValue>): void {
    const blank: PlacementValue = { id: post, session: null, reason: "", by_hand: false, claimed_by: null, claimed_at: null, version: 0 };
    this.#placements.set(post, { ...(this.placement(post) ?? blank), ...change });
  }

  #raise(id: string, session: string, made: string): void {
    const post = this.post(id);
    if (!post) return;
    if (post.state === "held") this.#patchPost(id, { state: "approved", reasons: [] });
    const there = this.#raised(id, session, made);
    if (there) return void this.#alias.set(made, there);
    const real = this.real.get(made);
    if (real) this.#alias.set(real, made);
    const last = this.queue(session).at(-1)?.rank ?? 0;
    this.#relays.set(made, {
      id: made, contribution: this.contribution(id).id, session, state: "queued", rank: last + 1, post,
      others: [], examples: [], voices: 1, wording: this.contribution(id).wording, detail: "", outcome: "", raised_at: this.now, floor_at: null, closed_at: null, version: 0, note: null,
    });
    this.#patchContribution(id, { relay: made, session, relay_state: "queued" });
  }

  /** The relay of a post in a session as the copy has it: of two that are open there is only ever one. */
  #raised(post: string, session: string, made: string): string | undefined {
    const real = this.real.get(made);
    if (real && this.base.relays.has(real)) return real;
    return this.queue(session).find((relay) => relay.post.id === post)?.id;
  }

  #place(asked: string, target: string | null): void {
    const relay = this.relay(asked);
    if (!relay) return;
    const { id } = relay;
    const before = target === null ? null : this.#key(target);
    const queued = this.queue(relay.session).filter((one) => one.state === "queued" && one.id !== id);
    const at = before === null ? queued.length : queued.findIndex((one) => one.id === before);
    if (at < 0) return;
    const above = queued[at - 1]?.rank ?? (queued[at]?.rank ?? 0) - 2;
    const below = queued[at]?.rank ?? above + 2;
    this.#patchRelay(id, { rank: (above + below) / 2 });
  }

  #advance(step: Extract<Step, { do: "advance" }>): void {
    const { session } = step;
    const [floor, next] = [step.floor, step.next].map((id) => (id === null ? null : this.#key(id))) as [string | null, string | null];
    const there = (state: string): string | null => this.queue(session).find((one) => one.state === state)?.id ?? null;
    if (there("on_floor") !== floor || there("next") !== next) return;
    if (floor !== null) {
      const outcome = step.outcome ? { outcome: step.outcome } : {};
      this.#patchRelay(floor, { state: step.state ?? "discussed", closed_at: this.now, ...outcome });
    }
    if (next !== null) this.#patchRelay(next, { state: "on_floor", floor_at: this.now });
    const head = this.queue(session).find((relay) => relay.state === "queued");
    if (head) this.#patchRelay(head.id, { state: "next" });
  }

  #shift(verb: "ready" | "queue" | "take-up" | "reopen", id: string): void {
    const relay = this.relay(id);
    if (!relay) return;
    if (verb === "take-up") return this.#patchRelay(id, { state: "on_floor", floor_at: relay.floor_at ?? this.now });
    if (verb === "queue" && relay.state === "queued") return;
    if (verb === "queue") return this.#patchRelay(id, { state: "queued", rank: this.#firstRank(relay.session) });
    if (verb === "ready") return this.#ready(relay.id, relay.session);
    if (!OPEN.has(relay.state)) this.#reopen(relay);
  }

  #ready(id: string, session: string): void {
    const former = this.queue(session).find((one) => one.state === "next" && one.id !== id);
    if (former) this.#patchRelay(former.id, { state: "queued", rank: this.#firstRank(session) });
    this.#patchRelay(id, { state: "next" });
  }

  /** What the room had taken up comes back to it, and what moved up since moves down again. */
  #reopen(relay: RelayValue): void {
    const back = { detail: "", closed_at: null };
    const heard = relay.state === "discussed" || relay.state === "answered";
    if (!heard) return this.#patchRelay(relay.id, { ...back, state: "queued", rank: this.#firstRank(relay.session) });
    const there = this.queue(relay.session).find((one) => one.state === "on_floor");
    if (there) this.#ready(there.id, relay.session);
    this.#patchRelay(relay.id, { ...back, state: "on_floor" });
  }

  #firstRank(session: string): number {
    return (this.queue(session).find((one) => one.state === "queued")?.rank ?? 1) - 1;
  }

  #patchPost(id: string, change: Partial<PostValue>): void {
    const post = this.post(id);
    if (post) this.#posts.set(id, { ...post, ...change });
  }

  #patchContribution(post: string, change: Partial<ContributionValue>): void {
    const changed = { ...this.contribution(post), ...change };
    for (const id of postsOf(changed, post)) this.#contributions.set(id, changed);
  }

  #patchRelay(id: string, change: Partial<RelayValue>): void {
    const relay = this.relay(id);
    if (!relay) return;
    const changed = { ...relay, ...change };
    this.#relays.set(relay.id, changed);
    if (this.contribution(relay.post.id).relay === relay.id) {
      const back = changed.state === "dropped" && changed.detail === "withdrawn"; // what was taken back was no attempt
      this.#patchContribution(relay.post.id, back ? NO_RELAY : { relay_state: changed.state });
    }
  }

  #patchSession(id: string, change: Partial<SessionValue>): void {
    const session = this.session(id);
    if (session) this.#sessions.set(id, { ...session, ...change });
  }
}

const NO_RELAY = { relay: null, session: null, relay_state: null };

/** The contribution of a post that is in none yet. */
export const BLANK: ContributionValue = {
  id: "", posts: [], tags: [], noted: false, ...NO_RELAY, owed: 0, told: 0, version: 0, wording: "", worded: 0,
};

/** The posts of a point; of one that is in no contribution yet, itself. */
function postsOf(contribution: ContributionValue, post: string): readonly string[] {
  return contribution.posts.includes(post) ? contribution.posts : [post];
}

const PLACE: Readonly<Record<string, number>> = { on_floor: 0, next: 1, queued: 2 };

function inOrder(a: RelayValue, b: RelayValue): number {
  const state = (PLACE[a.state] ?? 3) - (PLACE[b.state] ?? 3);
  return state || a.rank - b.rank || (a.raised_at < b.raised_at ? -1 : 1);
}

function reasonsAfter(move: PostMove, reason: string | undefined): PostValue["reasons"] {
  const code = move === "reconsider" ? "reconsidered" : reason;
  return code ? [{ code, start: null, end: null, params: {} }] : [];
}
