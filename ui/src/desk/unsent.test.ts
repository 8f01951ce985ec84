import { expect, test } from "vitest";
import { nextOf, type Entry } from "../outbox-order";
import type { Step } from "./steps";
import { named, RULES } from "./unsent";

const on = (post: string, to: boolean, more: object = {}): Step => ({ do: "tag", post, tag: "t", on: to, ...more });
const move = (what: "approve" | "hide" | "reject" | "withdraw" | "reconsider", post: string): Step =>
  ({ do: "move", move: what, post, ...(what === "hide" && { reason: "spam" }) });
const advance: Step = { do: "advance", session: "s", floor: "a", next: "b" };

/** What is sent for these, all done while nobody answered. */
function sent(...steps: Step[]): Step[] {
  let left: Entry<Step>[] = steps.map((step, at) => ({ cause: `${at}`, step, state: "waiting", at }));
  const out: Step[] = [];
  for (;;) {
    const { entry, dropped } = nextOf(left, RULES);
    if (!entry) return out;
    out.push(entry.step);
    left = left.filter(({ cause }) => cause !== entry.cause && !dropped.includes(cause));
  }
}

test.each([
  ["a post that is taken down", move("hide", "9")],
  ["a post that is refused", move("reject", "9")],
  ["a post that is deleted", move("withdraw", "9")],
  ["an author who is left off", { do: "send", what: "leave-off", path: "/posts/9/leave-off", body: {}, about: "9" }],
  ["walls that are quieted", { do: "send", what: "quiet", path: "/walls", body: { room: null, hold: "quiet" }, about: "" }],
] satisfies [string, Step][])("first of all: %s", (_, removal) => {
  expect(sent(on("1", true), advance, removal)).toEqual([removal, on("1", true), advance]);
});

test("walls that go on are no removal", () => {
  const live: Step = { do: "send", what: "quiet", path: "/walls", body: { room: null, hold: "live" }, about: "" };
  expect(sent(advance, live)).toEqual([advance, live]);
});

test("what was shown and taken down while nobody heard of it is never shown", () => {
  expect(sent(move("approve", "1"), move("hide", "1"))).toEqual([{ ...move("hide", "1"), move: "reject" }]);
  expect(sent(move("approve", "1"), move("withdraw", "1"))).toEqual([move("withdraw", "1")]);
});

test("what was shown by a tag or for the queue is taken down after it", () => {
  const raise: Step = { do: "raise", post: "1", session: "s", made: "m" };
  expect(sent(on("2", true), raise, move("hide", "1"))).toEqual([raise, move("hide", "1"), on("2", true)]);
  const shows = on("1", true, { approves: true });
  expect(sent(shows, move("hide", "1"))).toEqual([shows, move("hide", "1")]);
});

test("a tag that was set and taken off again needs no sending, one of another post does", () => {
  expect(sent(on("1", true), advance, on("1", false))).toEqual([advance]);
  expect(sent(on("1", true), on("2", false))).toEqual([on("1", true), on("2", false)]);
  expect(sent(on("1", true, { approves: true }), on("1", false))).toHaveLength(2);
});

test("a step about what was made here gets its real id, whatever part of the step it is", () => {
  expect(named({ do: "ready", relay: "m" }, "m", "r")).toEqual({ do: "ready", relay: "r" });
  expect(named({ do: "place", relay: "x", before: "m" }, "m", "r")).toEqual({ do: "place", relay: "x", before: "r" });
  expect(named({ ...advance, next: "m" }, "m", "r")).toEqual({ ...advance, next: "r" });
  expect(named(on("m", true), "m", "r")).toEqual(on("m", true));
});
