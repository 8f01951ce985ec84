/** Leaving an author off the walls, and putting one back; and what may not be shown whoever asks for it. */
import type { PostValue } from "../wire";
import type { Words } from "../words";
import { reasonOf, tell } from "./say";
import type { Step } from "./steps";

/** What `E` does: the author of a post leaves the walls for good, or comes back if they were left off. */
export function leaving(post: PostValue): Step {
  const [leave, back] = [of(post.id, "leave-off"), of(post.id, "put-back")];
  return post.bar === "left_off" ? { ...back, back: leave } : { ...leave, back };
}

function of(post: string, verb: "leave-off" | "put-back"): Extract<Step, { do: "send" }> {
  return { do: "send", what: verb, path: `/posts/${encodeURIComponent(post)}/${verb}`, body: {}, about: post };
}

/** Why nobody can show a post or bring it into a room; null for most. */
export function barred(words: Words, { bar }: PostValue): string | null {
  if (bar === null) return null;
  return tell(words, "desk.barred", { why: reasonOf(words, { code: bar, start: null, end: null, params: {} }) });
}
