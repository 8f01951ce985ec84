/** Which posts are one card, and whose a card is: mine, nobody's yet, or another session's. Pure. */
import type { PlacementValue, PostValue, SessionValue } from "../wire";
import type { View } from "./pending";

/** Whose posts the list shows: those of my session with the tray, the tray alone, or all. */
export type Whose = "mine" | "tray" | "all";
export const WHOSE: readonly Whose[] = ["mine", "tray", "all"];

/** Where a post is: in my session, in the tray, or in somebody else's hands. */
export type Place = "own" | "tray" | "other";

/** For so long nobody else takes what somebody took from the tray: `CLAIM_SECONDS` of the server. */
export const CLAIM_MS = 600_000;

/** Why something waits for a person although no rule caught anything in it. */
const BY_MODE: ReadonlySet<string> = new Set(["awaits_approval", "first_post", "not_listed"]);

const waits = ({ state }: PostValue): boolean => state === "held" || state === "received";
const codes = ({ reasons }: PostValue): readonly string[] => (reasons ?? []).map(({ code }) => code);

/** Whether no rule caught anything in it, and nobody may not show it. */
export function isClean(post: PostValue): boolean {
  return post.bar === null && codes(post).every((code) => BY_MODE.has(code));
}

/**
 * Whether a post is shown in the card of the post that leads its point, and not on its own: both are shown, or
 * both wait and nothing was caught in it that was not caught in the other.
 */
export function isWithin(post: PostValue, lead: PostValue): boolean {
  if (post.state === "approved") return lead.state === "approved";
  if (!waits(post) || !waits(lead)) return false;
  const known = new Set(codes(lead));
  return codes(post).every((code) => known.has(code));
}

/** The post in whose card this one is shown: itself where it has a card of its own. */
export function cardOf(id: string, view: View): string {
  const [first] = view.contribution(id).posts;
  if (first === undefined || first === id) return id;
  const [post, lead] = [view.post(id), view.post(first)];
  return post && lead && isWithin(post, lead) ? first : id;
}

/** The other posts that are shown in the card of a post, in order. */
export function within(id: string, view: View): readonly PostValue[] {
  const { posts } = view.contribution(id);
  if (posts[0] !== id) return [];
  return posts.slice(1).map((one) => view.post(one)).filter((one) => one !== undefined && cardOf(one.id, view) === id) as PostValue[];
}

/** What a decision about a card is about: its post, and what waits within it. */
export function decided(id: string, view: View): readonly string[] {
  return [id, ...within(id, view).filter(waits).map((post) => post.id)];
}

/** Where a post is for a person who works for a session. What belongs to a session that is over is in the tray. */
export function placeOf(
  placement: PlacementValue | undefined, mine: string | null, person: string, sessions: ReadonlyMap<string, SessionValue>, now: number,
): Place {
  const session = placement?.session ?? null;
  if (session !== null) {
    if (session === mine) return "own";
    return sessions.get(session)?.state === "ended" ? "tray" : "other";
  }
  if (!placement?.claimed_by) return "tray";
  if (placement.claimed_by === person) return "own";
  return now - Date.parse(placement.claimed_at ?? "") < CLAIM_MS ? "other" : "tray";
}

/** Whether a card is among those that are looked for. */
export function isLookedFor(whose: Whose, place: Place): boolean {
  return whose === "all" || place === "tray" || (whose === "mine" && place === "own");
}
