/**
 * How large letters must be to be read from the last row, and for how long. Pure.
 *
 * The height of a letter is that of a capital, as ISO 9241-3 has it: 16 arc minutes are the least at which
 * people read, 20 to 22 are preferred. DISCAS (AVIXA V202.01) comes to the same: a 200th of the distance.
 */

/** The body of a post is never smaller than this, as seen from the farthest seat, while any of it fits. */
export const LEAST_ARC_MINUTES = 17;
export const PREFERRED_ARC_MINUTES = 20;
/** A capital in em, of the fonts in tokens.css (0.69 to 0.73). */
const CAPITAL = 0.7;
const INCH = 0.0254;
/** Sizes of tokens.css in rem: of the body of most posts, and of the longest. */
const BODY = 2;
export const SMALLEST_BODY = 1.875;

/** Where the farthest seat is, in metres, before a screen of this diagonal, in inches. */
export interface Seat {
  readonly distance: number;
  readonly diagonal: number;
  /** How high a capital of the font is, in em, where that is not one of tokens.css. */
  readonly capital?: number;
}

/** A screen: its size in CSS pixels, its diagonal in inches, and metres to the farthest seat. */
export interface Seen extends Seat {
  readonly width: number;
  readonly height: number;
}

/** The font size in CSS pixels whose capitals are seen under this angle from the farthest seat. */
export function sizeFor(arcMinutes: number, screen: Seen): number {
  const capital = 2 * screen.distance * Math.tan(radians(arcMinutes) / 2);
  return (capital * density(screen)) / (screen.capital ?? CAPITAL);
}

/** Under how many arc minutes a capital of this font size (CSS pixels) is seen from the farthest seat. */
export function arcMinutes(size: number, screen: Seen): number {
  const capital = (size * (screen.capital ?? CAPITAL)) / density(screen);
  return ((2 * Math.atan(capital / (2 * screen.distance))) / Math.PI) * 180 * 60;
}

/** CSS pixels to a metre. */
function density({ width, height, diagonal }: Omit<Seen, "distance">): number {
  return Math.hypot(width, height) / (diagonal * INCH);
}

const radians = (minutes: number): number => (minutes / 60 / 180) * Math.PI;

/**
 * The size of 1rem, in CSS pixels, on this screen: what wall.css says where nothing is known of the room
 * (a farthest seat at four screen heights), else what the farthest seat needs.
 *
 * 20 arc minutes where lines stay comfortable; down to 17 where they would get short; never so large that
 * less than a sentence fits, which is a screen too small for its room: the test card says so.
 */
export function rootSize(width: number, height: number, seat?: Seat): number {
  const usual = usualRootSize(width, height);
  if (!seat) return usual;
  const screen = { width, height, ...seat };
  const comfortable = Math.min(width / 38, height / 24);
  const preferred = sizeFor(PREFERRED_ARC_MINUTES, screen) / BODY;
  const least = sizeFor(LEAST_ARC_MINUTES, screen) / SMALLEST_BODY;
  const wanted = preferred <= comfortable ? preferred : Math.max(least, comfortable);
  return Math.min(Math.max(wanted, 0.7 * usual), width / 24, height * 0.07);
}

/** Letters so much larger than usual leave no room for anything but posts. */
const TIGHT = 1.7;

/** Whether a screen is so small for its room that its letters need all of it. */
export function isTight(width: number, height: number, seat: Seat): boolean {
  return rootSize(width, height, seat) > TIGHT * usualRootSize(width, height);
}

/** As the first rules of wall.css. */
function usualRootSize(width: number, height: number): number {
  const size = width < height ? width * 0.0175 : height * 0.014815;
  return Math.min(Math.max(size, 9), 96);
}

/** The angle of the smallest body text of a post when 1rem is so large. */
export function bodyArcMinutes(root: number, screen: Seen): number {
  return arcMinutes(root * SMALLEST_BODY, screen);
}

/** Reading speed of subtitles for everybody (BBC: 160 to 180 words a minute). */
const WORD_MS = 60_000 / 160;
/** To find the card, and who speaks. */
const BASE_MS = 3_000;
const PICTURE_MS = 2_500;
export const LONGEST_MS = 60_000;
/** Letters of a script without spaces, read as one word. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;
const UNSPACED_TO_A_WORD = 2;
/** What counts as one word at most: an address, or letters held down. */
const WORD_LETTERS = 12;

/** How many words a text is as long as. */
export function wordsIn(text: string): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const spaced = text.replace(UNSPACED, " ").split(/\s+/).filter(Boolean);
  const words = spaced.reduce((sum, word) => sum + Math.min(Math.ceil(word.length / WORD_LETTERS), 4), 0);
  return words + Math.ceil(unspaced / UNSPACED_TO_A_WORD);
}

/** How long it takes to read a text of any length, in milliseconds. */
export function reading(text: string): number {
  return BASE_MS + wordsIn(text) * WORD_MS;
}

/** How long a text with so many pictures stays on a wall at least, in milliseconds. */
export function dwell(text: string, pictures = 0): number {
  return Math.min(reading(text.slice(0, 2_000)) + pictures * PICTURE_MS, LONGEST_MS);
}
