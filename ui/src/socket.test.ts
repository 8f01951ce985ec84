import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Browser, Socket } from "./browser";
import {
  BACKOFF_BASE_MS, BACKOFF_CAP_MS, Connection, GREETING_MS, LOOK_AGAIN_MS, POLL_AFTER_FAILURES, POLL_MS,
  RETRY_SOCKET_MS, SILENCE_MS,
} from "./socket";
import { HEALTH_RETRY_MS, RELOAD_SPREAD_MS } from "./reload";
import type { Held } from "./store";

class FakeSocket implements Socket {
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: string[] = [];
  closed = false;

  constructor(readonly path: string) {}

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
  }

  hears(message: object): void {
    this.onmessage?.call(this as unknown as WebSocket, { data: JSON.stringify(message) } as MessageEvent);
  }

  closes(code: number): void {
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent);
  }

  get cursor(): string | null {
    return new URL(this.path, "http://wall").searchParams.get("cursor");
  }
}

/** A browser whose server answers from `answers` by the last part of the path; 503 where it has none. */
class World implements Browser {
  readonly sockets: FakeSocket[] = [];
  readonly asked: string[] = [];
  answers: Record<string, () => Response> = { snapshot: () => json(snapshot(10)) };
  luck = 0.5;
  reloads = 0;
  readonly memory = new Map<string, string>();
  #wakers: (() => void)[] = [];
  #paints: (() => void)[] = [];

  fetch = async (url: string): Promise<Response> => {
    this.asked.push(url);
    const what = new URL(url, "http://wall").pathname.split("/").at(-1) ?? "";
    return this.answers[what]?.() ?? new Response("", { status: 503 });
  };
  open = (path: string): FakeSocket => {
    const socket = new FakeSocket(path);
    this.sockets.push(socket);
    return socket;
  };
  now = () => Date.now();
  random = () => this.luck;
  afterPaint = (run: () => void) => void this.#paints.push(run);
  onWake = (run: () => void) => void this.#wakers.push(run);
  recall = (key: string) => this.memory.get(key) ?? null;
  remember = (key: string, value: string) => this.memory.set(key, value) !== undefined;
  reload = () => void this.reloads++;

  wakes(): void {
    for (const run of this.#wakers) run();
  }

  paints(): void {
    for (const run of this.#paints.splice(0)) run();
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) ?? expect.fail("no socket was opened");
  }

  count(what: string): number {
    return this.asked.filter((url) => url.includes(`/${what}`)).length;
  }
}

const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const snapshot = (seq: number) => ({ type: "snapshot", v: 1, cursor: `epoch.scope.${seq}`, seq, puts: [] });
const hello = (more: object = {}) => ({ type: "hello", v: 1, build: 100, resumed: true, ...more });
const changes = (after: number, seq: number) => ({ type: "changes", after, seq, changes: [] });
const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

let world: World;
let connection: Connection;
let seqs: number[];

async function start(): Promise<void> {
  connection = new Connection({
    event: "summit", face: "wall", build: 100, browser: world, keep: 100,
    onFold: (held: Held) => seqs.push(held.seq),
  });
  connection.start();
  await tick();
}

async function startLive(): Promise<void> {
  await start();
  world.socket.hears(hello());
}

/** Run the clock until the next socket is open. */
async function reopened(): Promise<void> {
  const open = world.sockets.length;
  while (world.sockets.length === open) await vi.advanceTimersToNextTimerAsync();
}

/** Let the open socket fail and wait until the next one is open. */
async function fail(): Promise<void> {
  world.socket.closes(1006);
  await reopened();
}

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
  seqs = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the ordinary course", () => {
  test("a snapshot, then a websocket from its cursor, then changes", async () => {
    await start();
    expect(connection.phase.value).toBe("connecting");
    expect(world.socket.path).toBe("/live/summit?face=wall&cursor=epoch.scope.10");
    world.socket.hears(hello());
    expect(connection.phase.value).toBe("live");
    world.socket.hears(changes(10, 12));
    expect(seqs).toEqual([10, 12]);
  });

  test("a reader who became somebody else fetches everything anew, at once", async () => {
    await startLive();
    const before = world.socket;
    world.answers["snapshot"] = () => json(snapshot(30));
    connection.refresh();
    await tick();
    expect([before.closed, world.socket.cursor, world.count("snapshot")]).toEqual([true, "epoch.scope.30", 2]);
    world.socket.hears(hello());
    expect([connection.phase.value, seqs]).toEqual(["live", [10, 30]]);
  });

