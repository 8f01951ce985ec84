import { beforeEach, expect, test, vi } from "vitest";
import type { Browser } from "../browser";
import { Draft } from "./draft";

const LIMITS = { most: 1000, mostName: 80 };

class World {
  readonly asked: { url: string; options: RequestInit }[] = [];
  readonly memory = new Map<string, string>();
  answer: () => Response = () => new Response(JSON.stringify({ post: "p", state: "held", seq: 3 }), { status: 201 });
  readonly sent = vi.fn();

  get browser(): Browser {
    return {
      fetch: async (url: string, options: RequestInit) => (this.asked.push({ url, options }), this.answer()),
      recall: (key: string) => this.memory.get(key) ?? null,
      remember: (key: string, value: string) => Boolean(this.memory.set(key, value)),
    } as unknown as Browser;
  }

  draft(): Draft {
    return new Draft("summit", LIMITS, this.browser, this.sent);
  }
}

let world: World;
beforeEach(() => (world = new World()));

const causes = () => world.asked.map(({ options }) => (options.headers as Record<string, string>)["idempotency-key"]);

test("who was told that it waits is told what was decided, until they type again", async () => {
  const draft = world.draft();
  draft.type("Hello");
  await draft.send();
  draft.follow([{ id: "other", state: "approved" }, { id: "p", state: "held" }]);
  expect(draft.thanks.value).toBe("waits");
  draft.follow([{ id: "p", state: "approved" }]);
  expect(draft.thanks.value).toBe("shown");
  draft.follow([{ id: "p", state: "hidden" }]);
  expect(draft.thanks.value).toBe("not_shown");
  draft.type("More");
  draft.follow([{ id: "p", state: "approved" }]);
  expect(draft.thanks.value).toBeNull();
});

test("what is sent leaves the field, and what became of it is said", async () => {
  const draft = world.draft();
  draft.type("Hello");
  draft.name.value = " Ada ";
  expect(await draft.send()).toBe(true);
  expect(world.asked[0]?.url).toBe("/api/v1/events/summit/points");
  expect(JSON.parse(String(world.asked[0]?.options.body))).toEqual({ text: "Hello", name: "Ada" });
  expect([draft.text.value, draft.thanks.value]).toEqual(["", "waits"]);
  expect(world.sent).toHaveBeenCalledWith("Hello", expect.objectContaining({ post: "p" }));
});

test("too long, empty and too long a name are not sent, and lose nothing", async () => {
  const draft = world.draft();
  draft.type("😀".repeat(5000));
  expect([draft.left.value, await draft.send()]).toEqual([-4000, false]);
  expect(draft.problem.value).toEqual({ key: "join.wrong.long", fields: { length: 5000, most: 1000 }, field: "text" });
  draft.type("\u200b \u2060");
  expect([await draft.send(), draft.problem.value?.key]).toEqual([false, "join.wrong.empty"]);
  draft.type("x");
  draft.name.value = "n".repeat(81);
  expect([await draft.send(), draft.problem.value?.key]).toEqual([false, "join.wrong.name"]);
  expect([draft.text.value, world.asked.length]).toEqual(["x", 0]);
});

test("the same words are sent again with the same cause, other words with another", async () => {
  const draft = world.draft();
  world.answer = () => { throw new TypeError("offline"); };
  draft.type("Hello");
  expect([await draft.send(), await draft.send()]).toEqual([false, false]);
  expect(draft.text.value).toBe("Hello");
  draft.type("Hello!");
  await draft.send();
  const [first, second, third] = causes();
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});

test("a limit says how many seconds to wait", async () => {
  const draft = world.draft();
  world.answer = () => new Response('{"error":{"code":"too_many"}}', { status: 429, headers: { "retry-after": "12" } });
  draft.type("Hello");
  await draft.send();
  expect(draft.problem.value).toEqual({ key: "join.wrong.many", fields: { retry_after: 12 }, field: null });
});

test("what was typed outlives a reload, and what was typed on while sending stays", async () => {
  const draft = world.draft();
  draft.type("Hello");
  expect(world.draft().text.value).toBe("Hello");
  const sending = draft.send();
  draft.type("Hello and more");
  await sending;
  expect(draft.text.value).toBe("Hello and more");
});

test("what somebody says of themselves goes with the point, and stays for the next one", async () => {
  const draft = world.draft();
  draft.type("Hello");
  [draft.role.value, draft.country.value] = ["student", "CA"];
  await draft.send();
  expect(JSON.parse(String(world.asked[0]?.options.body))).toEqual({ text: "Hello", role: "student", country: "CA" });
  expect([draft.role.value, draft.country.value]).toEqual(["student", "CA"]);
});
