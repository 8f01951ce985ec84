import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Browser } from "./browser";
import { Refusal, type Answer, type Request } from "./commands";
import { GONE_MS } from "./outbox-kept";
import { LATE_MS, MOST, MOST_FAILURES, OLD_MS, Outbox, type Entry } from "./outbox";

interface Step {
  readonly name: string;
  readonly late?: boolean;
  readonly removes?: boolean;
}
type Reply = () => Response;

const ok = (body: object): Reply => () => Response.json(body);
const no = (status: number, code: string, details: object = { current: 1 }): Reply => () =>
  Response.json({ error: { code, message: "No.", remedy: "Look.", details } }, { status });
const nobody: Reply = () => {
  throw new TypeError("offline");
};

/** localStorage, which all tabs share. */
class Shelf {
  readonly held = new Map<string, string>();
  full = false;
  get length(): number {
    return this.held.size;
  }
  key(at: number): string | null {
    return [...this.held.keys()][at] ?? null;
  }
  getItem(key: string): string | null {
    return this.held.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.held.set(key, value);
  }
  removeItem(key: string): void {
    this.held.delete(key);
  }
}

class World {
  readonly sent: { url: string; cause: string; body: unknown }[] = [];
  readonly answers: [string, Answer][] = [];
  readonly refusals: [string, Refusal][] = [];
  replies: Reply[] = [];
  now = 1_000_000_000;
  down = false;
  ready = true;
  broken = false;
  readonly wakes: (() => void)[] = [];
  readonly leaves: (() => void)[] = [];
  outbox: Outbox<Step>;

  constructor(readonly shelf = new Shelf(), private readonly person = "ada", private readonly event = "summit") {
    this.outbox = this.open();
  }

  /** The page goes, as at a reload. */
  leave(): void {
    this.replies = Array.from({ length: 1000 }, () => nobody);
    this.down = true;
    for (const leave of this.leaves) leave();
  }

