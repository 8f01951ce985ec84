/** Which post comes next while more come than a wall can show, and which are then passed over. Pure. */
import type { Policy, PostValue } from "../wire";

/** How often each author was shown on this wall, by `authorOf`. */
export type Turns = ReadonlyMap<string, number>;

const QUESTION = /[?？؟⁇⁈՞፧](?:\s|$|["'”’)»\]])/u;

/** Who said it: a name that is unique on its network. */
export function authorOf({ network, author }: PostValue): string {
  return `${network}/${author.handle || author.url || author.name}`;
}

/** Whether something is asked. Question marks inside of addresses do not count. */
export function isQuestion({ text }: Pick<PostValue, "text">): boolean {
  return QUESTION.test(text.replace(/https?:\/\/\S+/g, ""));
}

/** The posts that wait, in the order in which they come on; `waiting` has the oldest first. */
export function ranked(waiting: readonly PostValue[], policy: Policy, turns: Turns): PostValue[] {
  if (policy === "fair") return byTurn(waiting, turns);
  if (policy !== "questions") return [...waiting];
  return [...waiting.filter(isQuestion), ...waiting.filter((post) => !isQuestion(post))];
}

/** Those who were shown least first; each author's own posts in their order. */
function byTurn(waiting: readonly PostValue[], turns: Turns): PostValue[] {
  const taken = new Map(turns);
  const turn = (post: PostValue): number => {
    const author = authorOf(post);
    const count = taken.get(author) ?? 0;
    taken.set(author, count + 1);
    return count;
  };
  const counted = waiting.map((post) => ({ post, turn: turn(post) }));
  return counted.sort((a, b) => a.turn - b.turn || a.post.order - b.post.order).map(({ post }) => post);
}

/**
 * Of posts of which too many wait, the `keep` that still come on, oldest first: the newest ones; for "fair"
 * first one of each author, for "questions" first what asks.
 */
export function kept(waiting: readonly PostValue[], policy: Policy, turns: Turns, keep: number): PostValue[] {
  const newestFirst = [...waiting].reverse();
  const first = new Map<PostValue, number>(ranked(waiting, "newest", turns).map((post) => [post, 0]));
  if (policy === "fair") {
    const taken = new Map(turns);
    for (const post of newestFirst) {
      const author = authorOf(post);
      first.set(post, taken.get(author) ?? 0);
      taken.set(author, (taken.get(author) ?? 0) + 1);
    }
  } else if (policy === "questions") {
    for (const post of waiting) first.set(post, isQuestion(post) ? 0 : 1);
  }
  const rank = (post: PostValue): number => first.get(post) ?? 0;
  const best = newestFirst.sort((a, b) => rank(a) - rank(b) || b.order - a.order).slice(0, keep);
  return best.sort((a, b) => a.order - b.order);
}
