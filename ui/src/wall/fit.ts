/** Text cut to the room there is, between words. Pure: whoever asks says what fits. */

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });

const CUT = "…";
/** What no cut text ends with: white space, and punctuation that waits for what follows. */
const LOOSE = /[\s\p{Pd}\p{Ps}\p{Pi},;:.…]+$/u;

/**
 * `text`, or as many of its first words as `fits`, with a mark that it goes on. A first word that is
 * too long is cut between letters. `fits` must hold for every beginning of a text that fits.
 */
export function fitted(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  return longest(text, ends(text, words), fits) ?? longest(text, ends(text, graphemes), fits) ?? CUT;
}

/** Where the text may end, in UTF-16 units: after each segment that is not white space. */
function ends(text: string, segmenter: Intl.Segmenter): number[] {
  const found: number[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    if (segment.trim()) found.push(index + segment.length);
  }
  return found;
}

function longest(text: string, ends: readonly number[], fits: (text: string) => boolean): string | null {
  let [low, high, best] = [0, ends.length - 1, null as string | null];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const beginning = text.slice(0, ends[middle]).replace(LOOSE, "");
    const candidate = beginning + CUT;
    if (fits(candidate)) [best, low] = [beginning ? candidate : best, middle + 1];
    else high = middle - 1;
  }
  return best;
}
