/** What the keys do. Each is a row of one table; the keymap says which key is which. */
import { languageOf, SHOWS, type Show } from "./inbox";
import type { PostValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { keyAt, type Option } from "./dialogs";
import { bindingOf, KEYMAP, type CommandName } from "./keymap";
import { barred, leaving } from "./leaving";
import { ReplyActions } from "./reply-actions";
import { Room } from "./room";
import { snippet, stepOf, tell, WHY } from "./say";
import { SheetActions } from "./sheet-actions";
import { GatherActions } from "./gather-actions";
import { decided, type Whose } from "./gathering";
import { Likeness } from "./similar";
import type { Step } from "./steps";
import { TagActions } from "./tag-actions";

type Run = (stroke: string) => void;

export class Actions {
  readonly room: Room;
  readonly sheet: SheetActions;
  readonly replies: ReplyActions;
  readonly gather: GatherActions;
  readonly similar: Likeness;
  readonly tagging: TagActions;
  /** Set by the page: puts the keyboard into the search field. */
  search: () => void = () => undefined;
  readonly #table: Readonly<Record<CommandName, Run>>;

  constructor(readonly desk: Desk, private readonly words: Words) {
    this.room = new Room(desk, words);
    this.sheet = new SheetActions(desk, words);
    this.replies = new ReplyActions(desk, words, this.room);
    this.similar = new Likeness(desk, desk.options.browser);
    this.gather = new GatherActions(desk, words, this.similar, () => this.#next());
    this.tagging = new TagActions(desk, words, (steps, post) => this.#do(steps, post));
    const { gather } = this;
    const { room } = this;
    this.#table = {
      down: () => this.#step(1), up: () => this.#step(-1), first: () => this.#step(-Infinity), last: () => this.#step(Infinity),
      fresh: () => this.fresh(), queue: () => room.enter(), inbox: () => this.#leave(), back: () => this.#back(),
      approve: () => this.#approve(), refuse: () => this.#refuse(), take_down: () => this.#takeDown(),
      leave_off: () => this.#leaveOff(), trust: () => gather.trust(), approve_all: () => gather.approveAll(), pin: () => gather.pin(),
      mark: () => gather.mark(), join: () => gather.join(), split: () => gather.split(), word: () => gather.word(),
      belong: () => gather.belong((post) => this.sheet.answers(post)), take: () => gather.take(),
      tag: (stroke) => this.tagging.digit(stroke), find_tag: () => this.tagging.find(), seen: () => this.#seen(), undo: () => this.#undo(),
      open: () => (desk.opened.value = !desk.opened.value),
      raise: () => this.#raise(), raise_into: () => this.#raiseInto(),
      earlier: () => room.place(this.#relay(), -1), later: () => room.place(this.#relay(), 1),
      make_next: () => room.makeNext(desk.picked.value), close: () => room.close(this.#closable()),
      advance: () => room.advance(), session: () => room.choose(), run: () => room.run(), note: () => room.note(),
      next_prompt: () => room.prompt(1), last_prompt: () => room.prompt(-1),
      replies: () => this.replies.replies(), heard: () => this.replies.heard(), ask: () => this.replies.ask(),
      translate: () => this.replies.translate(), route: () => this.replies.route(),
      quick_ask: () => (desk.dialog.value = { kind: "panel", panel: "asks" }),
      room_note: () => this.sheet.note(), conclude: () => this.sheet.conclude(), message: () => this.sheet.message(),
      unsent: () => (desk.dialog.value = { kind: "panel", panel: "unsent" }),
      search: () => this.search(), filter: () => this.filter(), help: () => (desk.dialog.value = { kind: "help" }),
    };
  }

  /** Do what a stroke means where the person is. Returns whether it means anything. */
  press(stroke: string): boolean {
    const binding = bindingOf(stroke, this.desk.area.value);
    if (!binding) return false;
    this.run(binding.command, stroke);
    return true;
  }

  run(command: CommandName, stroke = ""): void {
    const needs = KEYMAP.find((binding) => binding.command === command)?.needs;
    this.desk.touch();
    if (needs && !this.desk.may(needs)) return this.#say("desk.not_allowed");
    this.#table[command](stroke);
  }

  /** Show what arrived, and go to the first of it. */
  fresh(): void {
    const first = this.desk.takeFresh();
    if (first === null) return this.#say("desk.nothing_new");
    this.desk.go(first);
  }

  /** Ask what to look for. */
  filter(): void {
    const { criteria, counts } = this.desk;
    const shows = SHOWS.map((show): Option => ({
      key: show[0] ?? "", label: tell(this.words, `desk.show.${show}`), note: this.words.number(counts.value[show]),
      on: criteria.value.show === show, run: () => this.show(show),
    }));
    const more: Option[] = [
      { key: "n", label: tell(this.words, "desk.filter.network"), run: () => this.#networks() },
      { key: "l", label: tell(this.words, "desk.filter.language"), run: () => this.#languages() },
      { key: "/", label: tell(this.words, "desk.filter.words"), run: () => this.search() },
      { key: "c", label: tell(this.words, "desk.filter.clear"), run: () => this.clear() },
    ];
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.filter.title"), options: [...shows, ...more] };
  }

  show(show: Show): void {
    this.desk.touch();
    this.desk.look({ show });
  }

  /** Whose posts to look for. */
  look(whose: Whose): void {
    this.desk.touch();
    this.desk.whose.value = whose;
    this.desk.refill();
  }

  clear(): void {
    this.desk.look({ show: "unhandled", network: null, lang: null, words: "" });
  }

  #networks(): void {
    const found = this.#values((id) => this.desk.view.value.post(id)?.network ?? "");
    this.#pick("desk.filter.network", found, (value) => tell(this.words, `network.${value}`), (network) => this.desk.look({ network }));
  }

  #languages(): void {
    const found = this.#values((id) => {
      const post = this.desk.view.value.post(id);
      return post ? languageOf(post) : "";
    });
    const names = new Intl.DisplayNames([this.words.lang], { type: "language" });
    const name = (value: string): string => {
      try {
        return (value && names.of(value)) || tell(this.words, "desk.filter.unknown");
      } catch {
        return value;
      }
    };
    this.#pick("desk.filter.language", found, name, (lang) => this.desk.look({ lang }));
  }

  /** The values that posts have, those that most of them have first. */
  #values(of: (id: string) => string): readonly string[] {
    const counted = new Map<string, number>();
    for (const id of this.desk.view.value.base.posts.keys()) counted.set(of(id), (counted.get(of(id)) ?? 0) + 1);
    return [...counted].sort((a, b) => b[1] - a[1]).slice(0, 20).map(([value]) => value);
  }

  #pick(title: string, values: readonly string[], name: (value: string) => string, run: (value: string | null) => void): void {
    const any: Option = { key: "0", label: tell(this.words, "desk.filter.any"), run: () => run(null) };
    const options = values.map((value, at): Option => ({ key: keyAt(at), label: name(value), run: () => run(value) }));
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, title), options: [any, ...options] };
  }

  #step(by: number): void {
    if (this.desk.area.value === "queue") return this.room.step(by);
    this.desk.listing.step(by);
    this.desk.go(this.desk.listing.cursor);
  }

  /** The next post that is unhandled: below, then what arrived, then from the top. */
  #next(): void {
    const { listing } = this.desk;
    const wanted = (id: string): boolean => this.desk.unhandled(id);
    let next = listing.below(wanted);
    if (next === null && listing.fresh.length > 0) {
      this.desk.takeFresh();
      next = listing.below(wanted);
    }
    next ??= listing.seek(wanted);
    if (next !== null) return this.desk.go(next);
    const from = listing.index;
    listing.step(1);
    this.desk.go(listing.cursor);
    if (listing.index === from) this.#say("desk.caught_up");
  }

  #approve(): void {
    const post = this.desk.current;
    if (!post) return;
    if (post.state === "approved") return this.#seen(true);
    if (this.#isBarred(post)) return;
    const steps: Step[] = [...this.gather.approving(post.id)];
    // Whoever also facilitates has seen it now; others still have to.
    if (this.desk.rights.tags && !this.desk.view.value.contribution(post.id).noted) {
      steps.push({ do: "note", post: post.id, on: true });
    }
    this.#do(steps, post.id);
    this.#next();
  }

  #refuse(): void {
    const post = this.desk.current;
    if (!post) return;
    if (post.state === "rejected" || post.state === "hidden") return this.#say("desk.is_not_shown");
    const options = WHY.map((why, at): Option => ({
      key: keyAt(at), label: tell(this.words, `desk.why.${why}`), run: () => this.#turnDown(post.id, why),
    }));
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.refuse.title"), about: snippet(post), options,
    };
  }

  #turnDown(id: string, reason: string): void {
    const shown = this.desk.view.value.post(id)?.state === "approved";
    const all = shown ? [id] : decided(id, this.desk.view.value);
    this.#do(all.map((post): Step => ({ do: "move", move: shown ? "hide" : "reject", post, reason })), id);
    this.#next();
  }

  #takeDown(): void {
    const post = this.desk.current;
    if (!post) return;
    const hide: Option = {
      key: "t", label: tell(this.words, "desk.take_down.hide"), note: tell(this.words, "desk.take_down.hide_note"),
      run: () => this.#turnDown(post.id, "other"),
    };
    const erase: Option = {
      key: "D", label: tell(this.words, "desk.take_down.erase"), note: tell(this.words, "desk.take_down.erase_note"), danger: true,
      run: () => this.#confirmErase(post.id),
    };
    const options = post.state === "approved" ? [hide, erase] : [erase];
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.take_down.title"), about: snippet(post), options,
    };
  }

  #confirmErase(id: string): void {
    const erase = (): void => (this.#do([{ do: "move", move: "withdraw", post: id }], id), this.#next());
    const keep = (): void => undefined;
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.erase.title"), about: snippet(this.desk.view.value.post(id)),
      options: [ // the first has the focus: a second Space or Enter must not be what erases
        { key: "n", label: tell(this.words, "desk.erase.no"), run: keep },
        { key: "y", label: tell(this.words, "desk.erase.yes"), danger: true, run: erase },
      ],
    };
  }

  /** Whether nobody may show a post; then it is said why. */
  #isBarred(post: PostValue): boolean {
    const why = barred(this.words, post);
    if (why !== null) this.desk.said.value = why;
    return why !== null;
  }

  /** Leave the author off the walls, for good; once more puts them back. */
  #leaveOff(): void {
    const post = this.desk.current;
    if (!post) return;
    this.#do([leaving(post)], post.id);
    if (post.bar === null) this.#next();
  }

  /** `wished`: to be shown, which it is already. */
  #seen(wished = false): void {
    const post = this.desk.current;
    const settled = !post || post.state !== "approved" || !this.desk.unhandled(post.id);
    if (!settled) this.#do([{ do: "note", post: post.id, on: true }], post.id);
    if (wished) this.#say(settled ? "desk.is_shown" : "desk.is_shown_seen");
    this.#next();
  }

  #undo(): void {
    const done = this.desk.takeBack();
    if (!done) return this.#say("desk.nothing_to_undo");
    if (done.post !== null && this.desk.listing.ids.includes(done.post)) this.desk.go(done.post);
    this.#say("desk.undone", { step: done.what });
  }

  #raise(): void {
    const session = this.desk.mine.value;
    if (!session) return this.#say("desk.no_session");
    if (session.state === "ended") return this.#raiseInto();
    this.#raiseTo(session.id);
  }

  #raiseTo(session: string): void {
    const post = this.desk.current;
    if (!post) return;
    if (this.#isBarred(post)) return;
    const { relay, session: there, relay_state } = this.desk.view.value.contribution(post.id);
    const open = relay !== null && there === session && ["queued", "next", "on_floor"].includes(relay_state ?? "");
    if (open) return this.#say("desk.is_queued");
    this.#do([{ do: "raise", post: post.id, session, made: `made:${crypto.getRandomValues(new Uint32Array(2)).join("-")}` }], post.id);
    this.#next();
  }

  #raiseInto(): void {
    this.room.pick("desk.raise.title", (session) => this.#raiseTo(session), (session) => session.state !== "ended");
  }

  /** The relay that moves: the chosen one of the queue, or the one of the current post. */
  #relay(): string | null {
    if (this.desk.area.value === "queue") return this.desk.picked.value;
    const post = this.desk.current;
    return post ? this.desk.view.value.contribution(post.id).relay : null;
  }

  /** What `close` closes: the chosen one of the queue; elsewhere what is in the room now. */
  #closable(): string | null {
    return this.desk.area.value === "queue" ? this.desk.picked.value : this.room.floor()?.id ?? null;
  }

  #leave(): void {
    this.desk.area.value = "inbox";
  }

  #back(): void {
    if (this.desk.problems.value.length > 0) this.desk.problems.value = this.desk.problems.value.slice(0, -1);
    else if (this.desk.opened.value) this.desk.opened.value = false;
    else this.#leave();
  }

  #do(steps: readonly Step[], post: string): void {
    const [step] = steps;
    const what = step ? stepOf(this.words, step) : "";
    this.desk.do(steps, what, post);
    this.#say("desk.did", { step: what });
  }

  #say(key: string, fields: Readonly<Record<string, string | number>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}
