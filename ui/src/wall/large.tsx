/** Text as large as its place allows; what does not fit even at the least size comes in pages, or ends in a mark. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { fit } from "../stage/fit";
import { SMALLEST_BODY } from "./legibility";
import { paged } from "./pages";

/** A text that may have pages: which one is on, and who wants to know how many there are. */
export interface Paging {
  readonly page: number;
  readonly found: (pages: number) => void;
}

interface LargeProps {
  readonly children: ComponentChildren;
  /** Changes when what is said does: the size is found anew. */
  readonly of: string;
  readonly lang?: string | null | undefined;
  /** The largest size, in rem. */
  readonly most: number;
  readonly class?: string;
  /** No word is broken, however small its letters become. */
  readonly whole?: boolean;
  readonly paging?: Paging;
}

/** In CSS pixels: 60 letters of this size fit into any wall. */
const LEAST_WHOLE = 8;

export function Large({ children, of, lang, most, class: name = "", whole = false, paging }: LargeProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const [box, words] = [place.current, text.current];
    if (!box || !words) return undefined;
    const set = (): void => {
      resize(box, words, most, whole);
      if (paging) turn(box, words, paging);
      else clamp(words, Math.floor(box.clientHeight / lineOf(words)));
    };
    const sizes = new ResizeObserver(set);
    sizes.observe(box);
    set();
    return () => sizes.disconnect();
  }, [of, most, paging?.page]);
  return (
    <div class={`large ${name}`} ref={place}>
      <p class="large-text" lang={lang ?? undefined} ref={text}><bdi dir="auto">{children}</bdi></p>
    </div>
  );
}

function resize(place: HTMLElement, text: HTMLElement, most: number, whole: boolean): void {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  for (const name of ["-webkit-line-clamp", "transform", "clip-path"]) text.style.removeProperty(name);
  fit(place, text, whole ? LEAST_WHOLE : Math.ceil(SMALLEST_BODY * rem), Math.floor(most * rem), whole ? 0 : undefined);
}

/** No more than so many lines; where there would be more, the last one ends in a mark. */
function clamp(text: HTMLElement, lines: number): void {
  if (text.scrollHeight <= lines * lineOf(text) + 1) return;
  text.style.setProperty("-webkit-line-clamp", String(Math.max(lines, 1)));
}

/** Show one page of what does not fit, in whole lines. */
function turn(place: HTMLElement, text: HTMLElement, { page, found }: Paging): void {
  const line = lineOf(text);
  const fits = text.scrollHeight <= place.clientHeight + 1;
  const { lines, pages } = fits ? { lines: 1, pages: 1 } : paged(Math.round(text.scrollHeight / line), place.clientHeight / line);
  place.toggleAttribute("data-pages", pages > 1);
  if (pages > 1) {
    clamp(text, lines * pages);
    const [from, to] = [page * lines * line, (page + 1) * lines * line];
    text.style.transform = `translateY(${-from}px)`;
    text.style.clipPath = `inset(${from}px 0 ${Math.max(text.offsetHeight - to, 0)}px 0)`;
  }
  found(pages);
}

const lineOf = (text: HTMLElement): number => parseFloat(getComputedStyle(text).lineHeight);
