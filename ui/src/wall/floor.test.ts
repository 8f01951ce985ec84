import { describe, expect, test } from "vitest";
import type { AnswerValue, ConclusionValue, PostValue, Prompt, RelayValue, RoomValue, SessionValue } from "../wire";
import { answersTo, inRooms, marksOf, questionsIn, type Channel } from "./floor";

const room = (id: string, position: number, name = id): [string, RoomValue] => [id, { id, name, position, version: 1 }];

const prompt = (id: string, text: string, minute: number, code = ""): Prompt => ({ id, text, minute, code, kind: "prompt", level: "" });

const session = (id: string, where: string, more: Partial<SessionValue> = {}): [string, SessionValue] => [id, {
  id, room: where, title: id, method: "guided", speakers: [], starts_at: "", ends_at: "",
  prompts: [prompt("p1", "First?", 0), prompt("p2", "Second?", 9, "Q2")],
  prompt: null, prompt_at: null, hashtags: [], stream: "", captions: "", recording: "", delay_seconds: 0, walls: "on", slides_private: false, state: "running", begun_at: null, ended_at: null, version: 1, note: null, facilitators: null, ...more,
}];

const relay = (id: string, of: string, state: string, post = id, others: string[] = []): [string, RelayValue] => [id, {
  id, contribution: id, session: of, state, rank: 0, post: { id: post } as PostValue, others, voices: 1, wording: "", examples: [], detail: "", outcome: "",
  raised_at: "", floor_at: null, closed_at: null, version: 1, note: null,
}];

const channel = (
  rooms: [string, RoomValue][], sessions: [string, SessionValue][], relays: [string, RelayValue][] = [],
): Channel => ({ rooms: new Map(rooms), sessions: new Map(sessions), relays: new Map(relays) });

describe("the rooms of a wall", () => {
  test("are those with something on the floor or asked, in their order", () => {
    const found = inRooms(channel(
      [room("b", 2), room("a", 1), room("c", 3)],
      [session("s-b", "b"), session("s-a", "a", { prompt: "p2" }), session("s-c", "c")],
      [relay("r", "s-b", "on_floor"), relay("old", "s-c", "discussed")],
    ));
    expect(found.map((one) => one.room.id)).toEqual(["a", "b"]);
    expect(found[0]?.prompt).toEqual({ id: "p2", code: "Q2", number: 2, text: "Second?" });
    expect(found[1]?.relay?.id).toBe("r");
  });

  test("show the point and not the question where both are", () => {
    const found = inRooms(channel([room("a", 1)], [session("s", "a", { prompt: "p1" })], [relay("r", "s", "on_floor")]));
    expect(found).toMatchObject([{ relay: { id: "r" }, prompt: null }]);
  });

  test("are none while nothing runs, or nothing is asked", () => {
    expect(inRooms(channel([room("a", 1)], [session("s", "a", { state: "ended", prompt: "p1" })]))).toEqual([]);
    expect(inRooms(channel([room("a", 1)], [session("s", "a", { prompt: "gone" })]))).toEqual([]);
  });

  test("are the one that is wanted by its id or name; all if no room is that", () => {
    const both = channel(
      [room("1", 1, "Hall A"), room("2", 2, "Hall B")],
      [session("x", "1", { prompt: "p1" }), session("y", "2", { prompt: "p1" })],
    );
    const names = (wanted: string): string[] => inRooms(both, wanted).map((one) => one.room.name);
    expect(names("2")).toEqual(["Hall B"]);
    expect(names(" hall a ")).toEqual(["Hall A"]);
    expect(names("Hall C")).toEqual(["Hall A", "Hall B"]);
    expect(names("")).toEqual(["Hall A", "Hall B"]);
  });

  test("that are wanted show nothing of another room while they are quiet", () => {
    const both = channel([room("1", 1), room("2", 2)], [session("x", "1", { prompt: "p1" }), session("y", "2")]);
    expect(inRooms(both, "2")).toEqual([]);
  });
});

