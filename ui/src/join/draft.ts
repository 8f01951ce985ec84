/** What is being typed, and what became of sending it. Nothing typed is ever lost to a failure. */
import { computed, signal } from "@preact/signals";
import type { Browser } from "../browser";
import { newCause, Refusal, send, Unreachable, type Answer } from "../commands";
import type { PointValue } from "../wire";
import type { Key } from "../words";

export const ANY_LETTER = /[^\p{C}\p{Z}]/u;

/** What is wrong, in a key of the catalogue with its fields, and which field it is about. */
export interface Problem {
  readonly key: Key;
  readonly fields: Readonly<Record<string, number>>;
  readonly field: "text" | "name" | null;
}

export interface Limits {
  /** Longest text and name, in code points. */
  readonly most: number;
  readonly mostName: number;
}

export class Draft {
  readonly text = signal("");
  readonly name = signal("");
  /** The id of the session that it is about; "" for none. */
  readonly session = signal("");
  /** What its author says of themselves: codes, or "". */
  readonly role = signal("");
  readonly country = signal("");
  readonly sending = signal(false);
  readonly problem = signal<Problem | null>(null);
  /** What became of what was sent last: `shown`, `waits` or `not_shown`. */
  readonly thanks = signal<"shown" | "waits" | "not_shown" | null>(null);
  /** How many characters are left; below 0, how many are too many. */
  readonly left = computed(() => this.limits.most - pointsOf(this.text.value));

  /** The id of what was sent last. */
  #sent = "";
  #unsent: { readonly cause: string; readonly body: string } | null = null;
  readonly #key: string;

  /** `onSent` is told what was sent and what the server answered. */
  constructor(
    private readonly event: string,
    readonly limits: Limits,
    private readonly browser: Browser,
    private readonly onSent: (text: string, answer: Answer) => void,
  ) {
    this.#key = `backchannel.draft.${event}`;
    this.text.value = browser.recall(this.#key) ?? "";
  }

  /** Somebody typed. */
  type(text: string): void {
    this.text.value = text;
    this.thanks.value = null;
    if (this.problem.value?.field === "text") this.problem.value = null;
    this.browser.remember(this.#key, text);
  }

  /** Send what is typed, once; the same words are sent again with the same cause. Returns whether it went. */
  async send(): Promise<boolean> {
    if (this.sending.value) return false;
    this.thanks.value = null;
    this.problem.value = this.#wrong();
    if (this.problem.value) return false;
    this.sending.value = true;
    const text = this.text.value;
    try {
      this.#done(text, await send(this.browser, this.event, { path: "/points", body: this.#body() }, this.#cause()));
      return true;
    } catch (error) {
      this.problem.value = problemOf(error, this.limits);
      return false;
    } finally {
      this.sending.value = false;
    }
  }

  #done(text: string, answer: Answer): void {
    this.#unsent = null;
    // Somebody may have typed on while it was on its way.
    if (this.text.value === text) this.type("");
    this.thanks.value = became(String(answer["state"]));
    this.#sent = String(answer["post"]);
    this.onSent(text, answer);
  }

  /** Thank for what was sent last as it is now: somebody may have decided since. */
  follow(points: readonly Pick<PointValue, "id" | "state">[]): void {
    const sent = points.find(({ id }) => id === this.#sent);
    if (sent && this.thanks.peek() !== null) this.thanks.value = became(sent.state);
  }

  #cause(): string {
    const sent = JSON.stringify(this.#body());
    if (this.#unsent?.body !== sent) this.#unsent = { cause: newCause(), body: sent };
    return this.#unsent.cause;
  }

  #body(): object {
    const [name, session, role, country] = [this.name.value.trim(), this.session.value, this.role.value, this.country.value];
    const about = { ...(role && { role }), ...(country && { country }) };
    return { text: this.text.value, ...(name && { name }), ...(session && { session }), ...about };
  }

  #wrong(): Problem | null {
    const { most, mostName } = this.limits;
    if (!ANY_LETTER.test(this.text.value)) return { key: "join.wrong.empty", fields: {}, field: "text" };
    if (this.left.value < 0) {
      return { key: "join.wrong.long", fields: { length: pointsOf(this.text.value), most }, field: "text" };
    }
    if (pointsOf(this.name.value) > mostName) return { key: "join.wrong.name", fields: { most: mostName }, field: "name" };
    return null;
  }
}

/** Code points of what will be stored. */
export function pointsOf(text: string): number {
  return Array.from(text.trim()).length;
}

function became(state: string): "shown" | "waits" | "not_shown" {
  if (state === "approved") return "shown";
  return state === "held" || state === "received" ? "waits" : "not_shown";
}

function problemOf(error: unknown, { mostName }: Limits): Problem {
  if (error instanceof Unreachable) {
    const seconds = Math.ceil(error.afterMs / 1000);
    if (seconds > 0) return { key: "join.wrong.many", fields: { retry_after: seconds }, field: null };
    const offline = typeof navigator !== "undefined" && !navigator.onLine;
    return { key: offline ? "join.wrong.offline" : "join.wrong.store", fields: {}, field: null };
  }
  if (error instanceof Refusal && error.details["field"] === "name") {
    return { key: "join.wrong.name", fields: { most: mostName }, field: "name" };
  }
  return { key: "join.wrong.other", fields: {}, field: null };
}
