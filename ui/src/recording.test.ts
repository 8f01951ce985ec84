import { expect, test } from "vitest";
import moments from "../../tests/golden/moments.json";
import { lasting, momentIn, recordedOf } from "./recording";
import type { SessionValue } from "./wire";

test.each(moments as [string, number, string, boolean][])("%s from second %i on is %s", (url, seconds, at, exact) => {
  expect(momentIn(url, seconds)).toEqual({ url: at, exact });
});

test("times are as players write them", () => {
  expect([0, 65, 3723].map(lasting)).toEqual(["0:00", "1:05", "1:02:03"]);
});

const session = (more: object): SessionValue =>
  ({ recording: "https://vimeo.com/1", begun_at: "2026-05-04T09:00:00Z", delay_seconds: 20, ...more }) as SessionValue;

test("a point is as far into the recording as it was into its session, and as late as the stream", () => {
  expect(recordedOf("2026-05-04T09:10:00.900Z", session({}))).toEqual({ url: "https://vimeo.com/1#t=620s", exact: true, at: "10:20" });
});

test("of times that fit nothing there is the whole recording, and of a session without one nothing", () => {
  const whole = { url: "https://vimeo.com/1", exact: false, at: "" };
  expect(recordedOf(null, session({}))).toEqual(whole);
  expect(recordedOf("2026-05-04T08:59:00Z", session({}))).toEqual(whole);
  expect(recordedOf("2026-05-04T09:10:00Z", session({ begun_at: null }))).toEqual(whole);
  expect(recordedOf("2026-05-04T09:10:00Z", session({ recording: "" }))).toBeNull();
  expect(recordedOf("2026-05-04T09:10:00Z", undefined)).toBeNull();
});
