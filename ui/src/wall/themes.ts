/**
 * Which themes are on a wall together. Pure; times are in milliseconds on a clock that never goes back.
 *
 * The largest come first. More than a wall holds take turns, and nobody's place changes while people read: where
 * each stands is settled at a turn, whatever is counted meanwhile.
 */
import type { PostValue, ThemeValue } from "../wire";

type All<T> = ReadonlyMap<string, T>;

/** A theme with those of its posts that this wall may show. */
export interface Group {
  readonly theme: ThemeValue;
  readonly posts: readonly PostValue[];
}

export class ThemeTurns {
  #on: readonly string[] = [];
  #until = -Infinity;
  /** When each was on, as a number of the turn. */
  readonly #last = new Map<string, number>();
  #turn = 0;

  /** The themes that are on, in their places; what is gone is gone at once. */
  on(themes: All<ThemeValue>): ThemeValue[] {
    return this.#on.flatMap((id) => themes.get(id) ?? []);
  }

  /** Move on if it is time, or if there is no room for all that are on. `held`: nothing comes. */
  tick(now: number, themes: All<ThemeValue>, room: number, time: (on: readonly ThemeValue[]) => number, held = false): void {
    const { length } = this.on(themes);
    if (held || (now < this.#until && length > 0 && length <= room)) return;
    this.#show(now, themes, Math.min(themes.size, room), time);
  }

  #show(now: number, themes: All<ThemeValue>, count: number, time: (on: readonly ThemeValue[]) => number): void {
    const turns = (one: ThemeValue): number => this.#last.get(one.id) ?? -1;
    const waiting = [...themes.values()].sort((a, b) => turns(a) - turns(b) || bySize(a, b));
    const next = waiting.slice(0, count).sort(bySize);
    this.#turn++;
    for (const { id } of next) this.#last.set(id, this.#turn);
    for (const id of this.#last.keys()) if (!themes.has(id)) this.#last.delete(id);
    this.#on = next.map(({ id }) => id);
    this.#until = now + time(next);
  }
}

/** The one with more points first; of two alike as the codebook has them. */
export function bySize(a: ThemeValue, b: ThemeValue): number {
  return b.points - a.points || a.position - b.position || (a.id < b.id ? -1 : 1);
}

/** How panels stand in rows and columns; the first one is so many columns wide that no place is empty. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly first: number;
}

/** How so many panels stand best in an area of this size, in rem. */
export function grid(count: number, width: number, height: number): Grid {
  const tries = Array.from({ length: Math.max(count, 1) }, (_, at): Grid => {
    const [columns, rows] = [at + 1, Math.ceil(count / (at + 1)) || 1];
    return { columns, rows, first: columns * rows - Math.max(count, 1) + 1 };
  });
  const cost = ({ columns, rows, first }: Grid): number => {
    const [wide, high] = [width / columns, height / rows];
    const tooSmall = (columns > 1 && wide < LEAST_WIDE ? 9 : 0) + (high < LEAST_HIGH ? 4 : 0);
    return Math.abs(Math.log(wide / high / SHAPE)) + (first - 1) * WIDE_FIRST + tooSmall;
  };
  return tries.reduce((best, one) => (cost(one) < cost(best) ? one : best));
}

/** How much larger than usual letters are in panels that have room for them. */
export function lettering({ columns, rows }: Grid, width: number, height: number): number {
  const area = (width / columns) * (height / rows);
  return Math.min(Math.max(Math.sqrt(area / (USUAL_WIDE * USUAL_HIGH)), 1), LARGEST);
}

/** Heights within a panel, in one unit: what is left for posts, who says one, a line of it, and what is between two. */
export interface Left {
  readonly room: number;
  readonly who: number;
  readonly line: number;
  readonly gap: number;
}

/** How many posts there is room for, and lines of each: one in more lines rather than two in one each. */
export function sharing({ room, who, line, gap }: Left): { readonly posts: number; readonly lines: number } {
  const lines = (posts: number): number => Math.floor(((room - gap * (posts - 1)) / posts - who) / line);
  const posts = lines(2) >= LEAST_LINES ? 2 : lines(1) >= 1 ? 1 : 0;
  return { posts, lines: posts === 0 ? 0 : Math.min(lines(posts), MOST_LINES) };
}

/** How many panels have room for their name and a post of some lines. */
export function roomFor(width: number, height: number): number {
  const columns = Math.max(Math.floor(width / LEAST_WIDE), 1);
  const rows = Math.max(Math.floor(height / LEAST_HIGH), 1);
  return Math.min(columns * rows, MOST);
}

/** A panel in rem, as wide and high as its words need, and the shape in which they stand best. */
const LEAST_WIDE = 31;
const LEAST_HIGH = 17;
const SHAPE = 1.5;
/** What it costs that the first panel is a column wider than the others. */
const WIDE_FIRST = 0.25;
/** More are a list, and no wall. */
const MOST = 8;
/** A panel of usual letters, in rem. */
const USUAL_WIDE = 44;
const USUAL_HIGH = 19;
const LARGEST = 1.9;
const LEAST_LINES = 2;
const MOST_LINES = 6;
