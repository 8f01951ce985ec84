/** What a facilitator found about the claim of a post, with a link to its source. */
import { createContext, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { signal, type ReadonlySignal } from "@preact/signals";
import { useWords } from "../wall/context";
import type { CheckValue } from "../wire";

export const CheckedContext = createContext<ReadonlySignal<ReadonlyMap<string, CheckValue>>>(signal(new Map()));

export function Found({ post }: { post: string }): VNode | null {
  const words = useWords();
  const found = useContext(CheckedContext).value.get(post)?.checks ?? [];
  if (found.length === 0) return null;
  return (
    <ul class="checks" role="list" aria-label={words.say("card.checks")}>
      {found.map(({ code, host, url }) => (
        <li key={code + url} class={`check check-${code}`}>
          <a href={url} target="_blank" rel="noopener noreferrer nofollow"><bdi dir="auto">{words.fill(`stage.check.${code}`, { host })}</bdi></a>
        </li>
      ))}
    </ul>
  );
}
