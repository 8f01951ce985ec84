/** What the keys do for a session: its floor, its queue, its note and its prompts. */
import type { RelayValue, SessionValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { keyAt, type Option } from "./dialogs";
import { choices, promptAt, roomOf } from "./programme";
import { relaySnippet, tell } from "./say";
import type { Closing, Step } from "./steps";

interface Ending {
  readonly key: string;
  readonly state: Closing;
  readonly detail?: string;
}

const AFTER_FLOOR: readonly Ending[] = [
  { key: "d", state: "discussed" },
  { key: "a", state: "answered" },
];
const AT_ANY_TIME: readonly Ending[] = [
  { key: "b", state: "deferred", detail: "board" },
  { key: "e", state: "deferred", detail: "report" },
  { key: "r", state: "returned" },
  { key: "2", state: "dropped", detail: "duplicate" },
  { key: "o", state: "dropped", detail: "off-topic" },
  { key: "t", state: "dropped", detail: "out-of-time" },
];

export class Room {
  constructor(private readonly desk: Desk, private readonly words: Words) {}

  /** What is open in my session: in the room now, next, then the queue. */
  queue(): readonly RelayValue[] {
    const session = this.desk.mine.value;
    return session ? this.desk.view.value.queue(session.id) : [];
  }

  floor(): RelayValue | undefined {
    return this.queue().find(({ state }) => state === "on_floor");
  }

  next(): RelayValue | undefined {
    return this.queue().find(({ state }) => state === "next");
  }

  /** Let the keys act on the queue. */
  enter(): void {
    const queue = this.queue();
    if (queue.length === 0) return this.#say("desk.queue_empty");
    const stays = queue.some(({ id }) => id === this.desk.picked.value);
    if (!stays) this.desk.relay.value = queue[0]?.id ?? null;
    this.desk.area.value = "queue";
  }

  step(by: number): void {
    const queue = this.queue();
    const at = Math.max(0, queue.findIndex(({ id }) => id === this.desk.picked.value));
    this.desk.relay.value = queue[Math.min(Math.max(at + by, 0), queue.length - 1)]?.id ?? null;
  }

  /** Move a queued relay by one place. */
  place(id: string | null, by: number): void {
    const relay = id === null ? undefined : this.desk.view.value.relay(id);
    if (!relay || relay.state !== "queued") return this.#say("desk.not_queued");
    const queued = this.desk.view.value.queue(relay.session).filter(({ state }) => state === "queued");
    const to = queued.findIndex((one) => one.id === relay.id) + by;
    if (to < 0 || to >= queued.length) return;
    const others = queued.filter((one) => one.id !== relay.id);
    this.#do({ do: "place", relay: relay.id, before: others[to]?.id ?? null });
  }

  makeNext(id: string | null): void {
    const relay = id === null ? undefined : this.desk.view.value.relay(id);
    if (relay?.state === "queued") this.#do({ do: "ready", relay: relay.id });
    else if (relay?.state === "next") this.#do({ do: "queue", relay: relay.id });
    else this.#say("desk.not_queued");
  }

  /** Next moves on; what was in the room is closed with a word about what came of it. */
  advance(): void {
    const session = this.desk.mine.value;
    if (!session) return this.#say("desk.no_session");
    if (session.state !== "running") return this.#say("desk.not_running");
    const [floor, next] = [this.floor(), this.next()];
    if (this.queue().length === 0) return this.#say("desk.queue_empty");
    const base = { do: "advance", session: session.id, floor: floor?.id ?? null, next: next?.id ?? null } as const;
    if (!floor) return this.#do(base);
    const run = (state: Closing) => (outcome: string): void => this.#do({ ...base, state, outcome });
    this.#outcome(floor, "desk.advance.title", run);
  }

  /** Close one, with how it ended. */
  close(id: string | null): void {
    const relay = id === null ? undefined : this.desk.view.value.relay(id);
    if (!relay) return this.#say("desk.floor_empty");
    const heard = relay.state === "on_floor" ? AFTER_FLOOR : [];
    const option = ({ key, state, detail }: Ending): Option => ({
      key, label: tell(this.words, `desk.close.${detail ?? state}`), run: () => this.#closeAs(relay, state, detail),
    });
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.close.title"), about: relaySnippet(relay),
      options: [...heard, ...AT_ANY_TIME].map(option),
    };
  }

  #closeAs(relay: RelayValue, state: Closing, detail: string | undefined): void {
    const step = { do: "close", relay: relay.id, state, ...(detail ? { detail } : {}) } as const;
    if (state !== "discussed" && state !== "answered") return this.#do(step);
    this.#line("desk.outcome.title", relay, [
      { label: tell(this.words, `desk.close.${state}`), run: (outcome) => this.#do({ ...step, outcome }) },
    ]);
  }

  #outcome(floor: RelayValue, title: string, run: (state: Closing) => (outcome: string) => void): void {
    this.#line(title, floor, [
      { label: tell(this.words, "desk.close.discussed"), run: run("discussed") },
      { label: tell(this.words, "desk.close.answered"), run: run("answered") },
    ]);
  }

  #line(title: string, relay: RelayValue, accept: readonly { label: string; run: (text: string) => void }[]): void {
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, title), about: relaySnippet(relay),
      hint: tell(this.words, "desk.outcome.hint"), value: relay.outcome, accept,
    };
  }

  /** Choose whose desk this is. */
  choose(): void {
    this.pick("desk.session.title", (id) => (this.desk.chosen.value = id), () => true);
  }

  /** Ask for one of the sessions. */
  pick(title: string, run: (session: string) => void, fits: (session: SessionValue) => boolean): void {
    const { rooms, sessions, mine, view } = this.desk;
    const now = sessions.value.map(({ id }) => view.value.session(id)).filter((one) => one !== undefined);
    const options = choices(now).filter(fits).map((session, at): Option => ({
      key: keyAt(at), label: session.title, on: session.id === mine.value?.id,
      note: `${roomOf(session, rooms.value)} · ${tell(this.words, `desk.session.${session.state}`)}`,
      run: () => run(session.id),
    }));
    if (options.length === 0) return this.#say("desk.no_session");
    this.desk.dialog.value = { kind: "choice", title: tell(this.words, title), options };
  }

  /** Begin my session, or end it once a person said so twice. */
  run(): void {
    const session = this.desk.mine.value;
    if (!session) return this.#say("desk.no_session");
    if (session.state !== "running") return this.#do({ do: "begin", session: session.id });
    this.desk.dialog.value = {
      kind: "choice", title: tell(this.words, "desk.end.title"), about: tell(this.words, "desk.end.about"),
      options: [ // the first has the focus: a second Space or Enter must not be what ends it
        { key: "n", label: tell(this.words, "desk.end.no"), run: () => undefined },
        { key: "y", label: tell(this.words, "desk.end.yes"), danger: true, run: () => this.#end(session.id) },
      ],
    };
  }

  /** End a session; whoever is owed a reply then is looked at in one list. */
  #end(session: string): void {
    const owed = [...this.desk.view.value.base.contributions.values()].some((one) => one.owed > 0);
    const heard = this.floor() !== undefined;
    this.#do({ do: "end", session });
    if ((owed || heard) && this.desk.may("reply.send")) this.desk.dialog.value = { kind: "panel", panel: "replies" };
  }

  /** Write what the chair should know. */
  note(): void {
    const session = this.desk.mine.value;
    if (!session) return this.#say("desk.no_session");
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.note.title"), hint: tell(this.words, "desk.note.hint"), value: session.note ?? "",
      accept: [{
        label: tell(this.words, "desk.note.send"),
        run: (note) => this.#do({ do: "note-session", session: session.id, note }),
      }],
    };
  }

  /** Go to another prompt of the run-sheet. */
  prompt(by: number): void {
    const session = this.desk.mine.value;
    const prompt = session ? promptAt(session, by) : undefined;
    if (!session || prompt === undefined) return this.#say("desk.no_prompt");
    this.#do({ do: "prompt", session: session.id, prompt: prompt?.id ?? null });
  }

  #do(step: Step): void {
    const what = tell(this.words, `desk.step.${step.do}`);
    this.desk.do([step], what);
    this.#say("desk.did", { step: what });
  }

  #say(key: string, fields: Readonly<Record<string, string>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}
