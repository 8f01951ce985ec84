/** Where the cards lie: measures them, and lets the browser move them without laying out the page. */
import { Component, type VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PostValue } from "../wire";
import { Card, Guard, type CardProps } from "./card";
import type { Cards, Place } from "./cards";
import { Checks, checksOf } from "./checks";
import { useWords } from "./context";
import type { Mark } from "./floor";
import type { Geometry, Wall } from "./wall";

/** Of a post of ordinary length all is seen. */
const MOST_LINES = 15;
const LEADING = 1.34;
/** What of a card is not words, in gaps between cards: its edges, who speaks, what is said about it. */
const AROUND_WORDS = 7;
/** How much of the height of a column the words beside a picture, and the picture, may take. */
const WORDS_BESIDE = 0.3;
const PICTURE = 0.36;
const PICTURE_IF_TALL = 0.2;
/** From one try to fill a gap to the next. */
const GAP_MS = 250;

export function Stage({ wall, cards = wall.cards }: { wall: Wall; cards?: Cards }): VNode {
  const list = useRef<HTMLOListElement>(null);
  const words = useWords();
  void wall.version.value; // subscribe: the cards themselves are not signals
  useLayoutEffect(() => {
    if (list.current) settle(wall, cards, list.current);
  });
  useLayoutEffect(() => watch(wall, cards, list.current), [wall, cards]);
  const places = cards.places();
  const out = cards.out(wall.geometry.height);
  return (
    <ol class="stage" role="list" aria-label={words.say("wall.cards")} ref={list}>
      {cards.shown().map((post) => {
        const isOut = out.has(post.id);
        const isSpare = isOut && cards.spare(post.id);
        // What comes on from where nobody saw it is new to them: it does not cross the wall to get there.
        return (
          <Slot
            key={isSpare ? `${post.id} spare` : post.id} post={post} place={places.get(post.id)}
            isOut={isOut} isSpare={isSpare} mark={wall.marks.get(post.id)} wall={wall}
          />
        );
      })}
    </ol>
  );
}

interface SlotProps {
  readonly post: PostValue;
  readonly place: Place | undefined;
  /** Whether the wall's edge would cut it. */
  readonly isOut: boolean;
  /** Whether that was so from the start: it comes and goes unseen. */
  readonly isSpare: boolean;
  readonly mark: Mark | undefined;
  readonly wall: Wall;
}

function Slot({ post, place, isOut, isSpare, mark, wall }: SlotProps): VNode {
  const words = useWords();
  const [isFirst] = useState(wall.opening);
  const { columnWidth, gap } = wall.geometry;
  const isPinned = wall.pinned.includes(post.id);
  const left = Math.round((place?.column ?? 0) * (columnWidth + gap));
  const style = {
    width: `${columnWidth}px`,
    // What is not seen lies below the screen, and comes up from there when there is room.
    transform: `translate(${left}px, ${isOut ? innerHeight : Math.round(place?.top ?? 0)}px)`,
  };
  return (
    <li class="slot" data-post={post.id} data-mark={mark} data-out={isOut} data-spare={isSpare} data-first={isFirst} style={style}>
      <Guard key={post.version}><Steady post={post} event={wall.event.value?.slug ?? ""} now={wall.now} /></Guard>
      <Checks checks={checksOf(wall.checked.value, post.id)} />
      {mark ? <Heard mark={mark} /> : isPinned && <p class="heard">{words.say("card.pinned")}</p>}
    </li>
  );
}

/** A card is drawn anew when its post is another, not whenever one moves. */
class Steady extends Component<CardProps> {
  override shouldComponentUpdate(next: CardProps): boolean {
    return next.post !== this.props.post || next.event !== this.props.event;
  }

  override render(): VNode {
    return <Card {...this.props} />;
  }
}

/** Where the post got to in a room. It lies on the card's edge, so that no card moves when it comes. */
function Heard({ mark }: { mark: Mark }): VNode {
  const words = useWords();
  return <p class={`heard heard-${mark}`}>{words.say(`card.${mark}`)}</p>;
}

/** Measure what was drawn; if that moves cards or leaves room, draw again before anybody sees it. */
function settle(wall: Wall, cards: Cards, list: HTMLOListElement): void {
  const geometry = measure(list);
  const resized = Object.entries(geometry).some(([key, value]) => wall.geometry[key as keyof Geometry] !== value);
  wall.geometry = geometry;
  if (resized) setSizes(list, geometry);
  cards.arrange(geometry.columns);
  cards.reserved = covered(list);
  let news = resized;
  for (const slot of list.children as HTMLCollectionOf<HTMLElement>) {
    const { post } = slot.dataset;
    if (post !== undefined) news = cards.measured(post, heightOf(slot, geometry.height, resized)) || news;
  }
  wall.settled(cards);
  if (!news) news = cards.fill(geometry.height);
  if (news) return wall.changed();
  wall.opening = cards.shown().length === 0;
  fillGapsLater(wall, cards, list);
}

/** How tall a card is. One that no column could hold says less of everything that it has, with marks; if it
    still is too tall, which takes large letters on a low screen, its words alone. */
function heightOf(slot: HTMLElement, most: number, anew: boolean): number {
  if (anew) delete slot.dataset["tall"];
  for (const said of ["less", "words"]) if (slot.offsetHeight > most) slot.dataset["tall"] = said;
  return slot.offsetHeight;
}

const later = new WeakMap<Cards, ReturnType<typeof setTimeout>>();

/** What fits into a gap is found by trying: one at a time, and never before what is there was painted. */
function fillGapsLater(wall: Wall, cards: Cards, list: HTMLElement): void {
  clearTimeout(later.get(cards));
  const fill = (): void => {
    if (list.isConnected && wall.isCalm() && cards.fill(wall.geometry.height, true)) wall.changed();
  };
  later.set(cards, setTimeout(fill, GAP_MS));
}

/** Lines of text that leave room for who speaks: a post that fills a column is still seen whole, or with a mark. */
function setSizes(list: HTMLElement, { columnWidth, height, gap }: Geometry): void {
  document.documentElement.style.setProperty("--column", `${columnWidth}px`);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const others = gap * AROUND_WORDS;
  const lines = Math.floor((height - others) / (2 * rem * LEADING));
  list.style.setProperty("--lines", String(Math.min(Math.max(lines, 3), MOST_LINES)));
  const pictured = Math.floor((height * WORDS_BESIDE) / (2 * rem * LEADING));
  list.style.setProperty("--lines-pictured", String(Math.min(Math.max(pictured, 2), MOST_LINES)));
  list.style.setProperty("--picture", `${Math.floor(height * PICTURE)}px`);
  list.style.setProperty("--picture-tall", `${Math.floor(height * PICTURE_IF_TALL)}px`);
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
  const own = list.getBoundingClientRect();
  if (!corner || corner.height === 0 || corner.left >= own.right) return 0;
  return Math.max(0, Math.round(own.bottom - corner.top));
}

/** Settle again when the screen or a card changes its size, or its letters arrive. */
function watch(wall: Wall, cards: Cards, list: HTMLOListElement | null): (() => void) | undefined {
  if (!list) return undefined;
  const sizes = new ResizeObserver(() => settle(wall, cards, list));
  const corner = document.querySelector(".join");
  const observe = (): void => {
    sizes.disconnect();
    sizes.observe(list);
    if (corner) sizes.observe(corner);
    for (const slot of list.children) sizes.observe(slot);
  };
  const slots = new MutationObserver(observe);
  slots.observe(list, { childList: true });
  observe();
  return () => (sizes.disconnect(), slots.disconnect());
}
