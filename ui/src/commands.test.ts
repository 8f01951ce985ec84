import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Browser } from "./browser";
import { LATE_MS, Outbox, Refusal, type Answer, type Entry, type Request } from "./commands";

interface Step {
  readonly name: string;
  readonly late?: boolean;
}
type Reply = () => Response;

const ok = (body: object): Reply => () => Response.json(body);
const no = (status: number, code: string): Reply => () =>
  Response.json({ error: { code, message: "No.", remedy: "Look.", details: { current: 1 } } }, { status });
const nobody: Reply = () => {
  throw new TypeError("offline");
};

class World {
  readonly sent: { url: string; cause: string; body: unknown }[] = [];
  readonly answers: [string, Answer][] = [];
  readonly refusals: [string, Refusal][] = [];
  replies: Reply[] = [];
  now = 1_000_000;
  ready = true;
  broken = false;
  readonly memory = new Map<string, string>();
  readonly wakes: (() => void)[] = [];
  outbox: Outbox<Step>;

  constructor(memory: ReadonlyMap<string, string> = new Map(), private readonly person = "ada") {
    this.memory = new Map(memory);
    this.outbox = this.open();
  }

  open(): Outbox<Step> {
    return new Outbox<Step>({
      event: "summit", person: this.person, browser: this.browser, clock: () => this.now, late: (step) => step.late ?? false,
      request: ({ name }): Request | null => (this.ready ? { path: `/${name}`, body: { name } } : null),
      onAnswer: ({ step }: Entry<Step>, answer) => {
        if (this.broken) throw new RangeError("a fault of the page");
        this.answers.push([step.name, answer]);
      },
      onRefusal: ({ step }, refusal) => this.refusals.push([step.name, refusal]),
    });
  }

  get browser(): Browser {
    return {
      fetch: (url: string, options: RequestInit) => {
        const headers = options.headers as Record<string, string>;
        this.sent.push({ url, cause: headers["idempotency-key"] ?? "", body: JSON.parse(String(options.body)) });
        return Promise.resolve().then(() => (this.replies.shift() ?? ok({ seq: this.sent.length }))());
      },
      random: () => 1, now: () => 0, recall: (key: string) => this.memory.get(key) ?? null,
      remember: (key: string, value: string) => (this.memory.set(key, value), true),
      onWake: (run: () => void) => this.wakes.push(run),
    } as unknown as Browser;
  }

  get names(): string[] {
    return this.sent.map(({ url }) => url.slice(url.lastIndexOf("/") + 1));
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("steps are sent one by one, in order, each with a cause of its own", async () => {
  const world = new World();
  for (const name of ["a", "b", "c"]) world.outbox.add({ name });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.names).toEqual(["a", "b", "c"]);
  expect(new Set(world.sent.map(({ cause }) => cause)).size).toBe(3);
});

test("what nobody answers is sent again with the same cause and body, before what came later", async () => {
  const world = new World();
  world.replies = [nobody, () => new Response("<html>", { status: 502 }), no(503, "store_unavailable")];
  world.outbox.add({ name: "a" });
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.outbox.stalled.value).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["a", "a", "a", "a", "b"]);
  expect(new Set(world.sent.slice(0, 4).map(({ cause }) => cause)).size).toBe(1);
  expect(world.outbox.stalled.value).toBe(false);
  expect(world.answers.map(([name]) => name)).toEqual(["a", "b"]);
});

test("a refusal is not sent again, and what came later goes on", async () => {
  const world = new World();
  world.replies = [no(409, "stale_version")];
  world.outbox.add({ name: "a" });
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["a", "b"]);
  expect(world.refusals).toHaveLength(1);
  expect(world.refusals[0]?.[1]).toMatchObject({ code: "stale_version", message: "No.", remedy: "Look.", details: { current: 1 } });
});

test("an answered step stays until the copy shows it", async () => {
  const world = new World();
  world.replies = [ok({ seq: 7 })];
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  world.outbox.settle(6, false);
  expect(world.outbox.entries.value).toHaveLength(1);
  world.outbox.settle(7, false);
  expect(world.outbox.entries.value).toHaveLength(0);
});

test("what depends on the copy waits for it", async () => {
  const world = new World();
  world.ready = false;
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent).toHaveLength(0);
  world.ready = true;
  world.outbox.settle(1, false);
  await vi.advanceTimersByTimeAsync(0);
  expect(world.names).toEqual(["a"]);
});

test("what was not sent outlives a reload with its cause", async () => {
  const before = new World();
  before.replies = [nobody];
  const cause = before.outbox.add({ name: "a" });
  before.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(0);
  const after = new World(before.memory);
  await vi.advanceTimersByTimeAsync(0);
  expect(after.names).toEqual(["a", "b"]);
  expect(after.sent[0]?.cause).toBe(cause);
});

test("what one person left unsent is not sent by another at the same browser", async () => {
  const world = new World();
  world.replies = Array.from({ length: 50 }, () => nobody);
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  const other = new World(world.memory, "grace");
  await vi.advanceTimersByTimeAsync(0);
  expect(other.sent).toEqual([]);
  expect(other.outbox.entries.value).toEqual([]);
});

test("a fault of the page is told, and what came later still goes out", async () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const world = new World();
  world.broken = true;
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.refusals.map(([name, { code }]) => [name, code])).toEqual([["a", "internal"]]);
  world.broken = false;
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.answers.map(([name]) => name)).toEqual(["b"]);
  quiet.mockRestore();
});

test("a late floor move asks first, and only then is it sent, with the same cause", async () => {
  const world = new World();
  world.replies = [nobody];
  const cause = world.outbox.add({ name: "floor", late: true });
  world.outbox.add({ name: "tag" });
  await vi.advanceTimersByTimeAsync(0);
  world.now += LATE_MS + 1;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.names).toEqual(["floor", "tag"]);
  expect(world.outbox.entries.value.map(({ state }) => state)).toContain("asked");
  world.outbox.decide(cause, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(world.names).toEqual(["floor", "tag", "floor"]);
  expect(world.sent[2]?.cause).toBe(world.sent[0]?.cause);
});

test("somebody may let go of a late move", async () => {
  const world = new World();
  world.replies = [nobody];
  const cause = world.outbox.add({ name: "floor", late: true });
  await vi.advanceTimersByTimeAsync(0);
  world.now += LATE_MS + 1;
  await vi.advanceTimersByTimeAsync(20_000);
  world.outbox.decide(cause, false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["floor"]);
  expect(world.outbox.entries.value).toHaveLength(0);
});

test("only what was never sent can be cancelled", async () => {
  const world = new World();
  world.replies = [nobody];
  const [first, second] = [world.outbox.add({ name: "a" }), world.outbox.add({ name: "b" })];
  await vi.advanceTimersByTimeAsync(0);
  expect(world.outbox.cancel(second)).toBe(true);
  expect(world.outbox.cancel(first)).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["a", "a"]);
});

test("a network that came back is used at once", async () => {
  const world = new World();
  world.replies = Array.from({ length: 12 }, () => nobody);
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(30_000);
  const tries = world.sent.length;
  world.replies = [];
  for (const wake of world.wakes) wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(world.sent.length).toBe(tries + 1);
});
