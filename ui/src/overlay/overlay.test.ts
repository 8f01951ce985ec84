import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Held } from "../store";
import type { Changes } from "../wire";
import { LEAVE_MS, Overlay, SILENT_MS } from "./overlay";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const put = (type: string, value: object & { id: string }) => ({ op: "put", type, id: value.id, version: 1, value });
const START = [
  put("event", { id: "e", slug: "summit", zone: "UTC" } as { id: string }),
  put("session", { id: "s", room: "r", state: "running", prompt: null, prompts: [] } as { id: string }),
];
const relay = (id: string, state: string) => put("relay", { id, session: "s", state, rank: 0 } as { id: string });

function driven(): { overlay: Overlay; change: (...changes: object[]) => void; shown: () => string | undefined } {
  const [overlay, held] = [new Overlay("s"), new Held()];
  const change = (...changes: object[]): void => {
    held.apply({ type: "changes", after: held.seq, seq: held.seq + 1, changes } as unknown as Changes);
    overlay.fold(held);
  };
  change(...START);
  return { overlay, change, shown: () => overlay.shown.value?.relay.id };
}

test("what is closed leaves first, then what follows comes", () => {
  const { overlay, change, shown } = driven();
  change(relay("a", "on_floor"));
  expect([shown(), overlay.leaving.value]).toEqual(["a", false]);
  change(relay("a", "discussed"), relay("b", "on_floor"));
  expect([shown(), overlay.leaving.value]).toEqual(["a", true]);
  vi.advanceTimersByTime(LEAVE_MS);
  expect([shown(), overlay.leaving.value]).toEqual(["b", false]);
});

test("what comes back while it leaves stays", () => {
  const { overlay, change, shown } = driven();
  change(relay("a", "on_floor"));
  change(relay("a", "discussed"));
  change(relay("a", "on_floor"));
  vi.advanceTimersByTime(LEAVE_MS);
  expect([shown(), overlay.leaving.value]).toEqual(["a", false]);
});

test("what is taken back is gone at once, even while something else leaves", () => {
  const { overlay, change, shown } = driven();
  change(relay("a", "on_floor"));
  change({ op: "drop", type: "relay", id: "a" });
  expect(shown()).toBeUndefined();
  change(relay("b", "on_floor"));
  change(relay("b", "answered"));
  change({ op: "drop", type: "relay", id: "b" });
  expect([shown(), overlay.leaving.value]).toEqual([undefined, false]);
});

test("after a silence nothing is shown, and with the next word everything is there again", () => {
  const { change, shown } = driven();
  change(relay("a", "on_floor"));
  vi.advanceTimersByTime(SILENT_MS - 2_000);
  expect(shown()).toBe("a");
  change();
  vi.advanceTimersByTime(SILENT_MS - 2_000);
  expect(shown()).toBe("a");
  vi.advanceTimersByTime(4_000);
  expect(shown()).toBeUndefined();
  change();
  expect(shown()).toBe("a");
});
