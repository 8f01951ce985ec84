/** What stands around the point in the room: where it was said, how many say the same, and what was found. */
import type { VNode } from "preact";
import { displayed, tidyLine } from "../hygiene";
import { networkNames } from "../networks";
import { codes } from "../wall/card";
import { useWords } from "../wall/context";
import type { CheckMark, PostValue, RelayValue } from "../wire";

const ROOM = "room";

/** Where it was said: in this room, or on which network. */
export function Where({ post }: { post: PostValue }): VNode {
  const words = useWords();
  const network = networkNames(words, post);
  return <p class="said-where">{post.network === ROOM ? words.say("stage.in_room") : words.fill("stage.online", { network })}</p>;
}

/** How many other people say the same. */
export function Agree({ relay }: { relay: RelayValue }): VNode | null {
  const words = useWords();
  const others = relay.voices - 1;
  return others > 0 ? <p class="others">{words.count("stage.agree", others)}</p> : null;
}

/** What was found about what is claimed, each with the host of its source. */
export function Checks({ checks }: { checks: readonly CheckMark[] }): VNode | null {
  const words = useWords();
  if (checks.length === 0) return null;
  return (
    <ul class="checks">
      {checks.map(({ code, host, url }) => (
        <li key={code + url} class={`check check-${code}`}>{words.fill(`stage.check.${code}`, { host })}</li>
      ))}
    </ul>
  );
}

/** Up to two posts that say the same in other words. */
export function Examples({ posts }: { posts: readonly PostValue[] }): VNode | null {
  const words = useWords();
  const shown = posts.filter((post) => !post.warning?.trim());
  if (shown.length === 0) return null;
  return (
    <section class="examples">
      <h3 class="label">{words.say("stage.others")}</h3>
      <ul>{shown.map((post) => <li key={post.id}><Example post={post} /></li>)}</ul>
    </section>
  );
}

function Example({ post }: { post: PostValue }): VNode {
  const said = displayed(post.text.trimEnd(), post.links, codes(post)).map((run) => run.text).join("");
  const name = tidyLine(post.author.name) || tidyLine(post.author.handle);
  return (
    <p class="example">
      <bdi dir="auto" lang={post.lang ?? undefined}>{tidyLine(said)}</bdi>
      {name && <span class="example-who"> — <bdi dir="auto">{name}</bdi></span>}
    </p>
  );
}
