/** What the desk knows beside posts and queues: questions back, translations, offers between rooms, hand-over. */
import { signal } from "@preact/signals";
import type { Held } from "../store";
import type { HandoverValue, QuestionValue, RoutingValue, TranslationValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

export class Beside {
  readonly questions = signal<All<QuestionValue>>(new Map());
  readonly translations = signal<All<TranslationValue>>(new Map());
  readonly routings = signal<All<RoutingValue>>(new Map());
  readonly handovers = signal<All<HandoverValue>>(new Map());
  /** Goes up with every change of the copy: what is fetched beside it may be old then. */
  readonly moved = signal(0);

  /** Take the copy as it is now. */
  fold(held: Held): void {
    take(this.questions, held.all("question"));
    take(this.translations, held.all("translation"));
    take(this.routings, held.all("routing"));
    take(this.handovers, held.all("handover"));
    this.moved.value++;
  }

  /** The questions to the author of a post, and its translations. */
  of(post: string): { readonly questions: readonly QuestionValue[]; readonly translations: readonly TranslationValue[] } {
    const about = <T extends { readonly post: string }>(all: All<T>): readonly T[] => [...all.values()].filter((one) => one.post === post);
    return { questions: about(this.questions.value), translations: about(this.translations.value) };
  }

  /** What other rooms offer to a session and nobody answered yet, the oldest first. */
  offeredTo(session: string): readonly RoutingValue[] {
    return offers(this.routings.value).filter((one) => one.to_session === session);
  }

  /** What a session offered to others and waits for, and what came back in the last minutes. */
  sentBy(session: string, now: number): readonly RoutingValue[] {
    const own = [...this.routings.value.values()].filter((one) => one.from_session === session);
    return own.filter((one) => one.state === "offered" || (one.state === "returned" && now - Date.parse(one.sent_at) < RETURNED_MS));
  }
}

/** For so long after it was sent, what came back is shown. */
const RETURNED_MS = 15 * 60_000;

function offers(all: All<RoutingValue>): readonly RoutingValue[] {
  return [...all.values()].filter(({ state }) => state === "offered").sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1));
}

/** A copy of a map, unless nothing in it changed. */
function take<T>(into: { value: All<T> }, from: All<T>): void {
  const same = into.value.size === from.size && [...from].every(([id, one]) => into.value.get(id) === one);
  if (!same) into.value = new Map(from);
}
