import { beforeEach, expect, test, vi } from "vitest";
import type { Browser } from "../browser";
import { Held } from "../store";
import type { Put } from "../wire";
import { Words } from "../words";
import { Desk } from "./desk";
import type { Choice, Line } from "./dialogs";
import { aPost, aSession } from "./making";
import { SheetActions } from "./sheet-actions";
import "./words";

const put = (type: string, value: { id: string }): Put => ({ op: "put", type, id: value.id, version: 1, value }) as unknown as Put;
const PROMPTS = [{ id: "q1", text: "Who?", minute: 0, code: "Q1", kind: "prompt", level: "" }, { id: "b", text: "Online?", minute: 9, code: "", kind: "break", level: "" }] as const;
const CONCLUSION = { id: "c", session: "s1", position: 0, text: "Teach it.", endorsed: 2, room: null, worded: 4, version: 9 };

class World {
  readonly sent: { path: string; method: string; body: unknown }[] = [];
  readonly desk: Desk;
  readonly actions: SheetActions;

  constructor(...more: Put[]) {
    const browser = {
      fetch: (path: string, init: RequestInit) => {
        this.sent.push({ path: path.replace("/api/v1/events/e", ""), method: init.method ?? "", body: JSON.parse(String(init.body)) });
        return Promise.resolve(Response.json({ seq: 9 }));
      },
      random: () => 0, recall: () => null, remember: () => true, onWake: () => undefined,
    } as unknown as Browser;
    this.desk = new Desk({ event: "e", person: "me", may: new Set(["session.run", "conclusion.word", "message.send", "room.note"]), browser });
    const session = aSession("s1", { prompts: PROMPTS, prompt: "q1", begun_at: "2026-01-01T10:00:00Z" });
    this.desk.fold(Held.of({ type: "snapshot", v: 1, cursor: "e.s.1", seq: 1, puts: [put("post", aPost("p1")), put("session", session), ...more] }));
    this.actions = new SheetActions(this.desk, new Words("en"));
  }

  type(text: string): void {
    (this.desk.dialog.value as Line).accept[0]?.run(text);
  }

  choose(key: string): void {
    (this.desk.dialog.value as Choice).options.find((one) => one.key === key)?.run();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("what the room says and what the chair should read is sent as one line, and nothing that is empty", async () => {
  const world = new World();
  world.actions.note();
  world.type("");
  world.type("We all do");
  await vi.advanceTimersByTimeAsync(0);
  world.actions.message();
  world.type("Two minutes");
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent).toEqual([
    { path: "/sessions/s1/room-notes", method: "POST", body: { text: "We all do" } },
    { path: "/sessions/s1/messages", method: "POST", body: { text: "Two minutes" } },
  ]);
});

test("the first conclusion is worded at once; of some, one is chosen", async () => {
  const world = new World();
  world.actions.conclude();
  expect(world.desk.dialog.value).toMatchObject({ kind: "line", about: "Who?" });
  const more = new World(put("conclusion", CONCLUSION));
  more.actions.conclude();
  expect((more.desk.dialog.value as Choice).options.map(({ key, note }) => [key, note])).toEqual([["+", undefined], ["1", "2 endorse it online"]]);
  more.choose("1");
  more.choose("r");
  more.type("many");
  more.type("31");
  await vi.advanceTimersByTimeAsync(0);
  expect(more.sent).toEqual([{ path: "/conclusions/c", method: "PATCH", body: { worded: 4, room: 31 } }]);
});

test("removing a conclusion is taken back by one key", async () => {
  const world = new World(put("conclusion", CONCLUSION));
  world.actions.conclude();
  world.choose("1");
  world.choose("x");
  await vi.advanceTimersByTimeAsync(0);
  world.desk.takeBack();
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent.map(({ body }) => body)).toEqual([{ worded: 4, removed: true }, { worded: 5, removed: false }]);
});

test("signals of the chair are seen before anything is written to them", async () => {
  const signal = { id: "m", session: "s1", to: "desk", signal: "wrap_up", text: "", sent_at: "2026-01-01T10:01:00Z", ok_at: null };
  const world = new World(put("message", signal));
  world.actions.message();
  expect((world.desk.dialog.value as Choice).options.map(({ label }) => label)).toEqual(["Seen: Wrapping up", "Message to the chair"]);
  world.choose("1");
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent).toEqual([{ path: "/messages/m/acknowledge", method: "POST", body: {} }]);
});

test("what a post answers is chosen from the questions of its session; a break asks nothing", async () => {
  const world = new World(put("answer", { id: "p1", session: "s1", prompt: "q1", how: "time" } as unknown as { id: string }));
  world.actions.answers("p1");
  expect((world.desk.dialog.value as Choice).options.map(({ label, on }) => [label, on])).toEqual([["None of them", false], ["Q1 Who?", true]]);
  world.choose("0");
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent).toEqual([{ path: "/posts/p1/answer", method: "POST", body: { session: null, prompt: null } }]);
});
