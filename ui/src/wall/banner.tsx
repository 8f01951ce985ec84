/** In the room now: the point on each room's floor, or the question that is asked there. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { displayed, tidyLine } from "../hygiene";
import type { Asked } from "../sheet";
import { endorsedBy, labelOf } from "../sheet-words";
import type { ConclusionValue, PostValue } from "../wire";
import { nameless } from "./card";
import { useWords } from "./context";
import { fitted } from "./fit";
import type { InRoom } from "./floor";
import type { Wall } from "./wall";

/** Longer texts are cut before they are measured: two lines hold far less. */
const MOST = 600;

/** As high as what it shows, and no higher than nothing when there is nothing. */
export function Banner({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  const box = useRef<HTMLElement>(null);
  const shown = wall.rooms.value;
  useLayoutEffect(() => box.current ? follow(box.current) : undefined, []);
  return (
    <section class="banner" aria-label={words.say("wall.now")} ref={box}>
      <div class="banner-rooms" data-rooms={shown.length}>
        {shown.map((one) => <Floor key={one.room.id} {...one} />)}
      </div>
    </section>
  );
}

/** Give the banner its content's height: only a length moves smoothly, and words that left are gone at once. */
function follow(banner: HTMLElement): () => void {
  const content = banner.firstElementChild as HTMLElement;
  const set = (): void => {
    banner.style.height = `${content.childElementCount > 0 ? content.offsetHeight : 0}px`;
  };
  const sizes = new ResizeObserver(set);
  sizes.observe(content);
  set();
  return () => sizes.disconnect();
}

function Floor({ room, relay, concluded, prompt }: InRoom): VNode | null {
  if (!relay && concluded.length > 0) return <Concluded room={room.name} all={concluded} />;
  if (relay) return <Point key={relay.id} room={room.name} post={relay.post} wording={relay.wording} />;
  return prompt && <Question key={prompt.text} room={room.name} prompt={prompt} />;
}

function Point({ room, post, wording }: { room: string; post: PostValue; wording: string }): VNode {
  const words = useWords();
  const handle = tidyLine(post.author.handle.replace(/^@/, ""));
  const name = nameless(post) ? words.say("card.nobody") : tidyLine(post.author.name);
  return (
    <article class="floor floor-point">
      <Head label={words.say("wall.now")} room={room}>
        <p class="floor-by">
          {name && <bdi class="floor-name" dir="auto">{name}</bdi>} {handle && <bdi dir="auto">@{handle}</bdi>}
        </p>
      </Head>
      {wording ? <Fitted text={`${words.say("stage.wording")}: ${tidyLine(wording)}`} lang={null} /> : <Fitted text={said(post, words.say("card.warning"))} lang={post.lang} />}
    </article>
  );
}

function Question({ room, prompt }: { room: string; prompt: Asked }): VNode {
  const words = useWords();
  return (
    <article class="floor floor-question">
      <Head label={labelOf(words, prompt)} room={room} />
      <Fitted text={tidyLine(prompt.text)} lang={null} />
    </article>
  );
}

/** The conclusion that was worded last; the whole list has a layout of its own. */
function Concluded({ room, all }: { room: string; all: readonly ConclusionValue[] }): VNode | null {
  const words = useWords();
  const last = all.at(-1);
  if (!last) return null;
  const counted = all.length > 1 ? words.fill("conclusion.of", { number: all.length, count: all.length }) : "";
  return (
    <article class="floor floor-question" key={last.id}>
      <Head label={words.say("conclusion.title")} room={room}>
        <p class="floor-by">{[counted, ...endorsedBy(words, last)].filter(Boolean).join(" · ")}</p>
      </Head>
      <Fitted text={tidyLine(last.text)} lang={null} />
    </article>
  );
}

function Head({ label, room, children }: { label: string; room: string; children?: ComponentChildren }): VNode {
  return (
    <header class="floor-head">
      <h2 class="floor-where">
        <span class="floor-label">{label}</span> <bdi class="floor-room" dir="auto">{tidyLine(room)}</bdi>
      </h2>
      {children}
    </header>
  );
}

/** Two lines of text at most, cut between words. */
function Fitted({ text, lang }: { text: string; lang: string | null }): VNode {
  const at = useRef<HTMLElement>(null);
  useLayoutEffect(() => at.current ? fit(at.current, text) : undefined, [text]);
  return <p class="floor-said" lang={lang ?? undefined}><bdi dir="auto" ref={at} /></p>;
}

function fit(node: HTMLElement, text: string): () => void {
  const fits = (candidate: string): boolean => {
    node.textContent = candidate;
    return node.scrollHeight <= node.clientHeight + 1;
  };
  const set = (): void => {
    node.textContent = fitted(text, fits);
  };
  const sizes = new ResizeObserver(set);
  if (node.parentElement) sizes.observe(node.parentElement);
  set();
  return () => sizes.disconnect();
}

/** A post's words on one line; of one under a content warning, only the warning. */
function said(post: PostValue, label: string): string {
  const emoji = new Set(post.emoji.map(({ code }) => code));
  const covered = post.warning?.trim() ?? "";
  const runs = covered ? displayed(covered, [], emoji) : displayed(post.text.trimEnd(), post.links, emoji);
  const letters = runs.map((run) => (run.emoji === null ? run.text : " ")).join("");
  return tidyLine(Array.from(covered ? `${label}: ${letters}` : letters).slice(0, MOST).join(""));
}
