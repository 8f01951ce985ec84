/** Where the cards lie: measures them, and lets the browser move them without laying out the page. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PostValue } from "../wire";
import { Card, Guard } from "./card";
import type { Place } from "./cards";
import { useWords } from "./context";
import type { Mark } from "./floor";
import type { Geometry, Wall } from "./wall";

export function Stage({ wall }: { wall: Wall }): VNode {
  const list = useRef<HTMLOListElement>(null);
  const words = useWords();
  void wall.version.value; // subscribe: the cards themselves are not signals
  useLayoutEffect(() => {
    if (list.current) settle(wall, list.current);
  });
  useLayoutEffect(() => watch(wall, list.current), [wall]);
  const places = wall.cards.places();
  return (
    <ol class="stage" role="list" aria-label={words.say("wall.cards")} ref={list}>
      {wall.cards.shown().map((post) => (
        <Slot key={post.id} post={post} place={places.get(post.id)} mark={wall.marks.get(post.id)} wall={wall} />
      ))}
    </ol>
  );
}

interface SlotProps {
  readonly post: PostValue;
  readonly place: Place | undefined;
  readonly mark: Mark | undefined;
  readonly wall: Wall;
}

function Slot({ post, place, mark, wall }: SlotProps): VNode {
  const { columnWidth, gap } = wall.geometry;
  const left = Math.round((place?.column ?? 0) * (columnWidth + gap));
  const style = {
    width: `${columnWidth}px`,
    transform: `translate(${left}px, ${Math.round(place?.top ?? 0)}px)`,
  };
  return (
    <li class="slot" data-post={post.id} data-mark={mark} style={style}>
      <Guard key={post.version}><Card post={post} event={wall.event.value?.slug ?? ""} now={wall.now} /></Guard>
      {mark && <Heard mark={mark} />}
    </li>
  );
}

/** Where the post got to in a room. It lies on the card's edge, so that no card moves when it comes. */
function Heard({ mark }: { mark: Mark }): VNode {
  const words = useWords();
  return <p class={`heard heard-${mark}`}>{words.say(`card.${mark}`)}</p>;
}

/** Measure what was drawn; if that moves cards or leaves room, draw again before anybody sees it. */
function settle(wall: Wall, list: HTMLOListElement): void {
  const geometry = measure(list);
  const resized = Object.entries(geometry).some(([key, value]) => wall.geometry[key as keyof Geometry] !== value);
  wall.geometry = geometry;
  document.documentElement.style.setProperty("--column", `${geometry.columnWidth}px`);
  wall.cards.arrange(geometry.columns);
  wall.cards.reserved = covered(list);
  let news = resized;
  for (const slot of list.children) {
    const { post } = (slot as HTMLElement).dataset;
    if (post !== undefined) news = wall.cards.measured(post, (slot as HTMLElement).offsetHeight) || news;
  }
  if (!news) news = wall.cards.fill(geometry.height);
  if (news) wall.changed();
}

/** The columns are the style sheet's: whatever grid it gives the list is the one that cards lie in. */
function measure(list: HTMLOListElement): Geometry {
  const { gridTemplateColumns, columnGap } = getComputedStyle(list);
  const columns = gridTemplateColumns.split(" ").map(parseFloat).filter((width) => width > 0);
  return {
    columns: Math.max(1, columns.length),
    columnWidth: columns[0] ?? list.clientWidth,
    gap: parseFloat(columnGap) || 0,
    height: list.clientHeight,
  };
}

/** How much of the last column's lower end the way to the join page covers, in CSS pixels. */
function covered(list: HTMLOListElement): number {
  const corner = document.querySelector(".join")?.getBoundingClientRect();
  if (!corner || corner.height === 0) return 0;
  return Math.max(0, Math.round(list.getBoundingClientRect().bottom - corner.top));
}

/** Settle again when the screen or a card changes its size, or its letters arrive. */
function watch(wall: Wall, list: HTMLOListElement | null): (() => void) | undefined {
  if (!list) return undefined;
  const sizes = new ResizeObserver(() => settle(wall, list));
  const corner = document.querySelector(".join");
  const observe = (): void => {
    sizes.disconnect();
    sizes.observe(list);
    if (corner) sizes.observe(corner);
    for (const slot of list.children) sizes.observe(slot);
  };
  const cards = new MutationObserver(observe);
  cards.observe(list, { childList: true });
  observe();
  return () => (sizes.disconnect(), cards.disconnect());
}
