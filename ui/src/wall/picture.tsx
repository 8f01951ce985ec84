/** A picture of a post. It comes from this server; where it cannot be had, what stands in for it does. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { tidy } from "../hygiene";
import { useWords } from "./context";

interface PictureProps {
  /** Same-origin address, as `pictureUrl` makes it. */
  readonly src: string;
  /** The author's own description; "" for what only decorates. */
  readonly alt: string;
  readonly class: string;
  /** Width by height, from `shape`; without it the class says how large the picture is. */
  readonly shape?: number;
  /** Whether its description is also written below it. */
  readonly captioned?: boolean;
  /** Shown where the picture cannot be had. */
  readonly children: ComponentChildren;
}

/** A picture that is wider or taller than this is shown with bars beside it, whole. */
const WIDEST = 3;
const TALLEST = 0.8;
const USUAL = 16 / 9;

/**
 * Pictures that could not be had, by address, for as long as the page lives: a card that is drawn anew does
 * not make room for one again, only to take it away from under those who read.
 */
const missing = new Set<string>();
const MOST_MISSING = 2_000;

function miss(src: string): void {
  if (missing.size >= MOST_MISSING) missing.clear();
  missing.add(src);
}

/** The box keeps its place before the picture is there: cards do not move under those who read them. */
export function Picture({ src, alt, class: name, shape, captioned = false, children }: PictureProps): VNode {
  const [, setFailed] = useState("");
  if (missing.has(src)) return <>{children}</>;
  const picture = (
    <img
      class={name}
      src={src}
      alt={alt}
      loading="lazy"
      decoding="async"
      draggable={false}
      style={shape === undefined ? {} : { aspectRatio: shape.toFixed(3), "--shape": shape.toFixed(3) }}
      onError={() => (miss(src), setFailed(src))}
    />
  );
  return captioned && alt ? <div class="pictured">{picture}<Caption alt={alt} /></div> : picture;
}

/**
 * What a picture shows, for those who do not see it well or sit too far away. Nobody hovers over a
 * wall, and words on a picture spoil both, so they stand below it. Screen readers have it already.
 * The mark is in a direction of its own, so that the line has that of the words.
 */
function Caption({ alt }: { alt: string }): VNode {
  const words = useWords();
  return (
    <p class="caption" dir="auto" aria-hidden="true">
      <bdi class="caption-mark">{words.say("card.alt")}</bdi>
      <span class="caption-words">{alt}</span>
    </p>
  );
}

interface EmojiProps {
  readonly src: string;
  /** How it is written: `:owl:`. */
  readonly text: string;
}

/** A custom emoji, as large as the letters around it whether it is there yet or not. */
export function Emoji({ src, text }: EmojiProps): VNode {
  return <Picture class="emoji" src={src} alt={text}>{text}</Picture>;
}

/** An attachment's own description, fit to be shown. */
export function described(alt: string): string {
  return tidy(alt).trim();
}

/** The shape of an attachment's box: its own as far as the network says it, within reason. */
export function shape(width: number | null, height: number | null): number {
  if (!width || !height || width < 0 || height < 0) return USUAL;
  return Math.min(Math.max(width / height, TALLEST), WIDEST);
}

/**
 * Where a picture of a post is: its author's `avatar`, an attachment by its place. `key` changes when
 * the picture does, so that a browser does not show an old one after an edit.
 */
export function pictureUrl(event: string, post: string, which: string | number, key: string): string {
  const path = [event, post, String(which)].map(encodeURIComponent).join("/");
  return `/media/${path}?key=${encodeURIComponent(key)}`;
}
