/** The desk's state as its components read it: the copy with own steps over it, the list, the session. */
import { batch, computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Browser } from "../browser";
import { checkedNow } from "../checked";
import { People } from "./people";
import { Refusal, type Answer, type Request } from "../commands";
import { isAside, Outbox, type Entry } from "../outbox";
import type { Held } from "../store";
import type { CheckValue, EventValue, OptOutValue, PostValue, RoomValue, SessionValue, TagValue } from "../wire";
import { Beside } from "./beside";
import type { Dialog } from "./dialogs";
import { cardOf, isLookedFor, placeOf, type Place, type Whose } from "./gathering";
import { isQuestion, isUnhandled, isWaiting, Listing, matches, searchable, type Criteria, type Item, type Rights } from "./inbox";
import type { Area } from "./keymap";
import { View, type Base } from "./pending";
import { ownSession } from "./programme";
import { Sheet } from "./sheet";
import { isFloorMove, movesOthers, requestOf, touches, versioned, type Seen, type Step } from "./steps";
import { inverseOf, Undo, type Done } from "./undo";
import { MOST_PROBLEMS, named, RULES } from "./unsent";

/** What the server would not do, and why, in its words. */
export interface Problem {
  readonly cause: string;
  readonly step: Step;
  readonly refusal: Refusal;
}

export interface Counts {
  readonly unhandled: number;
  readonly waiting: number;
  readonly questions: number;
  readonly all: number;
  /** When the oldest unhandled post was written, in milliseconds since 1970. */
  readonly oldest: number | null;
  /** Unhandled posts that fit no session, and when the oldest of them was written. */
  readonly tray: number;
  readonly trayOldest: number | null;
}

const EMPTY: Base = { posts: new Map(), relays: new Map(), sessions: new Map(), contributions: new Map(), placements: new Map() };
/** After so long without a key nobody is thought to work at a post any more. */
const IDLE_MS = 60_000;
/** Names, in the languages that the preset codebook has, of the tag that marks a question. */
const QUESTION = /^questions?$/i;

export interface DeskOptions {
  readonly event: string;
  readonly person: string;
  /** Verbs that this person's roles allow. */
  readonly may: ReadonlySet<string>;
  readonly browser: Browser;
}

export class Desk {
  readonly event = signal<EventValue | null>(null);
  readonly rooms = signal<readonly RoomValue[]>([]);
  readonly sessions = signal<readonly SessionValue[]>([]);
  readonly tags = signal<readonly TagValue[]>([]);
  readonly people = new People();
  /** What was found about the claims of posts, by post id. */
  readonly checked = signal<ReadonlyMap<string, CheckValue>>(new Map());
  /** Ids of the posts that are kept on the walls. */
  readonly pins = signal<ReadonlySet<string>>(new Set());
  /** Who is left off the walls, by id. */
  readonly optOuts = signal<ReadonlyMap<string, OptOutValue>>(new Map());
  readonly now = signal(Date.now());
  readonly ready = signal(false);

  readonly criteria = signal<Criteria>({ show: "unhandled", network: null, lang: null, words: "" });
  /** Whose posts are looked for; null until somebody chose: then it is what fits their rights. */
  readonly whose = signal<Whose | null>(null);
  /** Posts that are marked to be made one point. */
  readonly marked = signal<ReadonlySet<string>>(new Set());
  /** Set by the list: the ids of the rows that are in sight. */
  inSight: () => readonly string[] = () => [];
  readonly listing = new Listing();
  /** Goes up whenever the list, what waits for it, or its cursor changed. */
  readonly listed = signal(0);
  readonly area = signal<Area>("inbox");
  readonly chosen = signal<string | null>(null);
  /** The relay that the keys act on in the queue. */
  readonly relay = signal<string | null>(null);
  readonly dialog = signal<Dialog | null>(null);
  readonly problems = signal<readonly Problem[]>([]);
  /** What is read out politely; nothing is said about every post that arrives. */
  readonly said = signal("");
  /** Whether the current post is shown whole, with its pictures. */
  readonly opened = signal(false);

