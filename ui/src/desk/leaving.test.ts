import { expect, test } from "vitest";
import { Words } from "../words";
import { barred, leaving } from "./leaving";
import { aPost } from "./making";
import { View } from "./pending";
import { requestOf } from "./steps";
import { inverseOf } from "./undo";
import "./words";

const view = new View({ posts: new Map(), relays: new Map(), sessions: new Map(), contributions: new Map(), placements: new Map() }, [], "");

test("an author is left off, and undo puts them back", () => {
  const step = leaving(aPost("1"));
  expect(requestOf(step, 0, (id) => id)).toEqual({ path: "/posts/1/leave-off", body: {} });
  const [back] = inverseOf(step, view);
  expect(back && requestOf(back, 0, (id) => id)).toEqual({ path: "/posts/1/put-back", body: {} });
});

test("of somebody who is left off the same key puts them back, and undo leaves them off again", () => {
  const step = leaving(aPost("1", { bar: "left_off" }));
  expect(requestOf(step, 0, (id) => id)).toEqual({ path: "/posts/1/put-back", body: {} });
  const [back] = inverseOf(step, view);
  expect(back && requestOf(back, 0, (id) => id)).toEqual({ path: "/posts/1/leave-off", body: {} });
});

test("what may not be shown says why", () => {
  const words = new Words("en");
  expect(barred(words, aPost("1"))).toBeNull();
  const said = barred(words, aPost("1", { bar: "noindex" }));
  expect(said).toContain(words.say("reason.noindex"));
});
