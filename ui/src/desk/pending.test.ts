import { expect, test } from "vitest";
import { aBase, aContribution, aPost, aRelay, aSession } from "./making";
import { View } from "./pending";
import type { Step } from "./steps";

const NOW = "2026-01-01T11:00:00Z";
const base = aBase({
  posts: [aPost("1", { state: "held" }), aPost("2")],
  sessions: [aSession("s1")],
  relays: [
    aRelay("a", { state: "on_floor" }), aRelay("b", { state: "next" }), aRelay("c", { rank: 10 }), aRelay("d", { rank: 20 }),
    aRelay("e", { rank: 30 }), aRelay("z", { session: "s2", state: "next" }), aRelay("y", { state: "dropped" }),
  ],
  contributions: [aContribution("2", { tags: ["t1"] })],
});
const after = (...steps: Step[]): View => new View(base, steps, NOW);
const queue = (view: View): string[] => view.queue("s1").map(({ id, state }) => `${id}:${state}`);

test("a move is painted at once and the copy stays as it is", () => {
  const view = after({ do: "move", move: "approve", post: "1" });
  expect(view.post("1")?.state).toBe("approved");
  expect(base.posts.get("1")?.state).toBe("held");
  expect(view.isPending("1")).toBe(true);
  expect(view.isPending("2")).toBe(false);
});

test("tags are set once and taken off", () => {
  const on = (tag: string, to: boolean): Step => ({ do: "tag", post: "2", tag, on: to });
  expect(after(on("t1", true), on("t2", true)).contribution("2").tags).toEqual(["t1", "t2"]);
  expect(after(on("t1", false)).contribution("2").tags).toEqual([]);
});

test("raising a post that waits shows it, and puts it last in the queue", () => {
  const view = after({ do: "raise", post: "1", session: "s1", made: "m" });
  expect(view.post("1")?.state).toBe("approved");
  expect(queue(view).at(-1)).toBe("m:queued");
  expect(view.contribution("1").relay_state).toBe("queued");
});

test("moving on closes the floor, takes up the next and readies the head", () => {
  const view = after({ do: "advance", session: "s1", floor: "a", next: "b", state: "answered", outcome: "Yes" });
  expect(view.relay("a")).toMatchObject({ state: "answered", outcome: "Yes" });
  expect(queue(view)).toEqual(["b:on_floor", "c:next", "d:queued", "e:queued"]);
});

test("two moves in a row build on each other", () => {
  const first: Step = { do: "advance", session: "s1", floor: "a", next: "b" };
  const view = after(first, { do: "advance", session: "s1", floor: "b", next: "c" });
  expect(queue(view)).toEqual(["c:on_floor", "d:next", "e:queued"]);
});

test("reopening what was closed moves down again what moved up", () => {
  const view = after({ do: "advance", session: "s1", floor: "a", next: "b" }, { do: "reopen", relay: "a" });
  expect(queue(view)).toEqual(["a:on_floor", "b:next", "c:queued", "d:queued", "e:queued"]);
});

test("a relay is placed before another one or at the end", () => {
  expect(queue(after({ do: "place", relay: "e", before: "c" })).slice(2)).toEqual(["e:queued", "c:queued", "d:queued"]);
  expect(queue(after({ do: "place", relay: "e", before: "d" })).slice(2)).toEqual(["c:queued", "e:queued", "d:queued"]);
  expect(queue(after({ do: "place", relay: "c", before: null })).slice(2)).toEqual(["d:queued", "e:queued", "c:queued"]);
});

test("what becomes next sends the former one to the queue's head", () => {
  expect(queue(after({ do: "ready", relay: "d" }))).toEqual(["a:on_floor", "d:next", "b:queued", "c:queued", "e:queued"]);
});

test("a step on something that is gone paints nothing", () => {
  const view = after({ do: "move", move: "approve", post: "9" }, { do: "ready", relay: "9" }, { do: "place", relay: "9", before: null });
  expect(view.post("9")).toBeUndefined();
  expect(queue(view)).toEqual(["a:on_floor", "b:next", "c:queued", "d:queued", "e:queued"]);
});

test("a step that the copy has already is not painted twice", () => {
  const first: Step = { do: "advance", session: "s1", floor: "a", next: "b" };
  const raised: Step = { do: "raise", post: "pc", session: "s1", made: "m" };
  const done = aBase({
    posts: [aPost("pc")],
    relays: [aRelay("a", { state: "discussed" }), aRelay("b", { state: "on_floor" }), aRelay("c", { state: "next" }), aRelay("d")],
  });
  const view = new View(done, [first, raised, { do: "queue", relay: "m" }], NOW);
  expect(view.queue("s1").map(({ id, state }) => `${id}:${state}`)).toEqual(["b:on_floor", "c:queued", "d:queued"]);
});

test("what was made here is known by the id that the server gave it, before and after the copy has it", () => {
  const real = new Map([["m", "r"]]);
  const steps: Step[] = [{ do: "raise", post: "2", session: "s1", made: "m" }];
  expect(new View(base, steps, NOW, real).relay("r")?.id).toBe("m");
  const folded = aBase({ posts: [aPost("2")], relays: [aRelay("r", { post: aPost("2") })] });
  expect(new View(folded, steps, NOW, real).relay("m")?.id).toBe("r");
  expect(new View(folded, [], NOW, real).relay("m")?.id).toBe("r");
});