  open(): Outbox<Step> {
    return new Outbox<Step>({
      event: this.event, person: this.person, browser: this.browser, clock: () => this.now, late: (step) => step.late ?? false,
      removes: (step) => step.removes ?? false, needs: () => false, merged: () => undefined,
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
        if (url === "/healthz") return this.down ? Promise.reject(new TypeError("offline")) : Promise.resolve(new Response("ok"));
        const headers = options.headers as Record<string, string>;
        this.sent.push({ url, cause: headers["idempotency-key"] ?? "", body: JSON.parse(String(options.body)) });
        return Promise.resolve().then(() => (this.replies.shift() ?? ok({ seq: this.sent.length }))());
      },
      random: () => 1, now: () => 0, kept: this.shelf,
      onWake: (run: () => void) => this.wakes.push(run), onLeave: (run: () => void) => this.leaves.push(run),
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
  before.leave();
  const after = new World(before.shelf);
  await vi.advanceTimersByTimeAsync(0);
  expect(after.names).toEqual(["a", "b"]);
  expect(after.sent[0]?.cause).toBe(cause);
});

test("what one person left unsent is not sent by another at the same browser", async () => {
  const world = new World();
  world.replies = Array.from({ length: 50 }, () => nobody);
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  world.leave();
  const other = new World(world.shelf, "grace");
  await vi.advanceTimersByTimeAsync(0);
  expect(other.sent).toEqual([]);
  expect(other.outbox.entries.value).toEqual([]);
  expect([...world.shelf.held.keys()].filter((key) => key.includes("ada"))).toEqual([]);
});

test("what is left for another event stays there", async () => {
  const world = new World();
  world.replies = [nobody];
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  world.leave();
  expect(new World(world.shelf, "ada", "retreat").outbox.entries.value).toEqual([]);
  expect(new World(world.shelf).outbox.entries.value).toHaveLength(1);
});

test("two tabs of one person keep their own, and one takes over what a tab that is gone left", async () => {
  const one = new World();
  one.replies = Array.from({ length: 1000 }, () => nobody);
  const cause = one.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  const two = new World(one.shelf);
  two.replies = Array.from({ length: 1000 }, () => nobody);
  two.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(0);
  expect(two.outbox.entries.value.map(({ step }) => step.name)).toEqual(["b"]);
  const three = new World(one.shelf);
  three.now += GONE_MS; // nobody heard of the others for so long
  for (const wake of three.wakes) wake();
  expect(three.outbox.entries.value.map(({ step }) => step.name)).toEqual(["a", "b"]);
  expect(three.outbox.entries.value[0]?.cause).toBe(cause);
});

/** A tab whose laptop slept until another one took over what it had not sent. */
async function takenOver(...names: string[]): Promise<{ slept: World; other: World; causes: string[] }> {
  const slept = new World();
  slept.replies = Array.from({ length: 100 }, () => nobody);
  const causes = names.map((name) => slept.outbox.add({ name }));
  await vi.advanceTimersByTimeAsync(0);
  const other = new World(slept.shelf);
  other.replies = Array.from({ length: 100 }, () => nobody);
  other.now += GONE_MS;
  for (const wake of other.wakes) wake();
  slept.now = other.now;
  slept.replies = [];
  return { slept, other, causes };
}

test("a tab that slept while another one took over leaves that to it, and goes on with what is done next", async () => {
  const { slept, other, causes } = await takenOver("a", "b");
  const before = slept.names.length;
  for (const wake of slept.wakes) wake();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(slept.outbox.ended.value).toBeNull();
  expect(slept.outbox.entries.value).toEqual([]);
  slept.outbox.add({ name: "c" });
  await vi.advanceTimersByTimeAsync(0);
  expect(slept.names.slice(before)).toEqual(["c"]);
  other.replies = [];
  await vi.advanceTimersByTimeAsync(30_000);
  expect(other.answers.map(([name]) => name)).toEqual(["a", "b"]);
  expect(other.outbox.entries.value.map(({ cause }) => cause)).toEqual(causes);
});

test("what is done before a tab noticed that another took over writes nothing over the mark", async () => {
  const { slept } = await takenOver("a");
  const before = slept.names.length;
  slept.outbox.add({ name: "c" });
  expect(slept.outbox.entries.value.map(({ step }) => step.name)).toEqual(["c"]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(slept.names.slice(before)).toEqual(["c"]);
});

test("what was taken over by a tab that is gone too comes back to the one that slept", async () => {
  const { slept, other } = await takenOver("a");
  other.leave();
  for (const wake of slept.wakes) wake();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(slept.answers.map(([name]) => name)).toEqual(["a"]);
});

test("a tab that slept for longer than another one looks twice still finds the mark, and signing out ends it", async () => {
  const { slept, other } = await takenOver("a");
  other.now = slept.now += 3 * 24 * 3_600_000;
  for (const wake of other.wakes) wake();
  expect(slept.shelf.held.size).toBe(2);
  slept.shelf.held.clear();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(slept.outbox.ended.value).toBe("sign_in");
});

test("a full disk loses nothing: it is sent when there is room again", async () => {
  const world = new World();
  world.replies = Array.from({ length: 12 }, () => no(507, "store_full"));
  world.outbox.add({ name: "a" });
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(200_000);
  expect(world.refusals).toEqual([]);
  expect(world.answers.map(([name]) => name)).toEqual(["a", "b"]);
});

test("what the server fails at is tried a few times, then kept aside, and sent again when somebody says so", async () => {
  const world = new World();
  world.replies = Array.from({ length: MOST_FAILURES }, () => no(500, "internal"));
  const cause = world.outbox.add({ name: "a" });
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(world.names).toEqual([...Array.from({ length: MOST_FAILURES }, () => "a"), "b"]);
  expect(world.refusals).toEqual([]);
  expect(world.outbox.stalled.value).toBe(false);
  expect(world.outbox.entries.value.find((entry) => entry.cause === cause)?.state).toBe("failed");
  world.leave();
  const after = new World(world.shelf);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(after.names).toEqual([]);
  expect(after.shelf.held.size).toBe(1);
  after.outbox.decide(cause, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(after.sent.map((one) => one.cause)).toEqual([cause]);
  expect(after.answers.map(([name]) => name)).toEqual(["a"]);
});

test("a failure or two of the server is nothing to tell", async () => {
  const world = new World();
  world.replies = [no(500, "internal"), no(500, "internal")];
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.answers.map(([name]) => name)).toEqual(["a"]);
});

test("what the server failed at is taken back without sending it again", async () => {
  const world = new World();
  world.replies = Array.from({ length: MOST_FAILURES }, () => no(500, "internal"));
  const cause = world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(world.outbox.cancel(cause)).toBe(true);
  expect(world.outbox.entries.value).toEqual([]);
});

test("under another person's sign-in nothing is sent, and it stays whose it is", async () => {
  const world = new World();
  world.replies = [no(401, "sign_in", { other: true })];
  const cause = world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(60_000);
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.outbox.ended.value).toBe("other");
  expect(world.names).toEqual(["a"]);
  expect(new World(world.shelf).outbox.entries.value[0]?.cause).toBe(cause);
});

test("a browser that keeps nothing says so, and all is sent as ever", async () => {
  const world = new World();
  world.shelf.full = true;
  world.outbox.add({ name: "a" });
  expect(world.outbox.safe.value).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(world.names).toEqual(["a"]);
});

test("nonsense in the browser's storage is no step", () => {
  const shelf = new Shelf();
  shelf.setItem("backchannel.unsent/ada/summit/x", "{");
  shelf.setItem("backchannel.unsent/ada/summit/y", JSON.stringify({ at: 0, entries: [null, { cause: 1 }, "a"] }));
  expect(new World(shelf).outbox.entries.value).toEqual([]);
});

test("what leaves the walls goes out before what was done earlier", async () => {
  const world = new World();
  world.replies = [nobody];
  for (const name of ["a", "b"]) world.outbox.add({ name });
  world.outbox.add({ name: "hide", removes: true });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.names).toEqual(["a", "hide", "a", "b"]);
});

