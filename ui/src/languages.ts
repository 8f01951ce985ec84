/** Languages that an organiser added: their sentences are asked for, those of the others came along. */
import { comesAlong, learn, Words } from "./words";

const PATIENCE_MS = 4_000;

/** The words of the page's language. One that cannot be had in time reads English. */
export async function wordsOf(lang: string, ask: typeof fetch = fetch): Promise<Words> {
  const spoken = lang.toLowerCase().split("-", 1)[0] ?? "";
  if (spoken && !comesAlong(spoken)) {
    try {
      const answer = await ask(`/words/${encodeURIComponent(spoken)}.json`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) learn({ [spoken]: (await answer.json()) as Record<string, string> });
    } catch {
      // Without a network a face is better in English than not at all.
    }
  }
  return new Words(lang || "en");
}
