/** The marks of the networks on which a post was posted, as one picture with one description. */
import type { VNode } from "preact";
import { networkNames, networksOf, type Posted } from "./networks";
import { useWords } from "./wall/context";

export function Marks({ post }: { post: Posted }): VNode {
  const label = networkNames(useWords(), post);
  const [only, ...more] = networksOf(post);
  if (more.length === 0) return <span class={`mark mark-${only}`} role="img" aria-label={label} />;
  return (
    <span class="marks" role="img" aria-label={label}>
      {[only, ...more].map((network) => <span key={network} class={`mark mark-${network}`} />)}
    </span>
  );
}
