/** What the staff recommend, as a list to open. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { useWords } from "../wall/context";
import type { ResourceValue } from "../wire";
import type { Join } from "./join";

export function Resources({ join }: { join: Join }): VNode | null {
  const words = useWords();
  const all = join.resources.value;
  if (all.length === 0) return null;
  return (
    <section class="recommended" aria-labelledby="recommended">
      <h2 id="recommended">{words.say("resource.wall")}</h2>
      <ul>{all.map((one) => <li key={one.id} class={one.highlighted ? "highlighted" : ""}><One {...one} /></li>)}</ul>
    </section>
  );
}

function One({ title, url, host, about, by, role, highlighted }: ResourceValue): VNode {
  const words = useWords();
  const key = `resource.role.${role}`;
  return (
    <>
      <p><a href={url} target="_blank" rel="noopener noreferrer nofollow"><bdi dir="auto">{tidyLine(title)}</bdi></a> <bdi class="quiet" dir="ltr">{host}</bdi></p>
      {about && <p><bdi dir="auto">{tidyLine(about)}</bdi></p>}
      {highlighted && <p class="first">{words.say("resource.highlighted")}</p>}
      <p class="quiet">{words.say("resource.by")} <bdi dir="auto">{tidyLine(by)}</bdi>{words.has(key) && <>, {words.say(key)}</>}</p>
    </>
  );
}
