import { expect, test } from "vitest";
import type { Browser } from "../browser";
import { send } from "../commands";
import { asPerson } from "./person";

test("a command says whose desk it comes from beside what it says anyway, reading does not", async () => {
  const asked: Headers[] = [];
  const plain = {
    fetch: (_: string, options: RequestInit) => (asked.push(new Headers(options.headers)), Promise.resolve(Response.json({}))),
    kept: undefined,
  } as unknown as Browser;
  const browser = asPerson(plain, "p1");
  await send(browser, "summit", { path: "/presence", body: {} }, "c1");
  await browser.fetch("/healthz", { signal: AbortSignal.timeout(1000) });
  expect(asked.map((headers) => headers.get("backchannel-person"))).toEqual(["p1", null]);
  expect(asked[0]?.get("idempotency-key")).toBe("c1");
  expect(asked[0]?.get("content-type")).toBe("application/json");
});
