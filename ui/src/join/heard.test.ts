import { expect, test } from "vitest";
import type { PostValue } from "../wire";
import { Feed, HEARD } from "./feed";

const posts = (...orders: number[]) =>
  new Map(orders.map((order) => [`p${order}`, { id: `p${order}`, order, version: 1 } as PostValue]));
const heard = (feed: Feed) => feed.heard.map(({ order }) => order);

test("what came last is read out, oldest first, and what was there first is not", () => {
  const feed = new Feed();
  feed.take(posts(1));
  expect(heard(feed)).toEqual([]);
  feed.take(posts(1, 2, 3));
  expect(heard(feed)).toEqual([]);
  feed.release();
  expect(heard(feed)).toEqual([2, 3]);
});

test("what is taken back is not read out any more", () => {
  const feed = new Feed();
  feed.take(posts());
  feed.take(posts(1, 2));
  feed.release();
  feed.take(posts(2));
  expect(heard(feed)).toEqual([2]);
});

test("of a crowd nothing is read out", () => {
  const feed = new Feed();
  feed.take(posts());
  feed.take(posts(...Array.from({ length: HEARD + 1 }, (_, order) => order)));
  feed.release();
  expect(heard(feed)).toEqual([]);
});