  test("messages that are unknown, broken or come before the greeting are passed over", async () => {
    await start();
    world.socket.hears(changes(10, 11));
    world.socket.hears(hello());
    world.socket.hears({ type: "fireworks" });
    world.socket.onmessage?.call({} as WebSocket, { data: "{" } as MessageEvent);
    world.socket.hears(changes(10, 12));
    expect(seqs).toEqual([10, 12]);
    expect(world.sockets).toHaveLength(1);
  });

  test("what was painted is told at most once a frame, after the frame", async () => {
    await startLive();
    connection.painted(10);
    connection.painted(11);
    expect(world.socket.sent).toEqual([]);
    world.paints();
    expect(world.socket.sent).toEqual(['{"type":"painted","seq":11}']);
    connection.painted(11);
    world.paints();
    expect(world.socket.sent).toHaveLength(1);
  });

  test("a new connection is told again what is on the screen", async () => {
    await startLive();
    connection.painted(10);
    world.paints();
    await fail();
    world.socket.hears(hello());
    world.paints();
    expect(world.socket.sent).toEqual(['{"type":"painted","seq":10}']);
  });
});

describe("after a loss", () => {
  test("it resumes from the newest seq it has folded, without a snapshot", async () => {
    await startLive();
    world.socket.hears(changes(10, 25));
    world.socket.closes(1006);
    expect(connection.phase.value).toBe("reconnecting");
    await tick(BACKOFF_BASE_MS);
    expect(world.socket.cursor).toBe("epoch.scope.25");
    expect(world.count("snapshot")).toBe(1);
  });

  test("waits are drawn from 0 up to a bound that doubles to its cap and starts over after a fold", async () => {
    world.answers = {};
    await start();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const asked = world.asked.length;
      const before = Date.now();
      while (world.asked.length === asked) await vi.advanceTimersToNextTimerAsync();
      waits.push(Date.now() - before);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 7500, 7500]);
    world.answers = { snapshot: () => json(snapshot(10)) };
    await reopened();
    world.socket.hears(hello());
    world.socket.hears(changes(10, 11));
    world.luck = 0;
    const open = world.sockets.length;
    world.socket.closes(1012);
    await tick();
    expect(world.sockets.length).toBe(open + 1);
  });

  test("a gap reconnects from here; a second one in a row starts over with a snapshot", async () => {
    await startLive();
    world.socket.hears(changes(11, 12));
    expect(world.socket.closed).toBe(true);
    await reopened();
    expect(world.socket.cursor).toBe("epoch.scope.10");
    expect(world.count("snapshot")).toBe(1);
    world.socket.hears(hello());
    world.socket.hears(changes(13, 14));
    await reopened();
    expect(world.count("snapshot")).toBe(2);
  });

  test("a cursor that cannot be continued fetches a snapshot", async () => {
    await startLive();
    await fail();
    world.answers["snapshot"] = () => json({ ...snapshot(3), cursor: "later.scope.3" });
    const refused = world.socket;
    refused.hears(hello({ resumed: false }));
    refused.closes(1000);
    await reopened();
    expect(world.socket.cursor).toBe("later.scope.3");
    expect(seqs.at(-1)).toBe(3);
  });

  test("silence is a loss", async () => {
    await startLive();
    await tick(SILENCE_MS - 1);
    world.socket.hears(changes(10, 10));
    await tick(SILENCE_MS - 1);
    expect(world.sockets).toHaveLength(1);
    await tick(1 + BACKOFF_BASE_MS);
    expect(world.sockets).toHaveLength(2);
    expect(world.sockets[0]?.closed).toBe(true);
  });

  test("a websocket that never greets is a loss", async () => {
    await start();
    await tick(GREETING_MS + BACKOFF_BASE_MS);
    expect(world.sockets).toHaveLength(2);
  });

  test("a late message of a socket that was left changes nothing", async () => {
    await startLive();
    const old = world.socket;
    await fail();
    old.hears(changes(10, 99));
    old.closes(4410);
    expect(seqs).toEqual([10]);
    expect(connection.phase.value).toBe("reconnecting");
  });

  test("waking up tries at once, and leaves a good connection alone", async () => {
    world.luck = 0.999;
    await startLive();
    world.wakes();
    expect(world.sockets).toHaveLength(1);
    world.socket.closes(1006);
    world.wakes();
    await tick();
    expect(world.sockets).toHaveLength(2);
  });

  test("an answer that is half or no JSON is a loss like any other", async () => {
    world.answers["snapshot"] = () => new Response("<html>busy</html>");
    await start();
    world.answers["snapshot"] = () => json(snapshot(10));
    await reopened();
    expect(world.sockets).toHaveLength(1);
  });
});

