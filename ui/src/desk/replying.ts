/** Who is owed a reply, as the server lists it; and what a person made of the drafts. Pure but for its signals. */
import { signal } from "@preact/signals";
import type { PostValue } from "../wire";
import type { Step } from "./steps";

export interface OwedAuthor {
  readonly post: string;
  readonly name: string;
  readonly handle: string;
  readonly network: string;
  readonly state: "owed" | "told" | "waived";
  readonly told_at: string | null;
  /** "" where a public reply can be posted, else the code of why it cannot. */
  readonly public: string;
  readonly sending: boolean;
  readonly url: string;
  /** The code of why a network would not have it. */
  readonly problem: string;
}

export interface Owed {
  readonly contribution: string;
  readonly session: string;
  readonly state: string;
  readonly closed_at: string | null;
  readonly outcome: string;
  readonly post: PostValue;
  readonly authors: readonly OwedAuthor[];
  readonly draft: string;
  readonly words: string;
  readonly link: string;
}

export interface OwedList {
  readonly owed: readonly Owed[];
  readonly feeds: readonly { readonly feed: string; readonly network: string; readonly replies: boolean }[];
  readonly may_switch: boolean;
}

/** Longest reply that the server takes, in code points. */
export const REPLY_LIMIT = 1_000;

export class Drafts {
  /** What was typed, by contribution. */
  readonly typed = signal<ReadonlyMap<string, string>>(new Map());
  /** Whether it is to be posted in public too, by contribution: nowhere unless a person said so. */
  readonly open = signal<ReadonlySet<string>>(new Set());
  /** What was sent or waived here and is still in the list. */
  readonly gone = signal<ReadonlySet<string>>(new Set());

  words(one: Owed): string {
    return this.typed.value.get(one.contribution) ?? (one.words || one.draft);
  }

  type(one: Owed, words: string): void {
    this.typed.value = new Map([...this.typed.value, [one.contribution, words]]);
  }

  togglePublic(one: Owed): void {
    const open = new Set(this.open.value);
    if (!open.delete(one.contribution) && publicNetworks(one).length > 0) open.add(one.contribution);
    this.open.value = open;
  }

  isPublic(one: Owed): boolean {
    return this.open.value.has(one.contribution) && publicNetworks(one).length > 0;
  }

  /** The step that sends a reply as it is written now. */
  send(one: Owed): Step {
    this.#leaves(one);
    const body = { words: this.words(one).trim(), public: this.isPublic(one) };
    return sent("reply", one.contribution, `/contributions/${one.contribution}/reply`, body);
  }

  /** The step that says that nobody needs one. */
  waive(one: Owed): Step {
    this.#leaves(one);
    return sent("waive", one.contribution, `/contributions/${one.contribution}/waive`, {});
  }

  /** The list was read anew: what is still in it was not sent after all, or somebody came to it. */
  settle(list: readonly Owed[], unsent: ReadonlySet<string>): void {
    const still = new Set(list.map(({ contribution }) => contribution));
    const gone = [...this.gone.value].filter((id) => still.has(id) && unsent.has(id));
    if (gone.length !== this.gone.value.size) this.gone.value = new Set(gone);
  }

  #leaves(one: Owed): void {
    this.gone.value = new Set([...this.gone.value, one.contribution]);
  }
}

/** Who of a point still has to be told. */
export function waiting(one: Owed): readonly OwedAuthor[] {
  return one.authors.filter(({ state }) => state === "owed");
}

/** Whether a person has something to do about it: a reply that is being posted needs nobody. */
export function isOpen(one: Owed): boolean {
  return waiting(one).some(({ sending }) => !sending);
}

/** The networks in which its authors can be answered in public, each once. */
export function publicNetworks(one: Owed): readonly string[] {
  return [...new Set(waiting(one).filter((author) => author.public === "" && !author.sending).map(({ network }) => network))];
}

/** The code of why nobody of those who wrote in a network can be answered there; "" where that is no question. */
export function whyNotPublic(one: Owed): string {
  const codes = waiting(one).map((author) => author.public).filter((code) => code !== "here");
  return publicNetworks(one).length > 0 ? "" : codes[0] ?? "";
}

/** Those of a session first, then by when the room took them up. */
export function inOrder(list: readonly Owed[], mine: string | null): readonly Owed[] {
  const place = (one: Owed): number => (one.session === mine ? 0 : 1);
  return [...list].sort((a, b) => place(a) - place(b) || ((a.closed_at ?? "") < (b.closed_at ?? "") ? -1 : 1));
}

/** How many code points a text has. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

function sent(what: string, about: string, path: string, body: object): Step {
  return { do: "send", what, path, body, about };
}
