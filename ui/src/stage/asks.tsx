/** What came of a quick ask, in the chair view: the same as on the walls, smaller. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { AskResult } from "../wall/asks";
import { useWords } from "../wall/context";
import type { AskValue } from "../wire";
import "./asks.css";

export function Ask({ ask, now }: { readonly ask: AskValue; readonly now: number }): VNode {
  const words = useWords();
  return (
    <section class="floor asks-chair">
      <h2 class="label">{words.say("asks.result")} · {words.count("asks.answers", ask.answered)}</h2>
      <p class="asks-chair-question"><bdi dir="auto">{tidyLine(ask.question)}</bdi></p>
      <div class="asks-chair-result"><AskResult ask={ask} now={now} /></div>
    </section>
  );
}