describe("where websockets do not get through", () => {
  const failToPolling = async () => {
    await start();
    for (let i = 0; i < POLL_AFTER_FAILURES; i++) await fail();
  };

  test("it polls over HTTP, and goes on trying the websocket", async () => {
    let seq = 10;
    world.answers["changes"] = () => json(changes(seq, ++seq));
    await start();
    for (let i = 1; i < POLL_AFTER_FAILURES; i++) await fail();
    expect(world.count("changes")).toBe(0);
    world.socket.closes(1006);
    await tick();
    expect(connection.phase.value).toBe("polling");
    expect(world.asked.at(-1)).toContain("cursor=epoch.scope.10");
    await tick(POLL_MS);
    expect(world.asked.at(-1)).toContain("cursor=epoch.scope.11");
    const open = world.sockets.length;
    await tick(RETRY_SOCKET_MS + POLL_MS);
    expect(world.sockets.length).toBe(open + 1);
    world.socket.closes(1006);
    await tick();
    expect(connection.phase.value).toBe("polling");
    await reopened();
    world.socket.hears(hello());
    expect(connection.phase.value).toBe("live");
    const polls = world.count("changes");
    await tick(POLL_MS * 3);
    expect(world.count("changes")).toBe(polls);
  });

  test("when HTTP fails too it is reconnecting", async () => {
    await failToPolling();
    expect(connection.phase.value).toBe("reconnecting");
  });

  test("a poll whose cursor cannot be continued fetches a snapshot", async () => {
    world.answers["changes"] = () => json(hello({ resumed: false }));
    await failToPolling();
    expect(world.count("snapshot")).toBe(2);
  });
});

describe("what stops it", () => {
  test.each([[4410, "gone"], [4401, "sign_in"], [4403, "not_yours"]])("close code %i", async (code, why) => {
    await startLive();
    world.socket.closes(code);
    await tick(LOOK_AGAIN_MS - 1);
    expect(connection.phase.value).toBe("stopped");
    expect(connection.stopped.value).toBe(why);
    expect(world.sockets).toHaveLength(1);
  });

  test("what was gone and came back is shown again, without anybody touching the screen", async () => {
    await startLive();
    world.answers["snapshot"] = () => json({ error: { code: "not_found" } }, 404);
    world.socket.closes(4410);
    await tick(LOOK_AGAIN_MS);
    expect(connection.stopped.value).toBe("gone");
    world.answers["snapshot"] = () => json(snapshot(3));
    await tick(LOOK_AGAIN_MS);
    world.socket.hears(hello());
    expect(world.socket.cursor).toBe("epoch.scope.3");
    expect(connection.phase.value).toBe("live");
    expect(connection.stopped.value).toBeNull();
  });

  test("being too slow is no reason to stop", async () => {
    await startLive();
    world.socket.closes(4408);
    await reopened();
    expect(connection.phase.value).toBe("reconnecting");
  });

  test("our own 'not found' does; a proxy's does not", async () => {
    world.answers["snapshot"] = () => new Response("no backend", { status: 404 });
    await start();
    expect(connection.phase.value).not.toBe("stopped");
    world.answers["snapshot"] = () => json({ error: { code: "not_found" } }, 404);
    await tick(BACKOFF_CAP_MS);
    expect(connection.stopped.value).toBe("gone");
  });
});

describe("a newer build", () => {
  const healthy = () => json({ ok: true });

  test("reloads once, spread out, and only when the server is well", async () => {
    await start();
    world.socket.hears(hello({ build: 200 }));
    await tick(RELOAD_SPREAD_MS);
    expect(world.reloads).toBe(0);
    world.answers["healthz"] = healthy;
    await tick(HEALTH_RETRY_MS);
    expect(world.reloads).toBe(1);
    world.socket.hears(hello({ build: 200 }));
    await tick(RELOAD_SPREAD_MS);
    expect(world.reloads).toBe(1);
  });

  test("the page that comes back from it with the old build does not reload again", async () => {
    world.answers["healthz"] = healthy;
    world.memory.set("backchannel.reloaded-for", "200");
    await start();
    world.socket.hears(hello({ build: 200 }));
    await tick(RELOAD_SPREAD_MS + HEALTH_RETRY_MS);
    expect(world.reloads).toBe(0);
  });

  test("the same or an older build changes nothing", async () => {
    world.answers["healthz"] = healthy;
    await start();
    world.socket.hears(hello({ build: 99 }));
    world.socket.hears(hello({ build: 100 }));
    await tick(RELOAD_SPREAD_MS + HEALTH_RETRY_MS);
    expect(world.reloads).toBe(0);
  });

  test("a tab that may not remember does not reload, for fear of doing it for ever", async () => {
    world.answers["healthz"] = healthy;
    world.remember = () => false;
    await start();
    world.socket.hears(hello({ build: 200 }));
    await tick(RELOAD_SPREAD_MS + HEALTH_RETRY_MS);
    expect(world.reloads).toBe(0);
  });
});
