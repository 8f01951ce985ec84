import { describe, expect, test } from "vitest";
import type { SceneValue, Step } from "../wire";
import { Director, LEAST_MS, LULL_EVERY_MS, LULL_MS, type Situation } from "./director";
import { BUILT_IN, LAYOUTS, stepOf, type Layout } from "./display";

const step = (layout: Layout, more: Partial<Step> = {}): Step => ({ ...stepOf(layout, "Words", 10), ...more });
const scene = (...steps: Step[]): SceneValue => ({ ...BUILT_IN, id: "s", name: "Hall", steps });
const calm: Situation = { hold: "live", waiting: 0, running: true, onFloor: true, lull: false, reading: false, has: () => true };

/** The layouts that are on in each second. */
function seconds(director: Director, of: SceneValue, count: number, at: (second: number) => Situation = () => calm): string[] {
  return Array.from({ length: count }, (_, second) => director.at(second * 1000, of, at(second)).step.layout);
}

describe("a rotation", () => {
  test("shows each step for its time, in order, round and round", () => {
    const shown = seconds(new Director(), scene(step("columns"), step("spotlight"), step("title", { seconds: 5 })), 40);
    expect(shown.filter((_, at) => at % 5 === 0)).toEqual(
      ["columns", "columns", "spotlight", "spotlight", "title", "columns", "columns", "spotlight"],
    );
  });

  test("leaves out what has nothing to show, and what its condition rules out", () => {
    const of = scene(step("floor", { on_floor: true }), step("question", { in_session: true }), step("mosaic"), step("columns"));
    const quiet = { ...calm, running: false, onFloor: false, has: (layout: Layout) => layout !== "mosaic" };
    expect(new Set(seconds(new Director(), of, 60, () => quiet))).toEqual(new Set(["columns"]));
    expect(new Set(seconds(new Director(), of, 60))).toEqual(new Set(["floor", "question", "mosaic", "columns"]));
  });

  test("waits for the pages of a long post, but for no condition", () => {
    const of = scene(step("spotlight", { in_session: true }), step("columns"));
    const until = (second: number): Situation => ({ ...calm, reading: second < 25 });
    const shown = seconds(new Director(), of, 40, until);
    expect([shown[24], shown[25], shown[35]]).toEqual(["spotlight", "columns", "spotlight"]);
    const ended = (second: number): Situation => ({ ...calm, reading: true, running: second < 5 });
    expect(seconds(new Director(), of, 6, ended)[5]).toBe("columns");
  });

  test("leaves a step at once when its condition ends", () => {
    const of = scene(step("floor", { on_floor: true, seconds: 600 }), step("columns"));
    const shown = seconds(new Director(), of, 6, (second) => ({ ...calm, onFloor: second < 3 }));
    expect(shown).toEqual(["floor", "floor", "floor", "columns", "columns", "columns"]);
  });

  test("goes back to posts when many wait, but never flickers", () => {
    const of = scene(step("title", { seconds: 600, fewer_than: 5 }), step("columns", { seconds: 5 }));
    const shown = seconds(new Director(), of, 20, (second) => ({ ...calm, waiting: second >= 1 ? 9 : 0 }));
    expect(shown.slice(0, LEAST_MS / 1000)).toEqual(Array(LEAST_MS / 1000).fill("title"));
    expect(new Set(shown.slice(LEAST_MS / 1000))).toEqual(new Set(["columns"]));
  });

  test("goes on where it was when the scene is edited elsewhere, and begins anew when its step is gone", () => {
    const director = new Director();
    const [a, b, c] = [step("columns"), step("spotlight"), step("mosaic")];
    expect(director.at(0, scene(a, b), calm).step).toBe(a);
    expect(director.at(10_000, scene(a, b), calm).step.layout).toBe("spotlight");
    expect(director.at(11_000, scene(a, { ...b }, c), calm).step.layout).toBe("spotlight");
    expect(director.at(12_000, scene(a, c), calm).step.layout).toBe("columns");
  });
});

describe("what goes wrong", () => {
  test("a layout that throws is passed over and the show goes on", () => {
    const director = new Director();
    const of = scene(step("mosaic"), step("columns"));
    expect(director.at(0, of, calm).step.layout).toBe("mosaic");
    director.failed("mosaic");
    expect(new Set(seconds(director, of, 50))).toEqual(new Set(["columns"]));
  });

  test("there is always something on, whatever fails and whatever holds", () => {
    const director = new Director();
    const of = scene(...LAYOUTS.map((layout) => step(layout)));
    for (const hold of ["live", "curated", "frozen", "quiet", "blank"] as const) {
      for (let second = 0; second < 200; second++) {
        const shown = director.at(second * 1000, of, { ...calm, hold, has: (layout) => layout === "title" });
        expect(shown.step.layout).toBe("title");
      }
    }
    for (const layout of LAYOUTS) director.failed(layout);
    expect(director.at(0, of, calm).step.layout).toBe("title");
  });

  test("a layout of a newer server is passed over", () => {
    const of = scene({ ...step("columns"), layout: "hologram" as Layout }, step("stream"));
    expect(new Set(seconds(new Director(), of, 30))).toEqual(new Set(["stream"]));
  });
});

describe("holds", () => {
  test("a quiet wall shows no posts, and the title where its scene has nothing else", () => {
    const posts = scene(step("columns"), step("spotlight"));
    const quiet: Situation = { ...calm, hold: "quiet" };
    expect(new Set(seconds(new Director(), posts, 30, () => quiet))).toEqual(new Set(["title"]));
    const more = scene(step("columns"), step("programme"), step("floor"));
    expect(new Set(seconds(new Director(), more, 60, () => quiet))).toEqual(new Set(["programme", "floor"]));
  });

  test("and goes on with its scene as soon as the hold ends", () => {
    const shown = seconds(new Director(), scene(step("columns")), 6, (second) => ({ ...calm, hold: second < 3 ? "quiet" : "live" }));
    expect(shown).toEqual(["title", "title", "title", "columns", "columns", "columns"]);
  });
});

test("in a lull the programme comes in between, and the wall goes back to its scene", () => {
  const shown = seconds(new Director(), scene(step("columns", { seconds: 3_600 })), 600, () => ({ ...calm, lull: true }));
  const part = shown.filter((layout) => layout === "programme").length / shown.length;
  expect(shown.slice(0, LULL_EVERY_MS / 1000)).not.toContain("programme");
  expect(part).toBeCloseTo(LULL_MS / (LULL_MS + LULL_EVERY_MS), 1);
});
