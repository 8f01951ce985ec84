import { expect, test } from "vitest";
import { cardOf, decided, isClean, isLookedFor, placeOf, within } from "./gathering";
import { aBase, aContribution, aPost, aSession } from "./making";
import { View } from "./pending";
import type { PlacementValue } from "../wire";
import { inverseOf } from "./undo";
import { requestOf, type Step } from "./steps";

const held = { state: "held", reasons: [{ code: "awaits_approval", start: null, end: null, params: {} }] };
const caught = { state: "held", reasons: [{ code: "email", start: 0, end: 3, params: {} }] };
const placed = (more: Partial<PlacementValue>): PlacementValue => ({
  id: "1", session: null, reason: "", by_hand: false, claimed_by: null, claimed_at: null, version: 1, ...more,
});

function seen(posts: ReturnType<typeof aPost>[], ...steps: Step[]): View {
  const together = aContribution("1", { posts: posts.map(({ id }) => id) });
  return new View(aBase({ posts, contributions: posts.length > 1 ? [together] : [] }), steps, "2026-01-01T10:00:00Z");
}

test("what is shown of one point is one card", () => {
  const view = seen([aPost("1"), aPost("2"), aPost("3", caught)]);
  expect(within("1", view).map(({ id }) => id)).toEqual(["2"]);
  expect([cardOf("2", view), cardOf("3", view)]).toEqual(["1", "3"]);
});

test("what waits for the same reason is decided with its card, and what was caught is not", () => {
  const view = seen([aPost("1", held), aPost("2", held), aPost("3", caught), aPost("4")]);
  expect(decided("1", view)).toEqual(["1", "2"]);
  expect(cardOf("4", view)).toBe("4");
});

test("nothing that a rule caught is clean", () => {
  expect([aPost("1", held), aPost("1"), aPost("1", caught), aPost("1", { bar: "noindex" })].map(isClean)).toEqual([true, true, false, false]);
});

test("a post is mine, in the tray or with somebody else", () => {
  const sessions = new Map([["a", aSession("a")], ["b", aSession("b")], ["over", aSession("over", { state: "ended" })]]);
  const now = Date.parse("2026-01-01T10:00:00Z");
  const at = (more: Partial<PlacementValue> | null) => placeOf(more === null ? undefined : placed(more), "a", "me", sessions, now);
  expect(at({ session: "a" })).toBe("own");
  expect(at({ session: "b" })).toBe("other");
  expect(at({ session: "over" })).toBe("tray");
  expect(at(null)).toBe("tray");
  expect(at({ claimed_by: "me", claimed_at: "2026-01-01T08:00:00Z" })).toBe("own");
  expect(at({ claimed_by: "eve", claimed_at: "2026-01-01T09:55:00Z" })).toBe("other");
  expect(at({ claimed_by: "eve", claimed_at: "2026-01-01T09:45:00Z" })).toBe("tray");
  expect((["own", "tray", "other"] as const).map((place) => isLookedFor("mine", place))).toEqual([true, true, false]);
  expect((["own", "tray", "other"] as const).map((place) => isLookedFor("tray", place))).toEqual([false, true, false]);
});

test("joining is painted at once, and splitting takes it back", () => {
  const posts = [aPost("1"), aPost("2"), aPost("3")];
  const base = aBase({ posts, contributions: [aContribution("2", { posts: ["2"], tags: ["t"] })] });
  const join: Step = { do: "join", post: "1", others: ["2", "3"] };
  const before = new View(base, [], "2026-01-01T10:00:00Z");
  const after = new View(base, [join], "2026-01-01T10:00:00Z");
  expect(after.contribution("3")).toMatchObject({ posts: ["1", "2", "3"], tags: ["t"] });
  const back = inverseOf(join, before);
  expect(back).toEqual([{ do: "split", post: "3" }, { do: "split", post: "2" }]);
  const undone = new View(base, [join, ...back], "2026-01-01T10:00:00Z");
  expect(undone.contribution("1").posts).toEqual(["1"]);
  expect(undone.contribution("2").posts).toEqual(["2"]);
});

test("what led its point leads it again when splitting is undone", () => {
  const view = seen([aPost("1"), aPost("2")]);
  expect(inverseOf({ do: "split", post: "1" }, view)).toEqual([{ do: "join", post: "2", others: ["1"], first: true }]);
  expect(inverseOf({ do: "split", post: "2" }, view)).toEqual([{ do: "join", post: "1", others: ["2"], first: false }]);
});

test("what is done with a card is painted on all of its posts", () => {
  const view = seen([aPost("1"), aPost("2")], { do: "tag", post: "2", tag: "t", on: true });
  expect(view.contribution("1").tags).toEqual(["t"]);
});

test("a tag approves what waits where it may, and both are taken back by one key", () => {
  const tag: Step = { do: "tag", post: "1", tag: "t", on: true, approves: true };
  const view = seen([aPost("1", held)], tag);
  expect(view.post("1")?.state).toBe("approved");
  expect(inverseOf(tag, view)).toEqual([{ do: "tag", post: "1", tag: "t", on: false }, { do: "move", move: "reconsider", post: "1" }]);
  expect(requestOf(tag, 0, String).body).toEqual({ tag: "t", on: true });
});

test("belonging and taking are painted and taken back", () => {
  const claim: Step = { do: "claim", post: "1", on: true, person: "me" };
  const view = seen([aPost("1")], { do: "belong", post: "1", session: "a" });
  expect(view.placement("1")).toMatchObject({ session: "a", by_hand: true });
  expect(inverseOf({ do: "belong", post: "1", session: null }, view)).toEqual([{ do: "belong", post: "1", session: "a" }]);
  expect(seen([aPost("1")], claim).placement("1")?.claimed_by).toBe("me");
  expect(inverseOf(claim, view)).toEqual([{ ...claim, on: false }]);
});
