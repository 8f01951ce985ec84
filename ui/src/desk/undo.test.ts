import { expect, test } from "vitest";
import { aBase, aPost, aRelay, aSession } from "./making";
import { View } from "./pending";
import type { Step } from "./steps";
import { inverseOf, Undo } from "./undo";

const NOW = "2026-01-01T11:00:00Z";
const base = aBase({
  posts: [aPost("1", { state: "held" }), aPost("2")],
  sessions: [aSession("s1", { note: "Before" })],
  relays: [aRelay("a", { state: "on_floor" }), aRelay("b", { state: "next" }), aRelay("c", { rank: 10 }), aRelay("d", { rank: 20 })],
});
const view = new View(base, [], NOW);

/** What the desk shows after a step and what takes it back. */
function there(step: Step): View {
  return new View(base, [step, ...inverseOf(step, view)], NOW);
}

test("a post goes back to where it was", () => {
  expect(there({ do: "move", move: "approve", post: "1" }).post("1")?.state).toBe("held");
  expect(there({ do: "move", move: "reject", post: "1", reason: "spam" }).post("1")?.state).toBe("held");
  expect(there({ do: "move", move: "hide", post: "2", reason: "spam" }).post("2")?.state).toBe("approved");
});

test("what is deleted for good has no way back", () => {
  expect(inverseOf({ do: "move", move: "withdraw", post: "2" }, view)).toEqual([]);
});

test("tags and notes are toggled back", () => {
  expect(inverseOf({ do: "tag", post: "2", tag: "t", on: true }, view)).toEqual([{ do: "tag", post: "2", tag: "t", on: false }]);
  expect(there({ do: "note", post: "2", on: true }).contribution("2").noted).toBe(false);
});

test("raising is taken back, and so is the approval that came with it", () => {
  const raised = there({ do: "raise", post: "1", session: "s1", made: "m" });
  expect(raised.relay("m")?.state).toBe("dropped");
  expect(raised.post("1")?.state).toBe("held");
  expect(there({ do: "raise", post: "2", session: "s1", made: "m" }).post("2")?.state).toBe("approved");
});

test("the queue and the floor are as they were", () => {
  const before = view.queue("s1").map(({ id, state }) => [id, state]);
  const steps: Step[] = [
    { do: "place", relay: "d", before: "c" },
    { do: "ready", relay: "d" },
    { do: "queue", relay: "b" },
    { do: "advance", session: "s1", floor: "a", next: "b" },
    { do: "close", relay: "a", state: "discussed" },
  ];
  for (const step of steps) expect(there(step).queue("s1").map(({ id, state }) => [id, state])).toEqual(before);
});

test("a note and a prompt are what they were", () => {
  expect(inverseOf({ do: "note-session", session: "s1", note: "After", seen: { version: 1 } }, view)).toEqual([
    { do: "note-session", session: "s1", note: "Before" },
  ]);
});

test("what was refused is not on the stack any more", () => {
  const undo = new Undo();
  undo.did({ causes: ["1"], inverse: [[{ do: "reopen", relay: "a" }]], post: null, what: "" });
  undo.did({ causes: ["2", "3"], inverse: [[], [{ do: "reopen", relay: "b" }]], post: null, what: "" });
  undo.refused("3");
  expect(undo.take()?.causes).toEqual(["1"]);
  expect(undo.take()).toBeUndefined();
});