  readonly undo = new Undo();
  readonly sheet = new Sheet();
  readonly beside = new Beside();
  readonly outbox: Outbox<Step>;
  readonly rights: Rights;
  readonly view: ReadonlySignal<View>;
  readonly mine: ReadonlySignal<SessionValue | null>;
  /** The id, as it is shown now, of the relay that the keys act on. */
  readonly picked: ReadonlySignal<string | null>;
  readonly counts: ReadonlySignal<Counts>;
  readonly questionTags: ReadonlySignal<ReadonlySet<string>>;

  readonly #base = signal<Base>(EMPTY);
  /** What is looked for, in order. */
  readonly #matching: ReadonlySignal<readonly string[]>;
  readonly #answers = new Map<string, Answer>();
  /** Ids that things made here got from the server. */
  readonly #real = signal<ReadonlyMap<string, string>>(new Map());
  #held: Held | null = null;
  #painted: readonly Step[] = [];
  #sorted: readonly string[] = [];
  #touched = false;
  #touchedAt = 0;

  constructor(readonly options: DeskOptions) {
    this.rights = { judges: this.may("post.approve"), tags: this.may("point.tag") };
    this.outbox = new Outbox<Step>({
      event: options.event, person: options.person, browser: options.browser, late: isFloorMove, ...RULES,
      request: (step) => this.#request(step),
      onAnswer: (entry, answer) => this.#answered(entry, answer),
      onRefusal: (entry, refusal) => this.#refused(entry, refusal),
    });
    const steps = computed(() => this.#steps());
    this.view = computed(() => new View(this.#base.value, steps.value, new Date().toISOString(), this.#real.value));
    this.mine = computed(() => ownSession(this.sessions.value, this.chosen.value, options.person, this.view.value));
    this.picked = computed(() => (this.relay.value === null ? null : this.view.value.relay(this.relay.value)?.id ?? null));
    this.questionTags = computed(() => new Set(this.tags.value.filter(({ code, name }) => code === "question" || QUESTION.test(name)).map(({ id }) => id)));
    this.counts = computed(() => this.#count());
    this.#matching = computed(() => this.#match());
    effect(() => this.#offer());
    setInterval(() => (this.now.value = Date.now()), 1000);
  }

  may(verb: string): boolean {
    return this.options.may.has(verb);
  }

  /** Take the copy as it is now. What follows from it is worked out once. */
  fold(held: Held): void {
    batch(() => this.#fold(held));
  }

  #fold(held: Held): void {
    const anew = held !== this.#held;
    this.#held = held;
    const posts = held.all("post");
    this.event.value = [...held.all("event").values()][0] ?? null;
    this.rooms.value = sorted(held.all("room").values(), (room) => room.position);
    this.sessions.value = sorted(held.all("session").values(), (session) => Date.parse(session.starts_at));
    this.checked.value = checkedNow(this.checked.peek(), held.all("check"));
    this.tags.value = sorted(held.all("tag").values(), (tag) => tag.position).filter(({ retired }) => !retired);
    this.optOuts.value = new Map(held.all("opt_out"));
    this.#sorted = sorted(posts.values(), (post) => post.order).map(({ id }) => id);
    const contributions = new Map([...held.all("contribution").values()].flatMap((one) => one.posts.map((id) => [id, one])));
    this.#base.value = {
      posts, contributions, relays: held.all("relay"), sessions: held.all("session"), placements: held.all("placement"),
    };
    if (this.pins.value.size !== held.all("pin").size || ![...held.all("pin").keys()].every((id) => this.pins.value.has(id))) {
      this.pins.value = new Set(held.all("pin").keys());
    }
    for (const post of posts.values()) searchable(post);
    this.sheet.fold(held);
    this.people.fold(held);
    this.beside.fold(held);
    this.ready.value = true;
    this.outbox.settle(held.seq, anew);
  }

  /** The post under the cursor, if it is still there. */
  get current(): PostValue | undefined {
    return this.listing.cursor === null ? undefined : this.view.value.post(this.listing.cursor);
  }

  item(id: string): Item | undefined {
    const post = this.view.value.post(id);
    return post && { post, contribution: this.view.value.contribution(id) };
  }

  /** Whose posts are looked for now. Who has no session to look after, or judges for all, sees all. */
  get looking(): Whose {
    const shared = this.sessions.value.filter(({ state }) => state !== "ended").length > 1;
    if (!shared || this.mine.value === null) return "all";
    const own = this.mine.value.facilitators?.includes(this.options.person) ?? false;
    return this.whose.value ?? (own || !this.rights.judges ? "mine" : "all");
  }

  /** Where a post is for this person. */
  place(id: string): Place {
    const { view, mine, options } = this;
    return placeOf(view.value.placement(id), mine.value?.id ?? null, options.person, view.value.base.sessions, Date.now());
  }

  unhandled(id: string): boolean {
    const item = this.item(id);
    return item !== undefined && cardOf(id, this.view.value) === id && isUnhandled(item, this.rights);
  }

  /** Do something: it is painted at once, sent, and can be taken back. */
  do(steps: readonly Step[], what: string, post: string | null = null): void {
    const inverse: (readonly Step[])[] = [];
    const causes = batch(() => steps.map((step) => {
      inverse.push(inverseOf(step, this.view.value));
      return this.outbox.add(this.#seen(step));
    }));
    this.undo.did({ causes, inverse, post, what });
  }

  /** Take back the last thing that was done here. Returns what it was. */
  takeBack(): Done | undefined {
    const done = this.undo.take();
    if (!done) return undefined;
    for (const [at, cause] of [...done.causes.entries()].reverse()) {
      if (this.outbox.cancel(cause)) continue;
      for (const step of done.inverse[at] ?? []) this.outbox.add(this.#seen(step));
    }
    return done;
  }

  /** Look for something else: the list starts over. */
  look(criteria: Partial<Criteria>): void {
    this.criteria.value = { ...this.criteria.value, ...criteria };
    this.refill();
  }

  /** Start the list over, with the cursor where it is or else on the first that is unhandled. */
  refill(): void {
    const matching = this.#matching.value;
    const stays = this.listing.cursor !== null && matching.includes(this.listing.cursor);
    this.listing.fill(matching);
    if (!stays) this.listing.cursor = matching.find((id) => this.unhandled(id)) ?? matching[0] ?? null;
    this.moved();
  }

  /** All is here, or somebody works already: from now on the list stays until they want it otherwise. */
  touch(): void {
    this.#touched = true;
    this.#touchedAt = Date.now();
  }

  /** The post that somebody works at here; null once they did nothing for a while. `now`: as Date.now(). */
  working(now: number): string | null {
    return now - this.#touchedAt < IDLE_MS ? this.listing.cursor : null;
  }

  /** Put the cursor on a post. */
  go(id: string | null): void {
    if (id === null) return;
    this.listing.cursor = id;
    this.opened.value = false;
    this.moved();
  }

  moved(): void {
    this.listed.value = this.listed.peek() + 1;
  }

  /** Take in what is new. Returns the first of it. */
  takeFresh(): string | null {
    const order = (id: string): number => this.view.value.post(id)?.order ?? 0;
    const first = this.listing.take(order);
    this.moved();
    return first;
  }

  /** What was done here and is painted over the copy; the same list while no step comes or goes. */
  #steps(): readonly Step[] {
    const steps = this.outbox.entries.value.filter(({ state }) => !isAside(state)).map(({ step }) => step);
    const same = steps.length === this.#painted.length && steps.every((step, at) => step === this.#painted[at]);
    if (!same) this.#painted = steps;
    return this.#painted;
  }

  #match(): readonly string[] {
    const [view, criteria, tags] = [this.view.value, this.criteria.value, this.questionTags.value];
    const looked = this.#looked();
    return this.#sorted.filter((id) => {
      const post = view.post(id);
      if (post === undefined || !looked(id)) return false;
      return matches({ post, contribution: view.contribution(id) }, criteria, this.rights, tags);
    });
  }

  /** Whether a post has a card of its own, and is one of those that this person looks after. */
  #looked(): (id: string) => boolean {
    const [view, whose] = [this.view.value, this.looking];
    return (id) => {
      if (cardOf(id, view) !== id) return false;
      if (whose === "all" || isLookedFor(whose, this.place(id))) return true;
      const post = view.post(id);
      return whose === "mine" && this.rights.judges && (post?.state === "held" || post?.state === "received");
    };
  }

  #offer(): void {
    void this.view.value;
    if (!this.#touched) {
      this.listing.cursor = null;
      return this.refill();
    }
    const before = this.listing.fresh;
    const matching = this.#matching.value;
    this.listing.offer(matching);
    if (this.listing.ids.length === 0 && matching.length > 0) this.takeFresh();
    else if (this.listing.fresh !== before) this.moved();
  }

