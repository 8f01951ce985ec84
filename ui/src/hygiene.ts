/**
 * Text from outside, made fit to be shown beside other people's text. Pure; `wall/hygiene.py` does
 * the same for pages, and both pass `tests/golden/hygiene.json`. Always runs of plain text, shown as
 * text nodes, never HTML.
 */
import type { Link } from "./wire";

/** A run of text to show. `url`: it is a link. `emoji`: a picture goes there, `text` is its name. */
export interface Run {
  readonly text: string;
  readonly url: string | null;
  readonly emoji: string | null;
}

/** How much of a path is shown behind a host, in code points. */
const SHOWN_PATH = 24;
/** Combining marks that one cluster shows. */
const MOST_MARKS = 2;
const MOST_IN_ALL = 8;
/** Pictures in one text: more than a card has room for. What follows stays text. */
const MOST_EMOJI = 200;
const DEEPEST = 16;

/** First and last code point of marks whose scripts stack more (or less), and how many they stack. */
const SCRIPT_MARKS: readonly (readonly [number, number, number])[] = [
  [0x0591, 0x05c7, 5],
  [0x0610, 0x08ff, 4],
  [0x0900, 0x0dff, 6],
  [0x0e31, 0x0ece, 3],
  [0x0f18, 0x0fc6, 8],
  [0x102b, 0x109d, 6],
  [0x1712, 0x1cff, 6],
  [0xa802, 0xabed, 6],
  [0x10a01, 0x11fff, 6],
  [0x180b, 0x180f, 1],
  [0xfe00, 0xfe0f, 1],
  [0xe0100, 0xe01ef, 1],
];

const TO_SPACE = /[\t\v\f\x85]/g;
const TO_LINE_END = /[\u2028\u2029\r]/g;
const TO_NOTHING =
  /[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0001}]/gu;
const BLANK_LINES = /(\n[ \xa0]*\n)(?:[ \xa0]*\n)+/g;
const ODD = /[^\n\x20-\x7e\xa0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]/u;

const PDF = "\u202c";
const PDI = "\u2069";
const EMBEDDING = /[\u202a\u202b\u202d\u202e]/;
const ISOLATE = /[\u2066-\u2068]/;
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/;

const ATTACHED = /[\p{Mn}\p{Me}\p{Mc}\p{Cf}]/u;
const STACKS = /[\p{Mn}\p{Me}]/u;
const MARKS = /\p{M}/u;

