/** Themes: what the points have in common, each with how many there are and one or two that say it. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { displayed, tidyLine } from "../hygiene";
import type { PostValue } from "../wire";
import { By, codes, Guard, Runs } from "./card";
import { useWords } from "./context";
import { grid, lettering, roomFor, sharing, type Group } from "./themes";
import type { Wall } from "./wall";

interface Size {
  /** In rem. */
  readonly width: number;
  readonly height: number;
}

/** Until the list was measured. */
const USUAL: Size = { width: 94, height: 55 };

export function Themes({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  const list = useRef<HTMLOListElement>(null);
  const size = useSignal<Size | null>(null);
  void wall.version.value; // subscribe: themes that take turns are not signals
  useLayoutEffect(() => watch(list.current, (now) => {
    size.value = now;
    wall.themeRoom = roomFor(now.width, now.height);
    wall.tick();
  }), []);
  const groups = wall.groups();
  const most = Math.max(...groups.map(({ theme }) => theme.points), 1);
  const { width, height } = size.value ?? USUAL;
  const places = grid(groups.length, width, height);
  const scale = lettering(places, width, height);
  const style = {
    gridTemplateColumns: `repeat(${places.columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${places.rows}, minmax(0, 1fr))`,
    "--scale": scale.toFixed(3),
  };
  return (
    <ol class="themes" role="list" aria-label={words.say("wall.themes")} ref={list} style={style}>
      {groups.map((group, at) => <li key={group.theme.id} class="theme" data-theme-id={group.theme.id} style={at === 0 ? { gridColumn: `span ${places.first}` } : {}}><Panel {...group} most={most} wall={wall} /></li>)}
    </ol>
  );
}

function watch(list: HTMLElement | null, take: (size: Size) => void): (() => void) | undefined {
  if (!list) return undefined;
  const measure = (): void => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    take({ width: list.clientWidth / rem, height: list.clientHeight / rem });
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(list);
  measure();
  return () => sizes.disconnect();
}

function Panel({ theme, posts, most, wall }: Group & { most: number; wall: Wall }): VNode {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current) share(place.current);
  });
  useLayoutEffect(() => {
    const box = place.current;
    if (!box) return undefined;
    const sizes = new ResizeObserver(() => share(box));
    sizes.observe(box);
    return () => sizes.disconnect();
  }, []);
  const part = { width: `${Math.round((100 * theme.points) / most)}%` };
  return (
    <article class="theme-panel">
      <header class="theme-head">
        <h2 class="theme-name"><bdi dir="auto">{tidyLine(theme.name)}</bdi></h2>
        <p class="theme-count"><span class="theme-number">{words.number(theme.points)}</span> {words.count("wall.theme_points", theme.points)}</p>
      </header>
      <div class="theme-share" aria-hidden="true"><div style={part} /></div>
      <div class="theme-posts" ref={place}>
        {posts.map((post) => <Guard key={`${post.id}.${post.version}`}><Said post={post} wall={wall} /></Guard>)}
      </div>
    </article>
  );
}

/** Give the posts of a panel the lines that there are; one that would be cut is not there. */
function share(box: HTMLElement): void {
  const posts = [...box.children] as HTMLElement[];
  for (const post of posts) post.hidden = false;
  const [by, said] = [box.querySelector<HTMLElement>(".by"), box.querySelector<HTMLElement>(".theme-said")];
  if (!by || !said) return;
  const { lineHeight, marginTop } = getComputedStyle(said);
  const who = by.offsetHeight + parseFloat(marginTop);
  const left = { room: box.clientHeight, who, line: parseFloat(lineHeight), gap: parseFloat(getComputedStyle(box).rowGap) };
  const shared = sharing(left);
  const { posts: count, lines } = posts.length > 1 ? shared : sharing({ ...left, gap: left.room });
  box.style.setProperty("--lines-said", String(lines));
  posts.forEach((post, at) => (post.hidden = at >= count));
}

/** In a line who says it, then what, in so many lines. */
function Said({ post, wall }: { post: PostValue; wall: Wall }): VNode {
  const words = useWords();
  const event = wall.event.value?.slug ?? "";
  const covered = post.warning?.trim();
  const runs = displayed(covered || post.text.trim(), covered ? [] : post.links, codes(post));
  return (
    <article class="theme-post" data-post={post.id}>
      <By post={post} event={event} now={wall.now} />
      <p class="theme-said" lang={covered ? undefined : (post.lang ?? undefined)}>
        {covered && <span class="covered-label">{words.say("card.warning")}: </span>}
        <bdi dir="auto"><Runs runs={runs} post={post} event={event} /></bdi>
      </p>
    </article>
  );
}
