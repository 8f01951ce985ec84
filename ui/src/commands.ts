/**
 * Commands over HTTP: each has a cause of its own (Idempotency-Key), and may be sent again with it until
 * somebody answers: nothing is done twice. `outbox.ts` does that.
 */
import type { Browser } from "./browser";

export const SEND_MS = 10_000;
/** Too many at once, no database, a full disk: nothing is wrong with the command, and somebody sees to it. */
const LATER: ReadonlySet<number> = new Set([429, 503, 507]);

/** What a command is on the wire; `path` is below /api/v1/events/{event}. */
export interface Request {
  readonly method?: "POST" | "PATCH";
  readonly path: string;
  readonly body: object;
}

/** What the server answers; `seq`: the copy shows it from this journal seq on. */
export interface Answer {
  readonly seq?: number;
  readonly version?: number;
  readonly [name: string]: unknown;
}

/** The server said no, in its own words: sending it again would change nothing. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Nobody answered, or somebody who could not do it now: the same cause is sent again. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  /** `afterMs`: the server asks to wait so long. */
  constructor(readonly afterMs = 0) {
    super("nobody answered");
  }
}

/** A new cause: one for each thing that a person did. */
export function newCause(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a command once. Throws Refusal, or Unreachable: then send it again with the same cause. */
export async function send(browser: Browser, event: string, request: Request, cause: string): Promise<Answer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), SEND_MS);
  try {
    const response = await browser.fetch(`/api/v1/events/${encodeURIComponent(event)}${request.path}`, {
      method: request.method ?? "POST",
      headers: { "content-type": "application/json", "idempotency-key": cause },
      body: JSON.stringify(request.body),
      signal: limit.signal,
    });
    return response.ok ? ((await response.json()) as Answer) : await refused(response);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) throw error;
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/** Only our own error shape refuses: a proxy has statuses of its own while the server starts. */
async function refused(response: Response): Promise<never> {
  const { error } = (await response.json()) as { error?: Partial<Refusal> };
  if (!error?.code) throw new Unreachable();
  const wait = Number(response.headers.get("retry-after") ?? 0) * 1000;
  if (LATER.has(response.status)) throw new Unreachable(wait);
  throw new Refusal(response.status, error.code, error.message ?? "", error.remedy ?? "", error.details ?? {});
}
