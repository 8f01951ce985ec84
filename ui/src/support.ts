/** How many think so too, as faces hold it. Pure. */
import type { SupportValue } from "./wire";

export type Counted = ReadonlyMap<string, SupportValue>;

/** Of all posts of a point together. Somebody who thinks so of two of them counts twice: nobody can know. */
export function supportOf(counted: Counted, post: string, others: readonly string[] = []): number {
  return [post, ...others].reduce((sum, id) => sum + (counted.get(id)?.people ?? 0), 0);
}

/** The counts now: the same map as before while none is another. */
export function countedNow(before: Counted, now: Counted): Counted {
  const same = before.size === now.size && [...now].every(([post, value]) => before.get(post) === value);
  return same ? before : new Map(now);
}
