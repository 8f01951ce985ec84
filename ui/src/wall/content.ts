/** What a post holds besides its own words. Pure. */
import type { PostValue } from "../wire";

/** Whether anything is attached to a post that is shown beside its words. */
export function hasAttached({ media, poll, quote, link_card }: PostValue): boolean {
  return media.length > 0 || poll !== null || quote !== null || link_card !== null;
}

/** Every word that is read on a card besides who said it: reading them takes time. */
export function wordsOf({ text, poll, quote, link_card }: PostValue): string {
  const polled = poll?.options.map((option) => option.text) ?? [];
  const linked = quote === null ? (link_card?.title ?? "") : "";
  return [text, ...polled, quote?.warning?.trim() || (quote?.text ?? ""), linked].filter(Boolean).join("\n");
}
