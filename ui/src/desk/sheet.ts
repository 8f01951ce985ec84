/** What the desk knows of its sessions beside their floors: conclusions, messages, and what posts answer. */
import { signal } from "@preact/signals";
import type { Held } from "../store";
import type { AnswerValue, AskValue, ConclusionValue, MessageValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

export class Sheet {
  readonly conclusions = signal<All<ConclusionValue>>(new Map());
  readonly messages = signal<All<MessageValue>>(new Map());
  readonly asks = signal<All<AskValue>>(new Map());
  readonly answers = signal<All<AnswerValue>>(new Map());

  /** Take the copy as it is now. */
  fold(held: Held): void {
    this.conclusions.value = new Map(held.all("conclusion"));
    this.messages.value = new Map(held.all("message"));
    this.asks.value = new Map(held.all("ask"));
    this.answers.value = new Map(held.all("answer"));
  }
}
