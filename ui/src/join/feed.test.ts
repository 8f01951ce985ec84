import { expect, test } from "vitest";
import type { PostValue } from "../wire";
import { Feed, MOST } from "./feed";

const posts = (...orders: number[]) =>
  new Map(orders.map((order) => [`p${order}`, { id: `p${order}`, order, version: 1 } as PostValue]));
const ids = (feed: Feed) => feed.shown.map(({ order }) => order);

test("what is there first is shown at once, newest first, and later posts wait", () => {
  const feed = new Feed();
  feed.take(posts(1, 3, 2));
  expect([ids(feed), feed.waiting]).toEqual([[3, 2, 1], 0]);
  feed.take(posts(1, 3, 2, 5, 4));
  expect([ids(feed), feed.waiting]).toEqual([[3, 2, 1], 2]);
  expect(feed.release()).toBe(2);
  expect([ids(feed), feed.waiting]).toEqual([[5, 4, 3, 2, 1], 0]);
  expect([...feed.fresh].sort()).toEqual(["p4", "p5"]);
});

test("what is gone leaves at once, waiting or shown, and edits come at once", () => {
  const feed = new Feed();
  feed.take(posts(1, 2));
  feed.take(posts(1, 2, 3));
  const edited = posts(2);
  edited.set("p2", { ...edited.get("p2"), version: 2 } as PostValue);
  feed.take(edited);
  expect([ids(feed), feed.waiting, feed.shown[0]?.version]).toEqual([[2], 0, 2]);
});

test("the list stays short, and older posts do not come back as new ones", () => {
  const feed = new Feed();
  const many = posts(...Array.from({ length: MOST + 20 }, (_, order) => order));
  feed.take(many);
  expect(feed.shown.length).toBe(MOST);
  many.delete(`p${MOST + 19}`);
  feed.take(many);
  expect([feed.shown.length, feed.waiting]).toEqual([MOST - 1, 0]);
});

test("after everything left, what comes is new", () => {
  const feed = new Feed();
  feed.take(posts(7));
  feed.take(posts());
  feed.take(posts(8));
  expect(feed.waiting).toBe(1);
});
