/** Where a post was posted: on its network, and wherever else its author posted the same. Pure. */
import type { PostValue } from "./wire";
import type { Words } from "./words";

export type Posted = Pick<PostValue, "network"> & Partial<Pick<PostValue, "also">>;

/** Its networks, its own first. A server of before says nothing of others. */
export function networksOf({ network, also = [] }: Posted): readonly string[] {
  return [...new Set([network, ...also.map((one) => one.network)])];
}

/** Their names as one reads them: "Mastodon and Bluesky". */
export function networkNames(words: Words, post: Posted): string {
  const names = networksOf(post).map((network) => {
    const key = `network.${network}`;
    return words.has(key) ? words.say(key) : network;
  });
  return names.length > 1 ? new Intl.ListFormat(words.lang).format(names) : names.join("");
}
