/** What the keys do to bring the room's answer back: replies, questions back, translations, offers, hand-over. */
import type { QuestionValue, RoutingValue, SessionValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import type { Option } from "./dialogs";
import { roomOf } from "./programme";
import type { Room } from "./room";
import { snippet, tell } from "./say";
import type { Step } from "./steps";

export class ReplyActions {
  constructor(private readonly desk: Desk, private readonly words: Words, private readonly room: Room) {}

  /** Who is owed a reply. */
  replies(): void {
    this.desk.dialog.value = { kind: "panel", panel: "replies" };
  }

  /** Who has been heard. */
  heard(): void {
    this.desk.dialog.value = { kind: "panel", panel: "heard" };
  }

  /** Ask the author of the current post something; or say what becomes of the answer. */
  ask(): void {
    const post = this.desk.current;
    if (!post) return;
    const known = this.desk.beside.of(post.id).questions.at(-1);
    if (known && known.state !== "shared") return this.#decide(known);
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.ask.title"), about: snippet(post), hint: tell(this.words, "desk.ask.hint"), value: "",
      accept: [{
        label: tell(this.words, "desk.ask.send"),
        run: (words) => words && this.#send("ask", post.id, `/posts/${post.id}/ask`, { words }),
      }],
    };
  }

  /** Write the current post in another language. */
  translate(): void {
    const post = this.desk.current;
    if (post) this.desk.dialog.value = { kind: "panel", panel: "translate", post: post.id };
  }

  /** Send a translation, in place of the one that was looked at as `version` (0: there was none). */
  translated(post: string, lang: string, text: string, version: number): void {
    this.#send("translate", post, `/posts/${post}/translations`, { lang, text, version });
  }

  /** Offer the current point to another room. */
  route(): void {
    const post = this.#point();
    if (!post) return;
    const mine = this.desk.mine.value;
    const { relay_state, session } = this.desk.view.value.contribution(post);
    const from = mine && session === mine.id && ["queued", "next"].includes(relay_state ?? "") ? mine.id : null;
    const fits = (one: SessionValue): boolean => one.state !== "ended" && one.id !== mine?.id;
    this.room.pick("desk.route.title", (to) => this.#note(post, to, from), fits);
  }

  accept(one: RoutingValue): void {
    this.#send("accept", one.post.id, `/routings/${one.id}/accept`, { version: one.version });
  }

  giveBack(one: RoutingValue): void {
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.offer.return_title"), about: snippet(one.post), value: "",
      hint: tell(this.words, "desk.offer.return_hint"),
      accept: [{
        label: tell(this.words, "desk.offer.return"),
        run: (words) => this.#send("give-back", one.post.id, `/routings/${one.id}/return`, { version: one.version, words }),
      }],
    };
  }

  cancel(one: RoutingValue): void {
    this.#send("cancel", one.post.id, `/routings/${one.id}/cancel`, { version: one.version });
  }

  /** Leave a note to who takes over. */
  handOver(): void {
    const session = this.desk.mine.value;
    if (!session) return this.#say("desk.no_session");
    const known = this.desk.beside.handovers.value.get(session.id);
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.handover.title"), about: session.title, hint: tell(this.words, "desk.handover.hint"),
      value: known?.words ?? "",
      accept: [{
        label: tell(this.words, "desk.handover.send"),
        run: (words) =>
          this.#send("handover", session.id, `/sessions/${session.id}/handover`, { version: known?.version ?? 0, words }),
      }],
    };
  }

  /** Do a step of the panel of replies. */
  do(step: Step): void {
    const what = tell(this.words, `desk.step.${step.do === "send" ? step.what : step.do}`);
    this.desk.do([step], what, null);
    this.#say("desk.did", { step: what });
  }

  /** A question that waits: share its answer, or take it back. */
  #decide(one: QuestionValue): void {
    const share: Option = {
      key: "y", label: tell(this.words, "desk.ask.share"), note: tell(this.words, "desk.ask.share_note"),
      run: () => this.#send("share", one.post, `/questions/${one.id}/share`, { version: one.version, on: true }),
    };
    const back: Option = {
      key: "x", label: tell(this.words, "desk.ask.withdraw"), danger: true,
      run: () => this.#send("unask", one.post, `/questions/${one.id}/withdraw`, { version: one.version }),
    };
    const about = one.answer ? `${one.words} — ${one.answer}` : one.words;
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, one.answer ? "desk.ask.answered" : "desk.ask.waits"), about,
      options: one.answer ? [share, back] : [back],
    };
  }

  #note(post: string, to: string, from: string | null): void {
    const there = this.desk.view.value.session(to);
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.route.note_title", { room: roomOf(there, this.desk.rooms.value) || (there?.title ?? "") }),
      about: snippet(this.desk.view.value.post(post)), hint: tell(this.words, "desk.route.hint"), value: "",
      accept: [{
        label: tell(this.words, "desk.route.send"),
        run: (note) => this.#send("route", post, `/posts/${post}/route`, { to_session: to, from_session: from, note }),
      }],
    };
  }

  /** The post whose point the keys act on: of the queue's chosen row, or the current one. */
  #point(): string | null {
    if (this.desk.area.value === "inbox") return this.desk.current?.id ?? null;
    const picked = this.desk.picked.value;
    return picked === null ? null : this.desk.view.value.relay(picked)?.post.id ?? null;
  }

  #send(what: string, about: string, path: string, body: object): void {
    this.do({ do: "send", what, path, body, about });
  }

  #say(key: string, fields: Readonly<Record<string, string>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}