  #count(): Counts {
    const counts = {
      unhandled: 0, waiting: 0, questions: 0, all: 0, oldest: null as number | null, tray: 0, trayOldest: null as number | null,
    };
    const [view, tags, looked] = [this.view.value, this.questionTags.value, this.#looked()];
    for (const id of this.#sorted) {
      const post = view.post(id);
      if (!post) continue;
      if (cardOf(id, view) === id && this.place(id) === "tray" && isUnhandled({ post, contribution: view.contribution(id) }, this.rights)) {
        counts.tray++;
        counts.trayOldest ??= Date.parse(post.created_at);
      }
      if (!looked(id)) continue;
      counts.all++;
      const item = { post, contribution: view.contribution(id) };
      if (isWaiting(item)) counts.waiting++;
      if (isQuestion(item, tags)) counts.questions++;
      if (!isUnhandled(item, this.rights)) continue;
      counts.unhandled++;
      counts.oldest ??= Date.parse(item.post.created_at);
    }
    return counts;
  }

  /** A step with what the person saw: its version, or what comes after an own step still under way. */
  #seen(step: Step): Step {
    const subject = versioned(step);
    if (!subject) return step;
    const isUnder = ({ state, step: earlier }: Entry<Step>): boolean => !isAside(state) && this.#bears(earlier, subject);
    const under = this.outbox.entries.value.filter(isUnder).at(-1);
    const seen: Seen = under ? { after: under.cause } : { version: this.#version(subject) };
    return { ...step, seen } as Step;
  }

