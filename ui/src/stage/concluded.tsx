/** What the session concluded, in words that were worked out in the room, with how many endorse it. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { endorsedBy } from "../sheet-words";
import { useWords } from "../wall/context";
import type { ConclusionValue } from "../wire";

export function Concluded({ all }: { all: readonly ConclusionValue[] }): VNode {
  const words = useWords();
  return (
    <section class="floor concluded">
      <h2 class="label">{words.say("conclusion.title")}</h2>
      <ol class="concluded-list" data-count={Math.min(all.length, 5)} tabIndex={0}>
        {all.map((one) => (
          <li key={one.id}>
            <p class="concluded-said"><bdi dir="auto">{tidyLine(one.text)}</bdi></p>
            <p class="concluded-by" aria-live="off">{endorsedBy(words, one).join(" · ")}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
