import { describe, expect, test } from "vitest";
import golden from "../../tests/golden/fold.json";
import { Gap, Held } from "./store";
import type { Changes, PostValue, Snapshot } from "./wire";

interface Vector {
  name: string;
  snapshot: Snapshot;
  frames: Changes[];
  expected: { seq: number; subjects: unknown[][] };
}

const vectors = golden.vectors as unknown as Vector[];

function sorted(held: Held): unknown[][] {
  const rows = [...held.subjects].flatMap(([type, of]) => [...of].map(([id, value]) => [type, id, value]));
  return rows.sort((a, b) => compare(`${a[0]}\0${a[1]}`, `${b[0]}\0${b[1]}`));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

describe("the golden vectors that the server's fold passes too", () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
    const held = Held.of(vector.snapshot);
    for (const frame of vector.frames) held.apply(frame);
    expect(held.seq).toBe(vector.expected.seq);
    expect(sorted(held)).toEqual(vector.expected.subjects);
  });
});

const empty: Snapshot = { type: "snapshot", v: 1, cursor: "e.s.4", seq: 4, puts: [] };
const post = (id: string, order: number) => ({
  op: "put" as const, type: "post", id, version: 1, value: { id, order } as PostValue,
});

test("a frame that does not continue from here is refused and changes nothing", () => {
  const held = Held.of(empty);
  expect(() => held.apply({ type: "changes", after: 5, seq: 6, changes: [post("p", 6)] })).toThrow(Gap);
  expect(held.seq).toBe(4);
  expect(held.all("post").size).toBe(0);
});

test("a copy keeps the newest posts and lets older ones go", () => {
  const held = Held.of({ ...empty, puts: [post("c", 3), post("a", 1), post("b", 2)] });
  held.keepNewest(2);
  expect([...held.all("post").keys()].sort()).toEqual(["b", "c"]);
});
