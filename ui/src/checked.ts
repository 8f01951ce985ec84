/** Findings about posts as a face holds them. Pure. */
import type { CheckValue } from "./wire";

type Checked = ReadonlyMap<string, CheckValue>;

/** The findings now: the same map as before while none is another. */
export function checkedNow(before: Checked, now: Checked): Checked {
  const same = before.size === now.size && [...now].every(([post, value]) => before.get(post) === value);
  return same ? before : new Map(now);
}
