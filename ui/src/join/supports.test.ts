import { expect, test } from "vitest";
import type { Browser } from "../browser";
import { Supports } from "./supports";

function phone(answer: () => Promise<Response>): { browser: Browser; kept: Map<string, string>; sent: unknown[] } {
  const [kept, sent]: [Map<string, string>, unknown[]] = [new Map(), []];
  const browser = {
    fetch: (path: string, init: RequestInit) => (sent.push([path, JSON.parse(String(init.body))]), answer()),
    recall: (key: string) => kept.get(key) ?? null, remember: (key: string, value: string) => !!kept.set(key, value),
  } as unknown as Browser;
  return { browser, kept, sent };
}

test("one tap says so, the next takes it back, and a reload remembers", async () => {
  const { browser, sent } = phone(async () => Response.json({}));
  const supports = new Supports("e", browser);
  await supports.toggle("p");
  expect([...new Supports("e", browser).mine.value]).toEqual(["p"]);
  await supports.toggle("p");
  expect(sent).toEqual([["/api/v1/events/e/posts/p/support", { on: true }], ["/api/v1/events/e/posts/p/support", { on: false }]]);
  expect(new Supports("e", browser).mine.value.size).toBe(0);
});

test("two taps at once are one, and what was not saved is said", async () => {
  let refuse: (response: Response) => void = () => undefined;
  const { browser, sent } = phone(() => new Promise((resolve) => (refuse = resolve)));
  const supports = new Supports("e", browser);
  const [first, second] = [supports.toggle("p"), supports.toggle("p")];
  await second;
  refuse(Response.json({ error: { code: "refused" } }, { status: 409 }));
  await first;
  expect([sent.length, supports.mine.value.size, supports.failed.value]).toEqual([1, 0, "p"]);
});

test("what a browser kept and cannot be read is nothing", () => {
  const { browser, kept } = phone(async () => Response.json({}));
  kept.set("backchannel.supported.e", '{"p":1}');
  expect(new Supports("e", browser).mine.value.size).toBe(0);
  kept.set("backchannel.supported.e", "]");
  expect(new Supports("e", browser).mine.value.size).toBe(0);
});
