/** Recommended resources, large: what it is, where, and who vouches for it. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { pageAt } from "../resources";
import type { ResourceValue } from "../wire";
import { useWords } from "./context";
import type { Wall } from "./wall";
import "./resources.css";

/** Resources of one page: more could not be read from the farthest seat. */
export const MOST_RESOURCES = 4;
const PAGE_MS = 20_000;

export function Resources({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  const shown = pageAt(wall.resources.value, MOST_RESOURCES, wall.now.value, PAGE_MS);
  return (
    <section class="resources" aria-label={words.say("resource.wall")}>
      <h2 class="resources-head">{words.say("resource.wall")}</h2>
      <ol class="resources-list" role="list" data-count={shown.length}>
        {shown.map((one) => <li key={one.id} class="resource" data-first={one.highlighted}><Resource {...one} /></li>)}
      </ol>
    </section>
  );
}

function Resource({ title, host, about, by, role, highlighted }: ResourceValue): VNode {
  const words = useWords();
  const key = `resource.role.${role}`;
  return (
    <article>
      {highlighted && <p class="resource-first">{words.say("resource.highlighted")}</p>}
      <h3 class="resource-title"><bdi dir="auto">{tidyLine(title)}</bdi></h3>
      <p class="resource-host"><bdi dir="ltr">{host}</bdi></p>
      {about && <p class="resource-about"><bdi dir="auto">{tidyLine(about)}</bdi></p>}
      <p class="resource-by">{words.say("resource.by")} <bdi dir="auto">{tidyLine(by)}</bdi>{words.has(key) && <>, {words.say(key)}</>}</p>
    </article>
  );
}
