import { expect, test } from "vitest";
import { pictureUrl, shape } from "./picture";

test("a picture is asked for by its post, from this server", () => {
  expect(pictureUrl("summit", "0198-a", "avatar", "1f")).toBe("/media/summit/0198-a/avatar?key=1f");
  expect(pictureUrl("../x", "a/b", 0, "&")).toBe("/media/..%2Fx/a%2Fb/0?key=%26");
});

test("a box has the shape of its picture, within reason", () => {
  expect(shape(1200, 800)).toBe(1.5);
  expect(shape(10_000, 10)).toBe(3);
  expect(shape(10, 10_000)).toBe(0.8);
  for (const [width, height] of [[null, null], [0, 5], [-1, -1], [5, null]] as const) {
    expect(shape(width, height)).toBeCloseTo(16 / 9);
  }
});
