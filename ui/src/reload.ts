/** A page reloads itself only for a newer build: once per build, spread out, when the server is well. */
import type { Browser } from "./browser";

export const RELOAD_SPREAD_MS = 30_000;
export const HEALTH_RETRY_MS = 5_000;
const KEY = "backchannel.reloaded-for";

export class Reload {
  #planned = false;

  /** `own` is the build that this page came from, in Unix seconds. */
  constructor(private readonly own: number, private readonly browser: Browser) {}

  /** The server said which build it serves; plan a reload if it is newer and was not tried yet. */
  offer(build: number): void {
    const tried = Number(this.browser.recall(KEY) ?? 0);
    if (this.#planned || build <= this.own || build <= tried) return;
    this.#planned = true;
    setTimeout(() => void this.#try(build), this.browser.random() * RELOAD_SPREAD_MS);
  }

  async #try(build: number): Promise<void> {
    if (!(await this.#healthy())) {
      setTimeout(() => void this.#try(build), HEALTH_RETRY_MS);
    } else if (this.browser.remember(KEY, String(build))) {
      this.browser.reload();
    }
  }

  async #healthy(): Promise<boolean> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), HEALTH_RETRY_MS);
    try {
      return (await this.browser.fetch("/healthz", { signal: limit.signal })).ok;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
