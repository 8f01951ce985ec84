import { describe, expect, it } from "vitest";
import { later, pressed, type At } from "./tour";

const FIRST: At = { step: 0, left: 1000, paused: false };

describe("the tour", () => {
  it("goes on when a step had its time, and stays at the last one", () => {
    expect(later(FIRST, 400, 3, 1000)).toEqual({ step: 0, left: 600, paused: false });
    expect(later(FIRST, 1000, 3, 1000)).toEqual({ step: 1, left: 1000, paused: false });
    const last = { step: 2, left: 1000, paused: false };
    expect(later(last, 99_000, 3, 1000)).toBe(last);
  });

  it("stands still while it is paused, and keeps the rest of the step's time", () => {
    const paused = pressed({ step: 1, left: 300, paused: false }, "pause", 3, 1000);
    expect(paused).toEqual({ step: 1, left: 300, paused: true });
    expect(later(paused as At, 5_000, 3, 1000)).toBe(paused);
    expect(pressed(paused as At, "pause", 3, 1000)?.paused).toBe(false);
  });

  it("moves by hand, also while it is paused, and ends after the last step or when a person says so", () => {
    const paused = { step: 1, left: 300, paused: true };
    expect(pressed(paused, "next", 3, 1000)).toEqual({ step: 2, left: 1000, paused: true });
    expect(pressed(paused, "back", 3, 1000)).toEqual({ step: 0, left: 1000, paused: true });
    expect(pressed(FIRST, "back", 3, 1000)?.step).toBe(0);
    expect(pressed({ step: 2, left: 1, paused: false }, "next", 3, 1000)).toBeNull();
    expect(pressed(FIRST, "end", 3, 1000)).toBeNull();
  });
});
