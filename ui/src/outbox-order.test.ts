import { expect, test } from "vitest";
import { nextOf, type Entry, type Rules } from "./outbox-order";

/** A step sets a switch of a thing on or off, or moves the thing: `out` off the walls, `in` onto them. */
interface Step {
  readonly thing: number;
  readonly does: "on" | "off" | "in" | "out";
}

const moves = ({ does }: Step): boolean => does === "in" || does === "out";
const rules: Rules<Step> = {
  removes: ({ does }) => does === "out",
  needs: (later, earlier) => moves(later) && moves(earlier) && later.thing === earlier.thing,
  merged: (earlier, later) => {
    if (earlier.thing !== later.thing || moves(earlier) || moves(later)) return undefined;
    return earlier.does === later.does ? undefined : null;
  },
};

/** The same numbers for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function some(seed: number): Entry<Step>[] {
  const random = numbers(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return Array.from({ length: 1 + Math.floor(random() * 14) }, (_, at) => ({
    cause: `c${at}`, at, step: { thing: pick([1, 2, 3]), does: pick(["on", "off", "in", "out"] as const) },
    state: random() < 0.1 ? "asked" : "waiting", ...(random() < 0.2 && { request: { path: "/", body: {} } }),
  }));
}

/** All that goes out, in order, when everything is answered. */
function sent(entries: readonly Entry<Step>[]): { readonly out: Entry<Step>[]; readonly dropped: string[] } {
  const [out, dropped]: [Entry<Step>[], string[]] = [[], []];
  let left = entries;
  for (;;) {
    const next = nextOf(left, rules);
    dropped.push(...next.dropped);
    if (!next.entry) return { out, dropped };
    out.push(next.entry);
    left = left.filter(({ cause }) => cause !== next.entry?.cause && !next.dropped.includes(cause));
  }
}

const seeds = Array.from({ length: 500 }, (_, seed) => seed);

test("everything that waits goes out once or cancels out, and nothing else does", () => {
  for (const seed of seeds) {
    const entries = some(seed);
    const { out, dropped } = sent(entries);
    const waiting = entries.filter(({ state }) => state === "waiting").map(({ cause }) => cause);
    expect([...out.map(({ cause }) => cause), ...dropped].sort()).toEqual(waiting.sort());
  }
});

test("before a removal goes out only what it needs, or another removal", () => {
  for (const seed of seeds) {
    const { out } = sent(some(seed));
    const last = out.map(({ step }) => rules.removes(step)).lastIndexOf(true);
    for (const { step } of out.slice(0, Math.max(last, 0))) {
      const needed = out.some((one) => rules.removes(one.step) && rules.needs(one.step, step));
      expect(rules.removes(step) || needed).toBe(true);
    }
  }
});

test("what is neither a removal nor needed by one goes out in its order", () => {
  for (const seed of seeds) {
    const { out } = sent(some(seed));
    const plain = out.filter(({ step }) => !moves(step)).map(({ at }) => at);
    expect(plain).toEqual([...plain].sort((a, b) => a - b));
    for (const thing of [1, 2, 3]) {
      const own = out.filter(({ step }) => moves(step) && step.thing === thing).map(({ at }) => at);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  }
});

test("what cancels out leaves every switch as all of it would have, and was never tried", () => {
  for (const seed of seeds) {
    const entries = some(seed);
    const { out, dropped } = sent(entries);
    const waiting = entries.filter(({ state }) => state === "waiting");
    for (const thing of [1, 2, 3]) {
      const net = (of: readonly Entry<Step>[]): number =>
        of.filter(({ step }) => step.thing === thing && !moves(step)).reduce((sum, { step }) => sum + (step.does === "on" ? 1 : -1), 0);
      expect(net(out)).toBe(net(waiting));
    }
    expect(entries.filter(({ cause, request }) => request && dropped.includes(cause))).toEqual([]);
  }
});
