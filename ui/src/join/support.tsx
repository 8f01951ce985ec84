/** "I think so too" below what somebody else said, and how many do. */
import type { VNode } from "preact";
import { useWords } from "../wall/context";
import type { Supports } from "./supports";

interface Props {
  readonly post: string;
  readonly supports: Supports;
  /** Nobody supports their own point. */
  readonly own: boolean;
}

export function Support({ post, supports, own }: Props): VNode | null {
  const words = useWords();
  const people = supports.counted.value.get(post)?.people ?? 0;
  const mine = supports.mine.value.has(post);
  if (own && people === 0) return null;
  return (
    <div class="support">
      {!own && (
        <button type="button" aria-pressed={mine} onClick={() => void supports.toggle(post)}>
          {mine && "✓ "}{words.say("join.support")}
        </button>
      )}
      {people > 0 && <span class="quiet">{words.count("join.support_count", people)}</span>}
      {supports.failed.value === post && <p class="wrong" role="alert">{words.say("join.support_wrong")}</p>}
    </div>
  );
}
