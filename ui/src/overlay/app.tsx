/** The lower third: the question, who says what, and on which network. Nothing in it can be clicked. */
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useComputed } from "@preact/signals";
import { displayed, tidyLine } from "../hygiene";
import { Attachments, By, codes, Guard, Runs } from "../wall/card";
import { hasAttached } from "../wall/content";
import { TimesContext, useWords, WordsContext } from "../wall/context";
import { fitted } from "../wall/fit";
import { Times } from "../wall/times";
import { labelOf } from "../sheet-words";
import type { PostValue } from "../wire";
import type { Words } from "../words";
import type { Lower } from "./lower";
import type { Overlay } from "./overlay";

/** Sizes of what is said, each tried in turn: parts of the usual one. */
const SIZES = [1, 0.88, 0.765];
/** Longer texts are cut before they are measured: the place holds far less. */
const MOST = 2_000;

export function App({ overlay, words }: { overlay: Overlay; words: Words }): VNode {
  const times = useComputed(() => new Times(words.lang, overlay.zone.value));
  const shown = overlay.shown.value;
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        {shown && <Guard key={shown.relay.id}><Third overlay={overlay} shown={shown} /></Guard>}
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

function Third({ overlay, shown }: { overlay: Overlay; shown: Lower }): VNode {
  const words = useWords();
  const width = useWidth();
  const { relay: { id, post }, prompt, event } = shown;
  const attached = !post.warning?.trim() && hasAttached(post);
  return (
    <section class="lower" data-relay={id} data-leaving={overlay.leaving.value} aria-label={words.say("wall.now")}>
      {prompt && (
        <p class="lower-prompt">
          <span class="lower-label">{labelOf(words, prompt)}</span>{" "}
          <bdi dir="auto">{tidyLine(prompt.text)}</bdi>
        </p>
      )}
      <div class="lower-body">
        <div class="lower-words">
          <By post={post} event={event} now={overlay.now} />
          <Said key={`${post.id}.${post.version}.${prompt?.text}.${width}`} post={post} event={event} />
        </div>
        {attached && <div class="lower-attached"><Attachments post={post} event={event} /></div>}
      </div>
    </section>
  );
}

/** How wide the page is, in CSS pixels: a scene of another size measures its text anew. */
function useWidth(): string {
  const size = (): string => `${innerWidth}x${innerHeight}`;
  const [now, set] = useState(size);
  useEffect(() => {
    const resized = (): void => set(size());
    addEventListener("resize", resized);
    return () => removeEventListener("resize", resized);
  }, []);
  return now;
}

/** The words, as large as their place allows; what does not fit even small is cut with a mark. */
function Said({ post, event }: { post: PostValue; event: string }): VNode {
  const words = useWords();
  const place = useRef<HTMLParagraphElement>(null);
  const [cut, setCut] = useState<string | null>(null);
  const covered = tidyLine(post.warning ?? "");
  const runs = covered ? displayed(covered, [], codes(post)) : displayed(post.text.trimEnd(), post.links, codes(post));
  useLayoutEffect(() => {
    if (place.current && !fits(place.current)) setCut(shortened(place.current));
  }, []);
  return (
    <p class="lower-said" lang={covered ? undefined : (post.lang ?? undefined)} ref={place}>
      {covered && <span class="lower-warning">{words.say("card.warning")}: </span>}
      <bdi dir="auto">{cut ?? <Runs runs={runs} post={post} event={event} />}</bdi>
    </p>
  );
}

/** Try the sizes, largest first. Whether one of them holds everything; the least stays where none does. */
function fits(place: HTMLElement): boolean {
  return SIZES.some((size) => {
    place.style.setProperty("--part", String(size));
    return isWhole(place);
  });
}

function isWhole(place: HTMLElement): boolean {
  return place.scrollHeight <= place.clientHeight + 1;
}

/** As much of the words as a copy of their place holds. */
function shortened(place: HTMLElement): string {
  const copy = place.cloneNode(true) as HTMLElement;
  const words = copy.querySelector(":scope > bdi") as HTMLElement;
  const text = Array.from(words.textContent ?? "").slice(0, MOST).join("");
  copy.classList.add("lower-measure");
  place.after(copy);
  const short = fitted(text, (candidate) => ((words.textContent = candidate), isWhole(copy)));
  copy.remove();
  return short;
}
