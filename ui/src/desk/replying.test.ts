import { expect, test } from "vitest";
import { aPost } from "./making";
import { Drafts, inOrder, isOpen, lengthOf, publicNetworks, whyNotPublic, type Owed, type OwedAuthor } from "./replying";

function anAuthor(more: Partial<OwedAuthor> = {}): OwedAuthor {
  return { post: "p1", name: "Ada", handle: "ada", network: "mastodon", state: "owed", told_at: null, public: "", sending: false, url: "", problem: "", ...more };
}

function owed(id: string, more: Partial<Owed> = {}): Owed {
  return {
    contribution: id, session: "s1", state: "discussed", closed_at: "2026-01-01T10:00:00Z", outcome: "", post: aPost("p1"),
    authors: [anAuthor()], draft: "Your point was discussed.", words: "", link: "", ...more,
  };
}

test("a reply says what was typed, else what was sent before, else the draft", () => {
  const drafts = new Drafts();
  expect(drafts.words(owed("c1"))).toBe("Your point was discussed.");
  expect(drafts.words(owed("c1", { words: "Sent once." }))).toBe("Sent once.");
  drafts.type(owed("c1"), "  Mine. ");
  expect(drafts.send(owed("c1"))).toMatchObject({ path: "/contributions/c1/reply", body: { words: "Mine.", public: false } });
  expect(drafts.gone.value).toEqual(new Set(["c1"]));
});

test("nothing is public before a person says so, and never where it cannot be", () => {
  const drafts = new Drafts();
  const one = owed("c1");
  expect(drafts.isPublic(one)).toBe(false);
  drafts.togglePublic(one);
  expect(drafts.send(one)).toMatchObject({ body: { public: true } });
  const here = owed("c2", { authors: [anAuthor({ public: "here", network: "web" })] });
  drafts.togglePublic(here);
  expect([drafts.isPublic(here), publicNetworks(here), whyNotPublic(here)]).toEqual([false, [], ""]);
  const barred = owed("c1", { authors: [anAuthor({ public: "answered" })] });
  expect([drafts.isPublic(barred), whyNotPublic(barred)]).toEqual([false, "answered"]);
});

test("what is being posted needs nobody, and what was refused does", () => {
  expect(isOpen(owed("c1", { authors: [anAuthor({ sending: true })] }))).toBe(false);
  expect(isOpen(owed("c1", { authors: [anAuthor({ problem: "post_gone" })] }))).toBe(true);
  expect(isOpen(owed("c1", { authors: [anAuthor({ state: "told" })] }))).toBe(false);
});

test("one that the server still lists and nobody sends comes back into the list", () => {
  const drafts = new Drafts();
  drafts.send(owed("c1"));
  drafts.waive(owed("c2"));
  drafts.settle([owed("c1"), owed("c2")], new Set(["c2"]));
  expect(drafts.gone.value).toEqual(new Set(["c2"]));
});

test("those of my session come first, then by when the room took them up", () => {
  const list = [
    owed("c1", { session: "s2" }), owed("c2", { closed_at: "2026-01-01T11:00:00Z" }), owed("c3"), owed("c4", { session: "s2", closed_at: null }),
  ];
  expect(inOrder(list, "s1").map(({ contribution }) => contribution)).toEqual(["c3", "c2", "c4", "c1"]);
  expect(lengthOf("👩‍⚕️é")).toBe(5);
});
