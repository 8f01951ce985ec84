/** What a face needs of the browser around it, in one place so that tests can drive it. */

/** The part of a WebSocket that a connection uses. */
export type Socket = Pick<WebSocket, "onmessage" | "onclose" | "send" | "close">;

export interface Browser {
  fetch(url: string, options: RequestInit & { signal: AbortSignal }): Promise<Response>;
  /** Open a websocket to a path of this server. May throw where websockets are forbidden. */
  open(path: string): Socket;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Run once after the next frame is on the screen; never while the page is not drawn. */
  afterPaint(run: () => void): void;
  /** Run whenever the network came back or the page became visible. */
  onWake(run: () => void): void;
  /** What this tab remembers over a reload; null if nothing, or if it may not remember. */
  recall(key: string): string | null;
  /** Whether it could be remembered. */
  remember(key: string, value: string): boolean;
  /** What this browser keeps for all of its tabs; undefined if it may keep nothing. */
  readonly kept?: Storage | undefined;
  /** Run when this page is about to go. */
  onLeave?(run: () => void): void;
  reload(): void;
}

/** The browser that this page runs in. */
export function realBrowser(): Browser {
  return {
    fetch: (url, options) => fetch(url, options),
    open: (path) => new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}`),
    now: () => performance.now(),
    random: () => Math.random(),
    afterPaint,
    onWake,
    recall: (key) => attempt(() => sessionStorage.getItem(key)) ?? null,
    remember: (key, value) =>
      attempt(() => (sessionStorage.setItem(key, value), true)) ?? false,
    kept: attempt(() => localStorage),
    onLeave: (run) => addEventListener("pagehide", run),
    reload: () => location.reload(),
  };
}

/** A message posted inside a frame is handled after that frame was painted; one frame could be not. */
function afterPaint(run: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), run());
    port2.postMessage(null);
  });
}

function onWake(run: () => void): void {
  addEventListener("online", run);
  addEventListener("pageshow", run);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") run();
  });
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // storage is forbidden in this browser
  }
}
