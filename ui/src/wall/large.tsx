/** Text as large as its place allows; what does not fit even at the least size ends in a mark. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { fit } from "../stage/fit";
import { SMALLEST_BODY } from "./legibility";

interface LargeProps {
  readonly children: ComponentChildren;
  /** Changes when what is said does: the size is found anew. */
  readonly of: string;
  readonly lang?: string | null | undefined;
  /** The largest size, in rem. */
  readonly most: number;
  readonly class?: string;
}

export function Large({ children, of, lang, most, class: name = "" }: LargeProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const [box, words] = [place.current, text.current];
    if (!box || !words) return undefined;
    const set = (): void => resize(box, words, most);
    const sizes = new ResizeObserver(set);
    sizes.observe(box);
    set();
    return () => sizes.disconnect();
  }, [of, most]);
  return (
    <div class={`large ${name}`} ref={place}>
      <p class="large-text" lang={lang ?? undefined} ref={text}><bdi dir="auto">{children}</bdi></p>
    </div>
  );
}

function resize(place: HTMLElement, text: HTMLElement, most: number): void {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  text.style.removeProperty("-webkit-line-clamp");
  fit(place, text, Math.ceil(SMALLEST_BODY * rem), Math.floor(most * rem));
  if (text.scrollHeight <= place.clientHeight + 1) return;
  const lines = Math.floor(place.clientHeight / parseFloat(getComputedStyle(text).lineHeight));
  text.style.setProperty("-webkit-line-clamp", String(Math.max(lines, 1)));
}
