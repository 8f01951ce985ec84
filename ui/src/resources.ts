/** Recommended resources in the order in which faces show them. Pure. */
import type { ResourceValue } from "./wire";

/** Those to begin with first, then as they came. */
export function listed(resources: ReadonlyMap<string, ResourceValue>): ResourceValue[] {
  const rank = ({ highlighted }: ResourceValue): number => (highlighted ? 0 : 1);
  return [...resources.values()].sort(
    (a, b) => rank(a) - rank(b) || a.added_at.localeCompare(b.added_at) || a.id.localeCompare(b.id),
  );
}

/** The page of a list that is on at `at`, where each of `size` is on for `every`; both times in milliseconds. */
export function pageAt<T>(all: readonly T[], size: number, at: number, every: number): readonly T[] {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.floor(at / every) % pages;
  return all.slice(page * size, (page + 1) * size);
}
