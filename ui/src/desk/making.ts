/** Subjects for the tests of the desk. */
import type { ContributionValue, PlacementValue, PostValue, RelayValue, SessionValue } from "../wire";
import { BLANK, type Base } from "./pending";

export function aPost(id: string, more: Partial<PostValue> = {}): PostValue {
  return {
    id, order: Number(id.replace(/\D/g, "")) || 1, version: 1, network: "x", url: null,
    author: { handle: "ada", name: "Ada", url: null, avatar: null, bot: false },
    text: `Post ${id}`, lang: "en", created_at: "2026-01-01T10:00:00Z", edited: false, hashtags: [], links: [], media: [],
    emoji: [], warning: null, sensitive: false, poll: null, link_card: null, quote: null, bar: null, reposts: 0, by_hand: false, also: [], state: "approved", reasons: [], declared: null, ...more,
  };
}

export function aContribution(post: string, more: Partial<ContributionValue> = {}): ContributionValue {
  return { ...BLANK, id: `c-${post}`, posts: [post], version: 1, ...more };
}

export function aRelay(id: string, more: Partial<RelayValue> = {}): RelayValue {
  return {
    id, contribution: `c-${id}`, session: "s1", state: "queued", rank: 1, post: aPost(`p${id}`), others: [], voices: 1, wording: "", examples: [], detail: "", outcome: "",
    raised_at: "2026-01-01T10:00:00Z", floor_at: null, closed_at: null, version: 1, note: null, ...more,
  };
}

export function aSession(id: string, more: Partial<SessionValue> = {}): SessionValue {
  return {
    id, room: "r1", title: `Session ${id}`, method: "guided", speakers: [], starts_at: "2026-01-01T10:00:00Z",
    ends_at: "2026-01-01T12:00:00Z", prompts: [], prompt: null, prompt_at: null, hashtags: [], stream: "", captions: "", recording: "", delay_seconds: 0, walls: "on", slides_private: false, state: "running", begun_at: null, ended_at: null, version: 1,
    note: "", facilitators: [], ...more,
  };
}

export function aBase(
  { posts = [], relays = [], sessions = [], contributions = [], placements = [] }: {
    posts?: PostValue[]; relays?: RelayValue[]; sessions?: SessionValue[]; contributions?: ContributionValue[];
    placements?: PlacementValue[];
  },
): Base {
  const byId = <T extends { id: string }>(values: T[]): Map<string, T> => new Map(values.map((value) => [value.id, value]));
  return {
    posts: byId(posts), relays: byId(relays), sessions: byId(sessions), placements: byId(placements),
    contributions: new Map(contributions.flatMap((one) => one.posts.map((id) => [id, one]))),
  };
}
