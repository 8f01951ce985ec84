import { describe, expect, test } from "vitest";
import type { ControlValue, Hold, PostValue, SceneValue, ScreenValue } from "../wire";
import { admits, BUILT_IN, holdOf, isCardOn, letsOn, noticesOf, sceneOf, stepOf } from "./display";

const scene = (id: string, more: Partial<SceneValue> = {}): SceneValue =>
  ({ ...BUILT_IN, id, name: id, steps: [stepOf("spotlight"), stepOf("mosaic")], ...more });
const byId = <T extends { id: string }>(...all: T[]) => new Map(all.map((one) => [one.id, one]));
const screen = (of: string | null) => ({ id: "x", scene: of }) as ScreenValue;
const control = (id: string, hold: Hold, notice = ""): ControlValue => ({ id, hold, notice, version: 1 });

describe("the scene of a wall", () => {
  const scenes = byId(scene("default"), scene("hall"));

  test("is its screen's, else the default, else the one that this page knows", () => {
    expect(sceneOf({ scenes, screen: screen("hall") }).id).toBe("hall");
    expect(sceneOf({ scenes, screen: screen(null) }).id).toBe("default");
    expect(sceneOf({ scenes, screen: screen("gone") }).id).toBe("default");
    expect(sceneOf({ scenes: new Map(), screen: null })).toBe(BUILT_IN);
    expect(sceneOf({ scenes: byId(scene("default", { name: "", alt: false })), screen: null })).toBe(BUILT_IN);
  });

  test("may be asked for by the page's address, as one of its steps or one layout", () => {
    expect(sceneOf({ scenes, screen: null }, { scene: "hall" }).id).toBe("hall");
    expect(sceneOf({ scenes, screen: null }, { scene: "hall", step: "2" }).steps).toEqual([stepOf("mosaic")]);
    expect(sceneOf({ scenes, screen: null }, { step: "floor" }).steps.map((one) => one.layout)).toEqual(["floor"]);
    expect(sceneOf({ scenes, screen: null }, { scene: "hall", step: "99" }).steps).toHaveLength(2);
  });
});

describe("the test card of a screen", () => {
  const until = "2026-05-04T08:02:00Z";
  const asked = (card_until: string | null) => ({ id: "x", card_until }) as ScreenValue;

  test("is on until the moment that the server said, and not from then on", () => {
    expect(isCardOn(asked(until), Date.parse(until) - 1)).toBe(true);
    expect(isCardOn(asked(until), Date.parse(until))).toBe(false);
  });

  test("is not on where nobody asked for it, nor on what is no screen", () => {
    expect(isCardOn(asked(null), 0)).toBe(false);
    expect(isCardOn(null, 0)).toBe(false);
  });
});

describe("what a wall is held to", () => {
  test("is the stronger of what is said of all and of its room", () => {
    const both = byId(control("all", "curated"), control("r", "blank"), control("other", "quiet"));
    expect(holdOf(both, "r")).toBe("blank");
    expect(holdOf(both, null)).toBe("curated");
    expect(holdOf(new Map(), "r")).toBe("live");
    expect(holdOf(byId(control("all", "new-one" as Hold)), null)).toBe("live");
  });

  test("its notices are that to all and its room's, once each", () => {
    const both = byId(control("all", "live", "Lunch"), control("r", "live", " Lunch "), control("s", "live", "Other"));
    expect(noticesOf(both, "r")).toEqual(["Lunch"]);
    expect(noticesOf(both, "s")).toEqual(["Lunch", "Other"]);
  });

  test("held to what people chose, it lets on what is pinned or was approved by hand; frozen, nothing", () => {
    const post = (id: string, by_hand = false) => ({ id, by_hand }) as PostValue;
    const curated = letsOn("curated", new Set(["pinned"]));
    expect([post("a"), post("b", true), post("pinned")].map(curated)).toEqual([false, true, true]);
    expect(letsOn("frozen", new Set(["pinned"]))(post("pinned"))).toBe(false);
    expect(letsOn("live", new Set())(post("a"))).toBe(true);
  });
});

test("a scene that skips warnings leaves out what is covered or sensitive, pinned or not", () => {
  const may = admits(scene("s", { warnings: "skipped" }), new Set(["p"]));
  const post = (more: Partial<PostValue>) => ({ id: "p", warning: null, sensitive: false, by_hand: false, ...more }) as PostValue;
  expect([post({}), post({ warning: "Needles" }), post({ warning: " " }), post({ sensitive: true })].map(may)).toEqual([true, false, true, false]);
});
