import { expect, test } from "vitest";
import { Held } from "../store";
import type { Changes } from "../wire";
import { lowerOf, mayLinger } from "./lower";

const put = (type: string, value: object & { id: string }) =>
  ({ op: "put", type, id: value.id, version: 1, value }) as unknown as Changes["changes"][number];

const session = (more: object = {}) =>
  put("session", {
    id: "s", room: "r", state: "running", prompt: "q2",
    prompts: [{ id: "q1", text: "First?", minute: 0, code: "", kind: "prompt", level: "" }, { id: "q2", text: "Second?", minute: 9, code: "", kind: "prompt", level: "" }], ...more,
  } as { id: string });
const relay = (state: string, id = "f") => put("relay", { id, session: "s", state, rank: 0 } as { id: string });
const control = (id: string, hold: string) => put("control", { id, hold, notice: "", version: 1 } as { id: string });

function held(...changes: Changes["changes"]): Held {
  const copy = new Held();
  copy.apply({ type: "changes", after: 0, seq: 1, changes: [put("event", { id: "e", slug: "summit" } as { id: string }), ...changes] } as Changes);
  return copy;
}

test.each(["s", "r"])("what is on the floor is shown with what was asked, by session and by room: %s", (place) => {
  const lower = lowerOf(held(session(), relay("queued", "q"), relay("on_floor")), place);
  expect([lower?.relay.id, lower?.prompt, lower?.event]).toEqual(["f", { id: "q2", code: "", number: 2, text: "Second?" }, "summit"]);
});

test("of another session in the same room its floor is shown, of another room's nothing", () => {
  const before = put("session", { id: "earlier", room: "r", state: "ended", prompts: [], prompt: null } as { id: string });
  const copy = held(before, session(), relay("on_floor"));
  expect(lowerOf(copy, "earlier")?.relay.id).toBe("f");
  expect(lowerOf(copy, "elsewhere")).toBeNull();
});

test("a question alone is not shown, and neither is a session that does not run", () => {
  expect(lowerOf(held(session(), relay("next")), "s")).toBeNull();
  expect(lowerOf(held(session({ state: "ended" }), relay("on_floor")), "s")).toBeNull();
});

test.each([["all", "blank", true], ["r", "blank", true], ["r", "quiet", false], ["other", "blank", false]])(
  "walls of %s held to %s: nothing is shown is %s",
  (id, hold, nothing) => {
    const copy = held(session(), relay("on_floor"), control(id, hold));
    expect(lowerOf(copy, "s") === null).toBe(nothing);
  },
);

test("what was discussed leaves calmly, what was taken back and what is blanked at once", () => {
  const lower = lowerOf(held(session(), relay("on_floor")), "s")!;
  expect(mayLinger(held(session(), relay("discussed")), "s", lower)).toBe(true);
  expect(mayLinger(held(session()), "s", lower)).toBe(false);
  expect(mayLinger(held(session(), relay("on_floor"), control("all", "blank")), "s", lower)).toBe(false);
});