const HOST = /^https?:\/\/(\[[^\]]*\]|[^/?#:]+)(?::[0-9]+)?([^#]*)/i;
const LIKE_ADDRESS = /^(?:[a-z][a-z0-9+-]*:|\/\/|www\.|[^\s/]+[.。．｡][^\s/.。．｡]{2,}(?:[/:?#…]|$))/i;
const CALL = /^[#@＃＠]/;
const EMOJI = /:(?=([A-Za-z0-9_]{2,64}):)/g;
/** White space as Python has it: with separators, without U+FEFF. */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  "Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic", "Devanagari", "Bengali",
  "Tamil", "Telugu", "Thai", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Han",
].map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")] as const);
const TOGETHER = [
  ["Latin", "Han", "Hiragana", "Katakana"], ["Latin", "Han", "Bopomofo"], ["Latin", "Han", "Hangul"],
];
const WITH_MARKS = new Set(["Hebrew", "Arabic", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai"]);
const LIKE_LATIN = new Set("асԁеёһіїјӏорԛѕԝхутвмнкгпьбзηαορνυικτχγωօսհոցքյլ");
const LATIN = /^[a-z\xc0-\u017f]$/;
const LATIN_ODD = /[\u0131\u0138\u0149\u017f]/;
const LETTER = /\p{L}/u;
const NEUTRAL = /[0-9_ー-]/;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";
const ASCII = /^[\x00-\x7f]*$/;

/**
 * A post's text in runs, each tidy in itself. `emoji` are the codes that have a picture. Links count
 * code points of the text as it was sent; one that lies outside of it or overlaps an earlier one is
 * plain text.
 */
export function displayed(text: string, links: readonly Link[], emoji: ReadonlySet<string>): Run[] {
  const points = Array.from(text);
  const found: Run[] = [];
  let at = 0;
  for (const { start, end, url } of [...links].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > points.length) continue;
    found.push(...pictured(tidy(points.slice(at, start).join("")), emoji));
    found.push({ text: linkLabel(tidy(points.slice(start, end).join("")), url), url, emoji: null });
    at = end;
  }
  found.push(...pictured(tidy(points.slice(at).join("")), emoji));
  return fewPictures(found);
}

/** A name in runs, as `tidyLine` has it. `emoji` are the codes that have a picture. */
export function displayedLine(text: string, emoji: ReadonlySet<string>): Run[] {
  return fewPictures([...pictured(tidyLine(text), emoji)]);
}

/**
 * Text that disturbs nothing around it: direction controls are closed where they were opened, marks
 * pile up no higher than their script piles them, control characters and heaps of blank lines are gone.
 */
export function tidy(text: string): string {
  const lines = text.replace(TO_SPACE, " ").replace(TO_LINE_END, "\n").replace(BLANK_LINES, "$1");
  if (!ODD.test(lines)) return lines;
  return withFewerMarks(balanced(lines.replace(TO_NOTHING, "")));
}

/** A name or a handle: tidy, on one line, without space around it. */
export function tidyLine(text: string): string {
  return tidy(text.replace(SPACE, " ").trim()).replace(SPACE, " ").trim();
}

/**
 * What a link is shown as: hashtags and mentions as written; what looks like an address as where it
 * really leads; other words with the host behind them.
 */
export function linkLabel(text: string, url: string): string {
  const words = text.trim();
  if (CALL.test(words)) return text;
  if (!words || LIKE_ADDRESS.test(words)) return shownUrl(url);
  return `${text.trimEnd()} (${shownHost(url)})`;
}

/** An address as host and the beginning of its path. */
export function shownUrl(url: string): string {
  const path = Array.from((HOST.exec(url)?.[2] ?? "").replace(/\/+$/, ""));
  const short = path.length > SHOWN_PATH ? [...path.slice(0, SHOWN_PATH - 1), "…"] : path;
  return tidy(shownHost(url).replace(/^www\./, "") + short.join(""));
}

/**
 * The host of an address: in its own letters where those cannot be taken for others, else ASCII. Each
 * label has to be of one script (or of those that Japanese, Chinese and Korean write together), Latin
 * no further than Europe's, and not made of look-alikes of Latin letters alone.
 */
export function shownHost(url: string): string {
  const host = (HOST.exec(url)?.[1] ?? "").normalize("NFKC").toLowerCase();
  const labels = host.split(".");
  return labels.every(isPlainLabel) ? host : labels.map(ascii).join(".");
}

function fewPictures(runs: readonly Run[]): Run[] {
  let pictures = 0;
  const shown = runs.map((run) => (run.emoji !== null && ++pictures > MOST_EMOJI ? { ...run, emoji: null } : run));
  return shown.filter((run) => run.text);
}

function* pictured(text: string, emoji: ReadonlySet<string>): Generator<Run> {
  let at = 0;
  for (const match of emoji.size ? text.matchAll(EMOJI) : []) {
    const code = match[1] ?? "";
    if (!emoji.has(code) || match.index < at) continue;
    yield { text: text.slice(at, match.index), url: null, emoji: null };
    yield { text: `:${code}:`, url: null, emoji: code };
    at = match.index + code.length + 2;
  }
  yield { text: text.slice(at), url: null, emoji: null };
}

function balanced(text: string): string {
  return DIRECTION.test(text) ? text.split("\n").map(closed).join("\n") : text;
}

/** A paragraph whose embeddings and isolates end within it (UAX #9, X1-X8); strays are dropped. */
function closed(line: string): string {
  const open: { end: string; shown: boolean }[] = [];
  let isolates = 0;
  let out = "";
  for (const char of line) {
    let shown = true;
    if (EMBEDDING.test(char) || ISOLATE.test(char)) {
      shown = open.length < DEEPEST;
      open.push({ end: ISOLATE.test(char) ? PDI : PDF, shown });
      if (ISOLATE.test(char)) isolates += 1;
    } else if (char === PDF) {
      shown = open.at(-1)?.end === PDF && (open.pop()?.shown ?? false);
    } else if (char === PDI) {
      while (isolates > 0 && open.at(-1)?.end === PDF) open.pop();
      shown = isolates > 0 && (open.pop()?.shown ?? false);
      isolates = Math.max(isolates - 1, 0);
    }
    if (shown) out += char;
  }
  return out + open.filter((one) => one.shown).map((one) => one.end).reverse().join("");
}

function withFewerMarks(text: string): string {
  const out: string[] = [];
  let cluster: string[] = [];
  for (const char of text) {
    if (!ATTACHED.test(char)) {
      out.push(thinned(cluster));
      cluster = [];
    }
    cluster.push(char);
  }
  out.push(thinned(cluster));
  return out.join("");
}

/**
 * A cluster with fewer marks: each kind of them once, and the first ones. They are composed before
 * that: what is one letter is no heap.
 */
function thinned(cluster: readonly string[]): string {
  if (cluster.filter((char) => STACKS.test(char)).length <= MOST_MARKS) return cluster.join("");
  const counts = new Map<number, number>();
  let all = 0;
  let kept = "";
  for (const char of cluster.join("").normalize("NFC")) {
    if (STACKS.test(char)) {
      if (kept.includes(char)) continue;
      const [place, , most] = marksLike(char);
      const count = (counts.get(place) ?? 0) + 1;
      counts.set(place, count);
      all += 1;
      if (count > most || all > MOST_IN_ALL) continue;
    }
    kept += char;
  }
  return kept;
}

function marksLike(char: string): readonly [number, number, number] {
  const code = char.codePointAt(0) ?? 0;
  return SCRIPT_MARKS.find(([first, last]) => first <= code && code <= last) ?? [0, 0, MOST_MARKS];
}

function isPlainLabel(label: string): boolean {
  if (ASCII.test(label)) return true;
  const chars = Array.from(label).filter((char) => !NEUTRAL.test(char));
  const letters = chars.filter((char) => LETTER.test(char));
  const scripts = [...new Set(letters.map(script))];
  if (scripts.length === 0 || scripts.includes("")) return false;
  if (scripts.length > 1 && !TOGETHER.some((some) => scripts.every((one) => some.includes(one)))) return false;
  const others = chars.filter((char) => !LETTER.test(char));
  if (others.some((char) => !MARKS.test(char))) return false;
  if (others.length > 0 && !scripts.some((one) => WITH_MARKS.has(one))) return false;
  return letters.some((char) => !LIKE_LATIN.has(char));
}

function script(letter: string): string {
  const name = SCRIPTS.find(([, letters]) => letters.test(letter))?.[0] ?? "";
  return name === "Latin" && (!LATIN.test(letter) || LATIN_ODD.test(letter)) ? "" : name;
}

function ascii(label: string): string {
  return ASCII.test(label) ? label : `xn--${punycode(label)}`;
}

/** RFC 3492, section 6.3. Browsers have it only inside `URL`, which refuses what must still be shown. */
function punycode(label: string): string {
  const points = Array.from(label, (char) => char.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 0x80);
  let out = String.fromCharCode(...basic) + (basic.length > 0 ? "-" : "");
  let [at, delta, bias, done] = [0x80, 0, 72, basic.length];
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= at));
    delta += (next - at) * (done + 1);
    at = next;
    for (const point of points) {
      if (point < at) delta += 1;
      if (point !== at) continue;
      out += digits(delta, bias);
      bias = adapted(delta, done + 1, done === basic.length);
      delta = 0;
      done += 1;
    }
    delta += 1;
    at += 1;
  }
  return out;
}

function digits(delta: number, bias: number): string {
  let out = "";
  for (let place = 36; ; place += 36) {
    const least = Math.min(Math.max(place - bias, 1), 26);
    if (delta < least) return out + DIGITS.charAt(delta);
    out += DIGITS.charAt(least + ((delta - least) % (36 - least)));
    delta = Math.floor((delta - least) / (36 - least));
  }
}

function adapted(delta: number, count: number, first: boolean): number {
  let left = Math.floor(delta / (first ? 700 : 2));
  left += Math.floor(left / count);
  let place = 0;
  for (; left > 455; place += 36) left = Math.floor(left / 35);
  return place + Math.floor((36 * left) / (left + 38));
}
