/** What participants add to posts: who they say they are, who thinks so too, and wishes for a second look. */
import type { VNode } from "preact";
import { signal } from "@preact/signals";
import type { Held } from "../store";
import { countedNow, supportOf, type Counted } from "../support";
import { useWords } from "../wall/context";
import type { DeclaredValue, SecondLookValue } from "../wire";
import { useParts, useTell } from "./parts";

export class People {
  readonly counted = signal<Counted>(new Map());
  readonly looks = signal<ReadonlyMap<string, SecondLookValue>>(new Map());

  fold(held: Held): void {
    this.counted.value = countedNow(this.counted.peek(), held.all("support"));
    const looks = held.all("second_look");
    if (looks.size > 0 || this.looks.peek().size > 0) this.looks.value = new Map(looks);
  }
}

/** A quiet number: nothing is ordered by it. */
export function Backed({ post, others = [] }: { post: string; others?: readonly string[] }): VNode | null {
  const words = useWords();
  const { desk } = useParts();
  const people = supportOf(desk.people.counted.value, post, others);
  return people > 0 ? <span class="backed">{words.count("join.support_count", people)}</span> : null;
}

export function Declared({ declared }: { declared: DeclaredValue | null }): VNode | null {
  const words = useWords();
  if (!declared) return null;
  const key = `declared.${declared.role}`;
  const what = [words.has(key) ? words.say(key) : declared.role, declared.country && countryOf(words.lang, declared.country)];
  return <span>{words.fill("declared.said", { what: what.filter(Boolean).join(", ") })}</span>;
}

/** Its author asks a person to look again: approving answers it, and a word of why it stays is said on the moderation page. */
export function Wish({ post }: { post: string }): VNode | null {
  const say = useTell();
  const { desk } = useParts();
  const look = desk.people.looks.value.get(post);
  if (!look) return null;
  return (
    <p class="wish">
      <strong>{say("desk.second_look")}</strong> <bdi dir="auto">{look.words}</bdi>{" "}
      <a href={`/moderate/${encodeURIComponent(desk.options.event)}?see=asked#post-${post}`}>{say("desk.second_link")}</a>
    </p>
  );
}

function countryOf(lang: string, code: string): string {
  try {
    return new Intl.DisplayNames([lang], { type: "region" }).of(code) ?? code;
  } catch {
    return code; // none that this browser knows
  }
}
