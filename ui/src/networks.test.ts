import { expect, test } from "vitest";
import { networkNames, networksOf } from "./networks";
import { Words } from "./words";

const also = (network: string) => ({ network, url: null, post: null, why: null });

test("a post is from its network and from every other one on which its author posted the same", () => {
  expect(networksOf({ network: "mastodon", also: [also("bluesky"), also("x"), also("bluesky")] })).toEqual(["mastodon", "bluesky", "x"]);
  expect(networksOf({ network: "mastodon" })).toEqual(["mastodon"]);
});

test("networks are named as one reads them in the language of the page", () => {
  const post = { network: "mastodon", also: [also("bluesky")] };
  expect(networkNames(new Words("en"), post)).toBe("Mastodon and Bluesky");
  expect(networkNames(new Words("fr"), post)).toBe("Mastodon et Bluesky");
  expect(networkNames(new Words("en"), { network: "mastodon", also: [also("bluesky"), also("unheard")] })).toBe("Mastodon, Bluesky, and unheard");
  expect(networkNames(new Words("en"), { network: "unheard", also: [] })).toBe("unheard");
});
