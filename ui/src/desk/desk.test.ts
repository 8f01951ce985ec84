import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Browser } from "../browser";
import type { Answer } from "../commands";
import { Held } from "../store";
import type { Put } from "../wire";
import { Desk } from "./desk";
import { aPost, aSession } from "./making";

const put = (type: string, value: { id: string; version?: number }): Put =>
  ({ op: "put", type, id: value.id, version: value.version ?? 1, value }) as unknown as Put;

class World {
  readonly held = Held.of({
    type: "snapshot", v: 1, cursor: "e.s.1", seq: 1,
    puts: [put("post", aPost("p1")), put("post", aPost("p2")), put("session", aSession("s1"))],
  });
  readonly desk: Desk;
  answer: (answer: Answer) => void = () => undefined;
  views = 0;

  constructor() {
    const browser = {
      fetch: () => new Promise((resolve) => (this.answer = (answer) => resolve(Response.json(answer)))),
      random: () => 0, recall: () => null, remember: () => true, onWake: () => undefined,
    } as unknown as Browser;
    this.desk = new Desk({ event: "e", person: "me", may: new Set(["post.approve", "point.tag"]), browser });
    this.desk.fold(this.held);
    effect(() => {
      void [this.desk.view.value, this.desk.counts.value];
      this.views++;
    });
    this.views = 0;
  }

  async answered(answer: Answer): Promise<void> {
    this.answer(answer);
    await vi.advanceTimersByTimeAsync(0);
  }

  arrive(seq: number, ...changes: Put[]): void {
    this.held.apply({ type: "changes", after: this.held.seq, seq, changes });
    this.desk.fold(this.held);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what follows from one frame is worked out once, whatever is in it", () => {
  const world = new World();
  world.arrive(2, put("post", aPost("p3")), put("session", aSession("s2")));
  expect(world.views).toBe(1);
  expect(world.desk.counts.value.all).toBe(3);
});

test("what one key does is painted at once, in one go", () => {
  const world = new World();
  world.desk.do([{ do: "tag", post: "p1", tag: "t", on: true }, { do: "note", post: "p1", on: true }], "tag", "p1");
  expect(world.views).toBe(1);
  expect(world.desk.view.value.contribution("p1")).toMatchObject({ tags: ["t"], noted: true });
});

test("an answer before its change paints nothing anew", async () => {
  const world = new World();
  world.desk.do([{ do: "note", post: "p1", on: true }], "note", "p1");
  await world.answered({ seq: 2 });
  expect(world.desk.outbox.entries.value[0]?.state).toBe("answered");
  expect(world.views).toBe(1);
  world.arrive(2);
  expect(world.desk.outbox.entries.value).toEqual([]);
  expect(world.views).toBe(2);
});

test("a queued point is found by the id that the server gave it before it is in the copy", async () => {
  const world = new World();
  world.desk.do([{ do: "raise", post: "p1", session: "s1", made: "made:1" }], "raise", "p1");
  await world.answered({ seq: 2, relay: "r9" });
  expect(world.desk.view.value.relay("r9")?.post.id).toBe("p1");
  expect(world.desk.view.value.queue("s1")).toHaveLength(1);
});
