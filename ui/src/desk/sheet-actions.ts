/** What the keys do beside the floor: a note of the room, a conclusion, a message to the chair. */
import { current, conclusionsOf, unread } from "../sheet";
import { endorsedBy } from "../sheet-words";
import type { ConclusionValue, MessageValue, SessionValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { keyAt, type Option } from "./dialogs";
import { tell } from "./say";
import type { Step } from "./steps";

/** How many people a room holds at most, for what is typed. */
const MOST_COUNTED = 100_000;

export class SheetActions {
  constructor(private readonly desk: Desk, private readonly words: Words) {}

  /** One typed line of what was said in the room. */
  note(): void {
    const session = this.#session();
    if (!session) return;
    if (session.begun_at === null && session.state === "planned") return this.#say("desk.not_running");
    this.#line("desk.room_note", "", session.title, "desk.room_note.send", (text) =>
      this.#send("room-note", session.id, `/sessions/${session.id}/room-notes`, { text }));
  }

  /** Word a conclusion; where there are some, choose one or add to them. */
  conclude(): void {
    const session = this.#session();
    if (!session) return;
    const there = conclusionsOf(session.id, this.desk.sheet.conclusions.value);
    if (there.length === 0) return this.#word(session);
    const listed = there.map((one, at): Option => ({
      key: keyAt(at), label: one.text, note: this.endorsed(one), run: () => this.#change(one),
    }));
    const add: Option = { key: "+", label: tell(this.words, "desk.conclude.add"), run: () => this.#word(session) };
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.conclude.title"), options: [add, ...listed] };
  }

  /** Write to the chair; where the chair has signalled, say first that it was seen. */
  message(): void {
    const session = this.#session();
    if (!session) return;
    const signals = unread(session.id, "desk", this.desk.sheet.messages.value);
    if (signals.length === 0) return this.#write(session);
    const seen = signals.map((one, at): Option => ({
      key: keyAt(at), label: tell(this.words, "desk.signal.seen", { signal: this.signal(one) }), run: () => this.see(one),
    }));
    const write: Option = { key: "M", label: tell(this.words, "desk.message.title"), run: () => this.#write(session) };
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.signal.title"), options: [...seen, write] };
  }

  /** Say that a signal of the chair was seen. */
  see(one: MessageValue): void {
    this.#send("message-seen", one.id, `/messages/${one.id}/acknowledge`, {});
  }

  /** Say which prompt a post answers. */
  answers(post: string): void {
    const now = this.desk.sheet.answers.value.get(post);
    const session = this.desk.sessions.value.find(({ id }) => id === now?.session) ?? this.#session();
    if (!session || !this.desk.may("session.run")) return;
    const link = (prompt: string | null): void =>
      this.#send("answer", post, `/posts/${post}/answer`, { session: prompt === null ? null : session.id, prompt });
    const prompts = session.prompts.filter(({ kind }) => kind !== "break").map((one, at): Option => ({
      key: keyAt(at), label: [one.code, one.text].filter(Boolean).join(" "), on: now?.prompt === one.id, run: () => link(one.id),
    }));
    const none: Option = { key: "0", label: tell(this.words, "desk.answer.none"), on: !now, run: () => link(null) };
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, "desk.answer.title"), options: [none, ...prompts] };
  }

  /** What a chair signalled, in words. */
  signal({ signal }: MessageValue): string {
    return tell(this.words, `stage.signal.${signal}`);
  }

  /** Who endorses a conclusion, in words; "" where nobody does. */
  endorsed(one: ConclusionValue): string {
    return endorsedBy(this.words, one).join(" · ");
  }

  #word(session: SessionValue): void {
    const asked = current(session)?.text ?? session.title;
    this.#line("desk.conclude", "", asked, "desk.conclude.send", (text) =>
      this.#send("conclude", session.id, `/sessions/${session.id}/conclusions`, { text }));
  }

  #change(one: ConclusionValue): void {
    const change = (fields: object, back: object): void => {
      const step = (body: object, worded: number): Step => ({
        do: "send", what: "conclusion", method: "PATCH", path: `/conclusions/${one.id}`, about: one.id, body: { worded, ...body },
      });
      this.#do({ ...step(fields, one.worded), back: step(back, one.worded + 1) } as Step);
    };
    const words = (): void => this.#line("desk.conclude", one.text, this.endorsed(one), "desk.conclude.reword", (text) => change({ text }, { text: one.text }));
    const count = (): void => this.#line("desk.conclude.room", String(one.room ?? ""), one.text, "desk.conclude.room_send", (typed) => {
      const room = Number(typed.replace(/\s/g, ""));
      if (typed === "") return change({ room: -1 }, { room: one.room ?? -1 });
      if (!Number.isInteger(room) || room < 0 || room > MOST_COUNTED) return this.#say("desk.conclude.not_a_number");
      return change({ room }, { room: one.room ?? -1 });
    });
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.conclude.title"), about: one.text,
      options: [
        { key: "r", label: tell(this.words, "desk.conclude.room.title"), run: count },
        { key: "e", label: tell(this.words, "desk.conclude.edit"), note: tell(this.words, "desk.conclude.edit_note"), run: words },
        { key: "x", label: tell(this.words, "desk.conclude.remove"), danger: true, run: () => change({ removed: true }, { removed: false }) },
      ],
    };
  }

  #write(session: SessionValue): void {
    this.#line("desk.message", "", session.title, "desk.message.send", (text) =>
      this.#send("message", session.id, `/sessions/${session.id}/messages`, { text }));
  }

  #line(key: string, value: string, about: string, accept: string, run: (text: string) => void): void {
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, `${key}.title`), about, hint: tell(this.words, `${key}.hint`), value,
      accept: [{ label: tell(this.words, accept), run: (text) => text === "" && key !== "desk.conclude.room" ? undefined : run(text) }],
    };
  }

  #session(): SessionValue | null {
    const session = this.desk.mine.value;
    if (!session) this.#say("desk.no_session");
    return session;
  }

  #send(what: string, about: string, path: string, body: object): void {
    this.#do({ do: "send", what, path, body, about });
  }

  #do(step: Step): void {
    const what = tell(this.words, `desk.step.${step.do === "send" ? step.what : step.do}`);
    this.desk.do([step], what);
    this.#say("desk.did", { step: what });
  }

  #say(key: string, fields: Readonly<Record<string, string>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}
