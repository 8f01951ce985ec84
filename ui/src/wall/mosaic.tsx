/** Pictures, whole and side by side, each with who showed it and what they said. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { displayed, tidyLine } from "../hygiene";
import { Marks } from "../network-marks";
import { hasInk } from "../text";
import type { MediaValue, PostValue } from "../wire";
import { codes, Guard, nameless, Runs } from "./card";
import { useWords } from "./context";
import { tiles, type Rect } from "./tiles";
import { described, Picture, pictureUrl, shape } from "./picture";
import type { Wall } from "./wall";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
  readonly foot: number;
}

export function Mosaic({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  const box = useRef<HTMLOListElement>(null);
  const size = useSignal<Size | null>(null);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return undefined;
    const sizes = new ResizeObserver(() => (size.value = sizeOf(list)));
    sizes.observe(list);
    size.value = sizeOf(list);
    return () => sizes.disconnect();
  }, []);
  void wall.version.value;
  const posts = wall.pictures.on();
  const rects = size.value ? tiles(posts.map((post) => shapeOf(post)), size.value) : [];
  return (
    <ol class="mosaic" role="list" aria-label={words.say("wall.pictures")} ref={box}>
      {posts.map((post, at) => <Tile key={post.id} post={post} rect={rects[at]} wall={wall} />)}
    </ol>
  );
}

function sizeOf(list: HTMLElement): Size {
  const style = getComputedStyle(list);
  const length = (name: string): number => parseFloat(style.getPropertyValue(name)) || 0;
  return { width: list.clientWidth, height: list.clientHeight, gap: length("column-gap"), foot: length("scroll-padding-bottom") };
}

function Tile({ post, rect, wall }: { post: PostValue; rect: Rect | undefined; wall: Wall }): VNode | null {
  const words = useWords();
  const media = post.media.find(hasKey);
  if (!media || !rect) return null;
  const event = wall.event.value?.slug ?? "";
  const alt = described(media.alt);
  const more = post.media.filter(hasKey).length - 1;
  const name = nameless(post) ? words.say("card.nobody") : tidyLine(hasInk(post.author.name) ? post.author.name : post.author.handle);
  const style = { transform: `translate(${Math.round(rect.left)}px, ${Math.round(rect.top)}px)`, width: `${Math.floor(rect.width)}px`, height: `${Math.floor(rect.height)}px` };
  return (
    <li class="tile" data-post={post.id} style={style}>
      <Guard key={post.version}>
        <figure>
          <div class="tile-picture">
            <Picture class="tile-image" src={pictureUrl(event, post.id, post.media.indexOf(media), media.picture)} alt={alt}>
              <p class="attachment">{alt || words.say(`card.${media.kind}`)}</p>
            </Picture>
            {media.kind === "video" && <span class="tile-mark">{words.say("card.video")}</span>}
            {more > 0 && <span class="tile-mark tile-more">{words.say("wall.more", more)}</span>}
          </div>
          <figcaption>
            <p class="tile-by"><Marks post={post} /> <bdi class="tile-name" dir="auto">{name}</bdi></p>
            <p class="tile-said" lang={post.lang ?? undefined}>
              <bdi dir="auto"><Runs runs={displayed(post.text.trim(), post.links, codes(post))} post={post} event={event} /></bdi>
            </p>
            {alt && <p class="caption" dir="auto" aria-hidden="true"><bdi class="caption-mark">{words.say("card.alt")}</bdi> <span class="caption-words">{alt}</span></p>}
          </figcaption>
        </figure>
      </Guard>
    </li>
  );
}

function shapeOf(post: PostValue): number {
  const media = post.media.find(hasKey);
  return shape(media?.width ?? null, media?.height ?? null);
}

function hasKey(media: MediaValue): media is MediaValue & { picture: string } {
  return media.picture !== null;
}
