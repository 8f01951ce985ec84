/** How steps of the desk that are not sent yet go together: what goes first, and what cancels out. Pure. */
import type { Rules } from "../outbox-order";
import type { Step } from "./steps";

/** Refusals that are kept to be told: after a cut there may be many at once. */
export const MOST_PROBLEMS = 200;
export const RULES: Rules<Step> = { removes, needs, merged };

/** Whether it takes a post, a person's posts or all posts off the walls. */
function removes(step: Step): boolean {
  if (step.do === "move") return step.move !== "approve";
  if (step.do !== "send") return false;
  const hold = (step.body as { hold?: unknown }).hold;
  return step.what === "leave-off" || (step.path === "/walls" && hold !== undefined && hold !== "live");
}

/** Steps that may change whether the same post is shown keep their order. */
function needs(later: Step, earlier: Step): boolean {
  const post = judged(later);
  return post !== null && post === judged(earlier);
}

function judged(step: Step): string | null {
  return step.do === "move" || step.do === "raise" || (step.do === "tag" && step.approves) ? step.post : null;
}

/** What was shown and taken off while nobody heard of it is never shown; what was toggled back is as it was. */
function merged(earlier: Step, later: Step): Step | null | undefined {
  if (earlier.do === "move" && later.do === "move" && earlier.move === "approve" && earlier.post === later.post) {
    if (later.move === "withdraw") return later;
    return later.move === "hide" ? { ...later, move: "reject" } : undefined;
  }
  return toggled(earlier) !== null && toggled(earlier) === toggled(later) && isOn(earlier) !== isOn(later) ? null : undefined;
}

/** What a step turns on or off, by name; null for every other step. */
function toggled(step: Step): string | null {
  if (step.do === "tag") return step.approves ? null : `tag ${step.post} ${step.tag}`;
  return step.do === "note" || step.do === "claim" ? `${step.do} ${step.post}` : null;
}

function isOn(step: Step): boolean {
  return "on" in step && step.on;
}

/** A step about a relay that was made here, with the id that the server gave it. */
export function named(step: Step, made: string, relay: string): Step {
  const ids = Object.entries(step).map(([name, value]) => [name, NAMES.has(name) && value === made ? relay : value]);
  return Object.fromEntries(ids) as Step;
}

const NAMES: ReadonlySet<string> = new Set(["relay", "before", "floor", "next"]);
