/** One post large, and small ones of what comes next. */
import type { ComponentChildren, VNode } from "preact";
import { displayed } from "../hygiene";
import { hasInk } from "../text";
import type { PostValue } from "../wire";
import { hasAttached } from "./content";
import { About, Attachments, By, codes, Covered, Guard, letters, Runs } from "./card";
import { Checks, checksOf } from "./checks";
import { useWords } from "./context";
import { Large } from "./large";
import type { Wall } from "./wall";

const MOST_NEXT = 6;
/** In rem: large enough for a few words to fill the place, and no poster. */
const LARGEST = 6;

export function Spotlight({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  void wall.version.value; // subscribe: posts that take turns are not signals
  const [post] = wall.spotlight.on();
  const next = wall.spotlight.next(MOST_NEXT);
  return (
    <div class="split">
      <section class="spot" aria-label={words.say("wall.spotlight")} aria-live="off">
        {post && <Guard key={`${post.id}.${post.version}`}><Spot post={post} wall={wall} page={wall.pages.page} pages={wall.pages.count} /></Guard>}
      </section>
      <aside class="rail" aria-label={words.say("wall.next")}>
        {next.length > 0 && <h2 class="rail-title">{words.say("wall.next")}</h2>}
        <ol class="next" role="list">
          {next.map((one) => <li key={one.id} data-post={one.id}><Guard key={one.version}><Small post={one} wall={wall} /></Guard></li>)}
        </ol>
      </aside>
    </div>
  );
}

interface SpotProps {
  readonly post: PostValue;
  readonly wall: Wall;
  /** Which page of it is on, counted from 0, and how many there are: no signals, so they are given. */
  readonly page: number;
  readonly pages: number;
}

function Spot({ post, wall, page, pages }: SpotProps): VNode {
  const event = wall.event.value?.slug ?? "";
  const isCovered = Boolean(post.warning?.trim());
  const runs = displayed(post.text.trimEnd(), post.links, codes(post));
  const said = letters(runs, "\u25a1").trim();
  const label = useMark(post, wall);
  return (
    <article class="card spot-card" data-post={post.id}>
      <div class="spot-by"><By post={post} event={event} now={wall.now} />{label}<Checks checks={checksOf(wall.checked.value, post.id)} inline /><PageMark page={page} pages={pages} /></div>
      <div class="spot-said">
        {isCovered && <Covered post={post} event={event} warning={post.warning ?? ""} />}
        {!isCovered && said && (
          <Large
            of={`${post.id}.${post.version}`} lang={post.lang} most={LARGEST}
            paging={{ page, found: (count) => wall.paged(post, count) }}
          >
            <span class="said"><Runs runs={runs} post={post} event={event} /></span>
          </Large>
        )}
        {!isCovered && hasAttached(post) && (
          <div class="beside-large"><Attachments post={post} event={event} /></div>
        )}
      </div>
      <About post={post} />
    </article>
  );
}

/** Which page of a long post is on: what is cut goes on. */
function PageMark({ page, pages }: Pick<SpotProps, "page" | "pages">): VNode | null {
  const words = useWords();
  if (pages < 2) return null;
  const name = words.fill("wall.page", { page: page + 1, pages });
  return <p class="spot-page"><span aria-hidden="true">{page + 1}/{pages}</span><span class="unseen">{name}</span></p>;
}

/** What is to be said of a post beside its words: that it is pinned, or where a room got to with it. */
export function useMark(post: PostValue, wall: Wall): ComponentChildren {
  const words = useWords();
  const mark = wall.marks.get(post.id);
  if (mark) return <p class={`label heard-${mark}`}>{words.say(`card.${mark}`)}</p>;
  return wall.pinned.includes(post.id) && <p class="label">{words.say("card.pinned")}</p>;
}

/** A post in a few lines. */
export function Small({ post, wall }: { post: PostValue; wall: Wall }): VNode {
  const words = useWords();
  const event = wall.event.value?.slug ?? "";
  const covered = post.warning?.trim();
  const runs = displayed(covered || post.text.trim(), covered ? [] : post.links, codes(post));
  return (
    <article class="small">
      <By post={post} event={event} now={wall.now} />
      {(covered || hasInk(post.text)) && (
        <p class="small-said" lang={covered ? undefined : (post.lang ?? undefined)}>
          {covered && <span class="covered-label">{words.say("card.warning")}: </span>}
          <bdi dir="auto"><Runs runs={runs} post={post} event={event} /></bdi>
        </p>
      )}
      {!covered && hasAttached(post) && <div class="small-attached"><Attachments post={post} event={event} /></div>}
    </article>
  );
}
