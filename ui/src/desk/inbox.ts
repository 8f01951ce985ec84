/** The inbox: what is looked for, in which order, and a list that never moves by itself. Pure. */
import { networksOf } from "../networks";
import type { ContributionValue, PostValue } from "../wire";

export type Show = "unhandled" | "waiting" | "questions" | "all";
export const SHOWS: readonly Show[] = ["unhandled", "waiting", "questions", "all"];

export interface Criteria {
  readonly show: Show;
  readonly network: string | null;
  readonly lang: string | null;
  readonly words: string;
}

export const EVERYTHING: Criteria = { show: "all", network: null, lang: null, words: "" };

/** What this person may do: it decides what there is left to handle for them. */
export interface Rights {
  readonly judges: boolean;
  readonly tags: boolean;
}

export interface Item {
  readonly post: PostValue;
  readonly contribution: ContributionValue;
}

const MARKS = /[?？؟]/;

const marked = new WeakMap<PostValue, boolean>();

/** Whether something is asked: by its marks, or because somebody tagged it as a question. */
export function isQuestion({ post, contribution }: Item, questionTags: ReadonlySet<string>): boolean {
  let asks = marked.get(post);
  if (asks === undefined) {
    asks = MARKS.test(post.text.replace(/https?:\/\/\S+/g, ""));
    marked.set(post, asks);
  }
  return asks || !!contribution.tags?.some((tag) => questionTags.has(tag));
}

/** Whether it waits for a person to decide if it is shown. */
export function isWaiting({ post }: Item): boolean {
  return post.state === "held" || post.state === "received";
}

/** Whether there is something left to do about it for somebody with these rights. */
export function isUnhandled(item: Item, rights: Rights): boolean {
  if (isWaiting(item)) return rights.judges;
  const { noted, tags, relay } = item.contribution;
  return rights.tags && item.post.state === "approved" && !noted && relay === null && !tags?.length;
}

/** Whether an item is among what is looked for. */
export function matches(item: Item, criteria: Criteria, rights: Rights, questionTags: ReadonlySet<string>): boolean {
  const { show, network, lang, words } = criteria;
  if (network !== null && !networksOf(item.post).includes(network)) return false;
  if (lang !== null && languageOf(item.post) !== lang) return false;
  if (show === "unhandled" && !isUnhandled(item, rights)) return false;
  if (show === "waiting" && !isWaiting(item)) return false;
  if (show === "questions" && !isQuestion(item, questionTags)) return false;
  return !words || contains(item.post, words);
}

/** The language of a post without its region; "" if nobody said it. */
export function languageOf(post: PostValue): string {
  return post.lang?.toLowerCase().split("-", 1)[0] ?? "";
}

const searched = new WeakMap<PostValue, string>();

/** Make a post ready to be searched in: better when it arrives than all at once at the first letter. */
export function searchable(post: PostValue): string {
  let text = searched.get(post);
  if (text === undefined) {
    text = plain(`${post.text}\n${post.author.name}\n@${post.author.handle}`);
    searched.set(post, text);
  }
  return text;
}

let sought: { readonly words: string; readonly parts: readonly string[] } = { words: "", parts: [] };

/** Whether all words are somewhere in what was said or in who said it. */
function contains(post: PostValue, words: string): boolean {
  if (sought.words !== words) sought = { words, parts: plain(words).split(/\s+/) };
  const text = searchable(post);
  return sought.parts.every((part) => text.includes(part));
}

/** Without marks and capitals, so that "cafe" finds "Café". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
}

/**
 * A list that a person works through, oldest first. What arrives waits in `fresh` until it is taken;
 * what was handled or is gone stays where it was until something else is looked for.
 */
export class Listing {
  #ids: readonly string[] = [];
  #listed = new Set<string>();
  #fresh: readonly string[] = [];
  /** The post that the keys act on. */
  cursor: string | null = null;

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** What is looked for and not in the list yet, in order. */
  get fresh(): readonly string[] {
    return this.#fresh;
  }

  get index(): number {
    return this.cursor === null ? -1 : this.#ids.indexOf(this.cursor);
  }

  /** Start over with these, in order. The cursor stays if its post is among them. */
  fill(ids: readonly string[]): void {
    this.#ids = ids;
    this.#listed = new Set(ids);
    this.#fresh = [];
    if (this.cursor === null || !this.#listed.has(this.cursor)) this.cursor = ids[0] ?? null;
  }

  /** These are looked for now, in order: those that are not in the list wait. */
  offer(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.#listed.has(id));
    if (fresh.length !== this.#fresh.length || fresh.some((id, at) => id !== this.#fresh[at])) this.#fresh = fresh;
  }

  /** Take in what waits, each in its place by `order`. Returns the first of them. */
  take(order: (id: string) => number): string | null {
    const first = this.#fresh[0] ?? null;
    if (first === null) return null;
    this.#ids = merged(this.#ids, this.#fresh, order);
    for (const id of this.#fresh) this.#listed.add(id);
    this.#fresh = [];
    this.cursor ??= first;
    return first;
  }

  /** Move by so many places; it stops at the ends. */
  step(by: number): void {
    if (this.#ids.length === 0) return;
    const to = Math.min(Math.max((this.index < 0 ? 0 : this.index) + by, 0), this.#ids.length - 1);
    this.cursor = this.#ids[to] ?? null;
  }

  /** The next one after the cursor that `wanted` wants, then from the top; null if there is none. */
  seek(wanted: (id: string) => boolean): string | null {
    const at = this.index;
    const after = this.#ids.find((id, index) => index > at && wanted(id));
    return after ?? this.#ids.find((id, index) => index < at && wanted(id)) ?? null;
  }

  /** The next one below the cursor that `wanted` wants; null if there is none. */
  below(wanted: (id: string) => boolean): string | null {
    const at = this.index;
    return this.#ids.find((id, index) => index > at && wanted(id)) ?? null;
  }
}

/** Two lists in order, as one; those of the first that have no order any more keep their place. */
function merged(some: readonly string[], more: readonly string[], order: (id: string) => number): readonly string[] {
  const all: string[] = [];
  let next = 0;
  for (const id of some) {
    while (next < more.length && order(more[next] as string) < order(id)) all.push(more[next++] as string);
    all.push(id);
  }
  return [...all, ...more.slice(next)];
}