test("a session that ran out loses nothing: the same person finds it after signing in again", async () => {
  const world = new World();
  world.replies = [no(401, "sign_in")];
  const cause = world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["a"]);
  expect(world.refusals).toEqual([]);
  expect(world.outbox.ended.value).toBe("sign_in");
  const again = new World(world.shelf);
  await vi.advanceTimersByTimeAsync(0);
  expect(again.sent.map((one) => one.cause)).toEqual([cause]);
});

test("who signed out, or is somebody else, leaves a page behind that sends nothing more", async () => {
  const world = new World();
  world.replies = [nobody];
  world.outbox.add({ name: "a" });
  await vi.advanceTimersByTimeAsync(0);
  world.shelf.held.clear();
  await vi.advanceTimersByTimeAsync(120_000);
  world.outbox.add({ name: "b" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.names).toEqual(["a"]);
  expect(world.shelf.held.size).toBe(0);
});

test("more than anybody does by hand is refused in words, and nothing of it is lost", () => {
  const world = new World();
  world.replies = Array.from({ length: 10 }, () => nobody);
  for (let at = 0; at <= MOST; at++) world.outbox.add({ name: `${at}` });
  expect(world.outbox.entries.value).toHaveLength(MOST);
  expect(world.refusals.map(([name]) => name)).toEqual([`${MOST}`]);
});

test("after a day everything is asked about", async () => {
  const world = new World();
  world.replies = [nobody];
  world.outbox.add({ name: "tag" });
  await vi.advanceTimersByTimeAsync(0);
  world.now += OLD_MS + 1;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.names).toEqual(["tag"]);
  expect(world.outbox.entries.value.map(({ state }) => state)).toEqual(["asked"]);
});

test("nothing is asked while nobody answers", async () => {
  const world = new World();
  world.down = true;
  world.replies = [nobody];
  world.outbox.add({ name: "floor", late: true });
  await vi.advanceTimersByTimeAsync(0);
  world.now += LATE_MS + 1;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.outbox.entries.value.map(({ state }) => state)).toEqual(["waiting"]);
  world.down = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(world.outbox.entries.value.map(({ state }) => state)).toEqual(["asked"]);
  expect(world.names).toEqual(["floor"]);
});

test("what was made here is named by the server's id in what was not tried yet", async () => {
  const world = new World();
  world.replies = [nobody];
  world.outbox.add({ name: "made" });
  world.outbox.add({ name: "made" });
  await vi.advanceTimersByTimeAsync(0);
  world.outbox.amend((step) => ({ ...step, name: "real" }));
  expect(world.outbox.entries.value.map(({ step }) => step.name)).toEqual(["made", "real"]);
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
