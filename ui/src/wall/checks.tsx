/** What a facilitator found about the claim of a post, with the host of its source. */
import type { VNode } from "preact";
import type { CheckMark, CheckValue } from "../wire";
import { useWords } from "./context";

/** More would hide the card that they lie on. */
const MOST = 2;

export type Checked = ReadonlyMap<string, CheckValue>;

/** The findings about a post; none, for one that nobody looked into. */
export function checksOf(checked: Checked, post: string): readonly CheckMark[] {
  return checked.get(post)?.checks ?? [];
}

/** Marks on the edge of a card, or (`inline`) in a line: no card moves when one comes. */
export function Checks({ checks, inline = false }: { checks: readonly CheckMark[]; inline?: boolean }): VNode | null {
  const words = useWords();
  if (checks.length === 0) return null;
  return (
    <ul class={inline ? "checks checks-inline" : "checks"} role="list" aria-label={words.say("card.checks")}>
      {checks.slice(0, MOST).map(({ code, host, url }) => (
        <li key={code + url} class={`check check-${code}`}><bdi dir="auto">{words.fill(`stage.check.${code}`, { host })}</bdi></li>
      ))}
    </ul>
  );
}