  /** Whether an own step changes this subject, or may: what moves a queue moves others of it too. */
  #bears(step: Step, [type, id]: readonly [string, string]): boolean {
    const real = (one: string): string => this.#real.peek().get(one) ?? one;
    return (type === "relay" && movesOthers(step)) || touches(step).some((one) => real(one) === real(id));
  }

  #version([type, id]: readonly [string, string]): number {
    const kind = type as "post" | "relay" | "session";
    return this.#held?.all(kind).get(this.#real.peek().get(id) ?? id)?.version ?? 0;
  }

  /** What to send; null while what it builds on is not in the copy yet. Throws Refusal. */
  #request(step: Step): Request | null {
    const subject = versioned(step);
    const seen = "seen" in step ? step.seen : undefined;
    let version = 0;
    if (subject && seen) {
      if ("version" in seen) version = seen.version;
      else if (!this.#follows(seen.after)) return null;
      else version = this.#version(subject);
    }
    if (subject && version === 0) throw gone();
    return requestOf(step, version, (relay) => this.#realOf(relay));
  }

  /** The server's id of a relay. Throws Refusal for one that was made here and never came to be. */
  #realOf(relay: string): string {
    const real = this.#real.peek().get(relay) ?? relay;
    if (real.startsWith("made:")) throw gone();
    return real;
  }

  /** Whether the copy shows what came of an own step. */
  #follows(cause: string): boolean {
    const answer = this.#answers.get(cause);
    return !answer || (this.#held?.seq ?? 0) >= (answer.seq ?? 0);
  }

  #answered({ cause, step }: Entry<Step>, answer: Answer): void {
    this.#answers.set(cause, answer);
    const { relay } = answer as { relay?: unknown };
    if (step.do !== "raise" || typeof relay !== "string") return;
    this.#real.value = new Map([...this.#real.peek(), [step.made, relay]]);
    this.outbox.amend((later) => named(later, step.made, relay));
  }

  #refused({ cause, step }: Entry<Step>, refusal: Refusal): void {
    this.undo.refused(cause);
    this.said.value = ""; // what was said of it is not so
    this.problems.value = [...this.problems.value, { cause, step, refusal }].slice(-MOST_PROBLEMS);
  }
}

function gone(): Refusal {
  return new Refusal(409, "gone", "What this was about is not there any more.", "Look at how things are now.");
}

function sorted<T>(values: Iterable<T>, by: (value: T) => number): readonly T[] {
  return [...values].sort((a, b) => by(a) - by(b));
}