describe("the mark of a post", () => {
  const marks = (...relays: [string, RelayValue][]): unknown => Object.fromEntries(marksOf(new Map(relays)));

  test("says where it got to, for every post of the contribution", () => {
    expect(marks(relay("r", "s", "discussed", "1", ["2", "3"]))).toEqual({ 1: "discussed", 2: "discussed", 3: "discussed" });
  });

  test("says most of what several rooms did with it", () => {
    const [was, now] = [relay("r1", "s", "answered", "1"), relay("r2", "t", "on_floor", "1")];
    expect(marks(was, now)).toEqual({ 1: "now" });
    expect(marks(now, was)).toEqual({ 1: "now" });
    expect(marks(was, relay("r3", "t", "discussed", "1"))).toEqual({ 1: "answered" });
  });

  test("is not there for what no room took up", () => {
    expect(marks(relay("r", "s", "queued", "1"), relay("q", "s", "dropped", "2"))).toEqual({});
  });
});

describe("the question of the moment", () => {
  const asking = channel([room("a", 1)], [session("s", "a", { prompt: "p2" })], [relay("r", "s", "on_floor", "raised", ["also"])]);
  const posts = (...texts: string[]) => new Map(texts.map((text, at) => [`t${at}`, { id: `t${at}`, text } as PostValue]));
  const answers = (...texts: string[]) => [...answersTo(questionsIn(asking), posts(...texts), asking.relays).keys()];

  test("is asked whatever is on the floor", () => {
    expect(questionsIn(asking).map(({ number, text }) => [number, text])).toEqual([[2, "Second?"]]);
  });

  test("has the posts that say so, in any of the ways of hashtag chats, and what its session took up", () => {
    expect(answers("A2: yes", "#a2 no", "R2 oui", "A1 old", "A20 x", "BA2", "(A2) too")).toEqual(["t0", "t1", "t2", "t6"]);
    const raised = new Map([["raised", { id: "raised", text: "" } as PostValue], ["other", { id: "other", text: "" } as PostValue]]);
    expect([...answersTo(questionsIn(asking), raised, asking.relays).keys()]).toEqual(["raised"]);
  });

  test("has the posts that are known to answer it, whatever they say", () => {
    const held = posts("yes", "no", "A2");
    const linked = new Map([["t1", { id: "t1", prompt: "p2" } as AnswerValue], ["t0", { id: "t0", prompt: "p1" } as AnswerValue]]);
    expect([...answersTo(questionsIn(asking), held, asking.relays, linked).keys()]).toEqual(["t1", "t2"]);
  });

  test("makes way for what the session concluded, and that for a point in the room", () => {
    const conclusions = new Map([["c", { id: "c", session: "s", position: 0 } as ConclusionValue]]);
    const free = { ...asking, relays: new Map() };
    expect(inRooms({ ...free, conclusions })).toMatchObject([{ relay: null, prompt: null, concluded: [{ id: "c" }] }]);
    expect(inRooms({ ...asking, conclusions })).toMatchObject([{ relay: { id: "r" }, concluded: [] }]);
  });

  test("is not numbered where it is an online break", () => {
    const pause = { ...prompt("b", "Online?", 4), kind: "break" as const };
    const breaking = session("s", "a", { prompts: [prompt("p1", "First?", 0), pause, prompt("p2", "Second?", 9)], prompt: "p2" });
    expect(questionsIn(channel([room("a", 1)], [breaking]))[0]?.number).toBe(2);
    const now = session("s", "a", { prompts: [pause], prompt: "b" });
    expect(questionsIn(channel([room("a", 1)], [now]))[0]?.number).toBe(0);
  });

  test("has all posts where none says so: people answer without saying", () => {
    expect(answers("yes", "no")).toEqual(["t0", "t1"]);
  });
});
