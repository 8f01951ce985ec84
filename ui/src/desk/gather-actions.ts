/** What the keys do with points: joining and splitting, wording, placing, and several posts by one key. */
import type { PostValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { keyAt, type Option } from "./dialogs";
import { cardOf, decided, isClean, within } from "./gathering";
import { isWaiting } from "./inbox";
import { choices, roomOf } from "./programme";
import { snippet, stepOf, tell } from "./say";
import type { Likeness } from "./similar";
import type { Step } from "./steps";

/** A decision and taking it back: so many versions later a post is as it was. */
const THERE_AND_BACK = 2;

export class GatherActions {
  /** What was clean when it was shown from here, with its version then: taken back, nothing was caught in it still. */
  readonly #clean = new Map<string, number>();

  /** `next` goes to what is to be done next. */
  constructor(
    private readonly desk: Desk, private readonly words: Words, private readonly similar: Likeness, private readonly next: () => void,
  ) {}

  /** Mark the current post, or no longer: marked ones become one point with the one that is joined. */
  mark(): void {
    const { current, marked } = this.desk;
    if (!current) return;
    const now = new Set(marked.value);
    if (!now.delete(current.id)) now.add(current.id);
    marked.value = now;
    this.#say(now.has(current.id) ? "desk.marked" : "desk.unmarked");
  }

  /** Make one point of the current post and the marked ones; without any, join it to the similar one. */
  join(): void {
    const { current, view, marked } = this.desk;
    if (!current) return;
    const own = new Set(view.value.contribution(current.id).posts);
    const others = [...marked.value].filter((id) => id !== current.id && !own.has(id) && view.value.post(id));
    if (others.length > 0) {
      marked.value = new Set();
      return this.#do([{ do: "join", post: current.id, others }], current.id);
    }
    const offer = this.similar.of(current.id);
    if (!offer) return this.#say("desk.nothing_marked");
    this.#do([{ do: "join", post: offer.id, others: [current.id] }], current.id);
    this.next();
  }

  /** Take a post out of the current point again; of several, ask which. What it stands for can be taken from it too. */
  split(): void {
    const { current, view } = this.desk;
    const twins = current !== undefined && current.also.length > 0 && this.desk.may("post.pair");
    const others = current && this.desk.may("point.join") ? view.value.contribution(current.id).posts.filter((id) => id !== current.id) : [];
    if (!current || (others.length === 0 && !twins)) return this.#say("desk.single");
    const out = (id: string): void => this.#do([{ do: "split", post: id }], current.id);
    const [only] = others;
    if (others.length === 1 && only !== undefined && !twins) return out(only);
    const options = others.map((id, at): Option => ({
      key: keyAt(at), label: snippet(view.value.post(id)) || tell(this.words, "desk.gone"), run: () => out(id),
    }));
    if (twins) return void import("./parting").then(({ part }) => part(this.desk, this.words, current, options), () => this.#say("desk.part.failed"));
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.split.title"), about: snippet(current), options };
  }

  /** Put the point into one's own words, beside what was said. */
  word(): void {
    const post = this.desk.current;
    if (!post) return;
    const { wording, worded } = this.desk.view.value.contribution(post.id);
    const path = `/posts/${encodeURIComponent(post.id)}/word`;
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.word.title"), about: snippet(post), hint: tell(this.words, "desk.word.hint"), value: wording,
      accept: [{
        label: tell(this.words, "desk.word.send"),
        run: (text) => {
          const back: Step = { do: "send", what: "word", path, body: { wording, worded: worded + 1 }, about: post.id };
          if (text !== wording) this.#do([{ ...back, body: { wording: text, worded }, back }], post.id);
        },
      }],
    };
  }

  /** Trust the author: this one and what else of theirs waits is shown, and what comes is. */
  trust(): void {
    const post = this.desk.current;
    if (!post) return;
    const path = `/posts/${encodeURIComponent(post.id)}/trust`;
    const back: Step = { do: "send", what: "distrust", path, body: { on: false }, about: post.id };
    this.#do([...this.#approving(this.#ofAuthor(post)), { ...back, what: "trust", body: { on: true }, back }], post.id);
    this.next();
  }

  /** Show everything in sight in which no rule caught anything: it was seen with that. */
  approveAll(): void {
    const { desk } = this;
    const left = desk.inSight().filter((id) => desk.unhandled(id)).map((id) => desk.view.value.post(id));
    const clean = left.filter((post): post is PostValue => post !== undefined && this.#isClean(post));
    if (clean.length === 0) return this.#say("desk.nothing_clean");
    const cards = clean.map(({ id }) => id);
    const waiting = cards.flatMap((id) => decided(id, desk.view.value)).filter((id) => this.#waits(id));
    const steps = [...this.#approving(waiting), ...cards.map((id): Step => ({ do: "note", post: id, on: true }))];
    desk.do(steps, this.words.count("desk.step.approve_all", cards.length), cards[0] ?? null);
    desk.said.value = this.words.count("desk.step.approve_all", cards.length);
    this.next();
  }

  /** Keep the current post on the walls, or no longer. */
  pin(): void {
    const post = this.desk.current;
    if (!post) return;
    const of = (verb: "pin" | "unpin"): Extract<Step, { do: "send" }> =>
      ({ do: "send", what: verb, path: `/posts/${encodeURIComponent(post.id)}/${verb}`, body: {}, about: post.id });
    if (this.desk.pins.value.has(post.id)) return this.#do([{ ...of("unpin"), back: of("pin") }], post.id);
    if (post.state !== "approved") return this.#say("desk.pin_unshown");
    this.#do([{ ...of("pin"), back: of("unpin") }], post.id);
  }

  /** Say to which session the current post belongs, or, by `answers`, which of its prompts it answers. */
  belong(answers: (post: string) => void): void {
    const { current, view, sessions, rooms, mine } = this.desk;
    if (!current) return;
    const now = view.value.placement(current.id)?.session ?? null;
    const put = (session: string | null): void => this.#do([{ do: "belong", post: current.id, session }], current.id);
    const known = choices(sessions.value.map(({ id }) => view.value.session(id)).filter((one) => one !== undefined));
    const options = known.map((session, at): Option => ({
      key: session.id === mine.value?.id ? "m" : keyAt(at), label: session.title, on: session.id === now,
      note: `${roomOf(session, rooms.value)} · ${tell(this.words, `desk.session.${session.state}`)}`, run: () => put(session.id),
    }));
    const none: Option = { key: "0", label: tell(this.words, "desk.belong.none"), on: now === null, run: () => put(null) };
    const prompt: Option = { key: "?", label: tell(this.words, "desk.answer.title"), run: () => answers(current.id) };
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.belong.title"), about: snippet(current), options: this.desk.may("session.run") ? [...options, none, prompt] : [...options, none] };
  }

  /** Take the current post from the tray, or else the oldest that is in it; once more puts it back. */
  take(): void {
    const { desk } = this;
    const { current, view, options: { person } } = desk;
    const own = current && view.value.placement(current.id)?.claimed_by === person && desk.place(current.id) === "own";
    const free = (id: string): boolean => desk.place(id) === "tray" && desk.unhandled(id);
    const id = own || (current && free(current.id)) ? current.id : desk.listing.seek(free);
    if (id === null) return this.#say("desk.tray_empty");
    this.#do([{ do: "claim", post: id, on: !own, person }], id);
    desk.go(id);
  }

  /** What is shown by one decision about a card, as steps. */
  approving(id: string): readonly Step[] {
    return this.#approving(decided(id, this.desk.view.value));
  }

  #approving(ids: readonly string[]): readonly Step[] {
    if (!this.desk.may("post.approve")) return [];
    const waiting = [...new Set(ids)].filter((id) => this.#waits(id));
    for (const id of waiting) {
      const post = this.desk.view.value.post(id);
      if (post && isClean(post)) this.#clean.set(id, post.version);
    }
    return waiting.map((post): Step => ({ do: "move", move: "approve", post }));
  }

  /** Whether no rule caught anything in it. The reasons of what was taken back only say that: nothing else may have happened to it. */
  #isClean(post: PostValue): boolean {
    const [only, ...others] = post.reasons ?? [];
    const back = only?.code === "reconsidered" && others.length === 0 && post.bar === null;
    return isClean(post) || (back && post.version <= (this.#clean.get(post.id) ?? -Infinity) + THERE_AND_BACK);
  }

  #waits(id: string): boolean {
    const item = this.desk.item(id);
    return item !== undefined && isWaiting(item) && item.post.bar === null;
  }

  /** What waits of the author of a post, as far as no rule caught anything in it, and the post itself. */
  #ofAuthor({ id, network, author }: PostValue): readonly string[] {
    const { base } = this.desk.view.value;
    const theirs = [...base.posts.values()].filter((post) =>
      author.handle !== "" && post.network === network && post.author.handle === author.handle && this.#isClean(post));
    return [id, ...within(id, this.desk.view.value).map((post) => post.id).filter((one) => cardOf(one, this.desk.view.value) === id), ...theirs.map((post) => post.id)];
  }

  #do(steps: readonly Step[], post: string): void {
    const step = steps.at(-1);
    const what = step ? stepOf(this.words, step) : "";
    this.desk.do(steps, what, post);
    this.#say("desk.did", { step: what });
  }

  #say(key: string, fields: Readonly<Record<string, string | number>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}
