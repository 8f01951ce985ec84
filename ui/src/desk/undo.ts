/** Taking back one's own last steps, by steps that undo them: the journal forgets nothing. Pure. */
import type { PostValue, RelayValue } from "../wire";
import type { View } from "./pending";
import type { Step } from "./steps";

/** How many steps can be taken back. */
const MOST = 100;

/** One thing that a person did: the causes of its steps, and the steps that take it back. */
export interface Done {
  readonly causes: readonly string[];
  /** By cause, in the order of these: what was never sent needs none. */
  readonly inverse: readonly (readonly Step[])[];
  /** Which post it was about, to go back to it. */
  readonly post: string | null;
  /** The key of the words for it. */
  readonly what: string;
}

export class Undo {
  #done: Done[] = [];

  get size(): number {
    return this.#done.length;
  }

  did(done: Done): void {
    if (done.inverse.some((steps) => steps.length > 0)) this.#done = [...this.#done, done].slice(-MOST);
  }

  /** The last thing that was done; it is no longer on the stack. */
  take(): Done | undefined {
    return this.#done.pop();
  }

  /** The server refused this cause: it did not happen, so there is nothing to take back. */
  refused(cause: string): void {
    this.#done = this.#done.filter(({ causes }) => !causes.includes(cause));
  }
}

/** The steps that take a step back, seen from before it was done; none where nothing can. */
export function inverseOf(step: Step, before: View): readonly Step[] {
  switch (step.do) {
    case "move":
      return ofMove(step, before.post(step.post));
    case "tag":
      return ofTag(step);
    case "note":
      return [{ ...step, on: !step.on }];
    case "raise":
      return ofRaise(step, before.post(step.post));
    case "join":
      return [...step.others].reverse().map((post): Step => ({ do: "split", post }));
    case "split":
      return ofSplit(step.post, before);
    case "belong":
      return [{ ...step, session: before.placement(step.post)?.session ?? null }];
    case "claim":
      return [{ ...step, on: !step.on }];
    case "close":
      return [{ do: "reopen", relay: step.relay }];
    case "place":
      return ofPlace(step.relay, before);
    case "ready":
      return ofReady(step.relay, before);
    case "prompt":
      return [{ ...plain(step), prompt: before.session(step.session)?.prompt ?? null }];
    case "note-session":
      return [{ ...plain(step), note: before.session(step.session)?.note ?? "" }];
    case "advance":
      return ofAdvance(step, before);
    case "take-up":
      return [{ do: "queue", relay: step.relay }];
    case "end":
      return [{ do: "begin", session: step.session }];
    case "queue":
      return [{ do: "ready", relay: step.relay }];
    case "send":
      return step.back ? [step.back] : [];
    default:
      return [];
  }
}

function ofMove(step: Extract<Step, { do: "move" }>, post: PostValue | undefined): readonly Step[] {
  if (step.move === "withdraw" || !post) return [];
  // What was shown returns to its place on the walls; everything else waits for a person again.
  const back = post.state === "approved" ? "approve" : "reconsider";
  return [{ do: "move", move: back, post: step.post }];
}

/** A tag that approved what waited is taken back with that. */
function ofTag(step: Extract<Step, { do: "tag" }>): readonly Step[] {
  const { approves, ...rest } = step;
  const back: Step = { ...rest, on: !step.on };
  return step.on && approves ? [back, { do: "move", move: "reconsider", post: step.post }] : [back];
}

function ofRaise(step: Extract<Step, { do: "raise" }>, post: PostValue | undefined): readonly Step[] {
  const close: Step = { do: "close", relay: step.made, state: "dropped", detail: "withdrawn" };
  return post?.state === "held" ? [close, { do: "move", move: "reconsider", post: step.post }] : [close];
}

function ofSplit(post: string, before: View): readonly Step[] {
  const { posts } = before.contribution(post);
  const rest = posts.find((id) => id !== post);
  return rest === undefined ? [] : [{ do: "join", post: rest, others: [post], first: posts[0] === post }];
}

function ofPlace(relay: string, before: View): readonly Step[] {
  const queued = queuedWith(relay, before);
  const after = queued[queued.findIndex((one) => one.id === relay) + 1];
  return [{ do: "place", relay, before: after?.id ?? null }];
}

function ofReady(relay: string, before: View): readonly Step[] {
  const session = before.relay(relay)?.session;
  const former = session === undefined ? undefined : before.queue(session).find((one) => one.state === "next");
  if (former) return [{ do: "ready", relay: former.id }, ...ofPlace(relay, before)];
  return [{ do: "queue", relay }, ...ofPlace(relay, before)];
}

/** Reopening what was closed moves down again what moved up with it. */
function ofAdvance(step: Extract<Step, { do: "advance" }>, before: View): readonly Step[] {
  if (step.floor !== null) return [{ do: "reopen", relay: step.floor }];
  if (step.next !== null) return [{ do: "ready", relay: step.next }];
  const head = before.queue(step.session).find((one) => one.state === "queued");
  return head ? [{ do: "queue", relay: head.id }] : [];
}

function queuedWith(relay: string, view: View): readonly RelayValue[] {
  const session = view.relay(relay)?.session;
  return session === undefined ? [] : view.queue(session).filter((one) => one.state === "queued");
}

function plain<S extends Step>(step: S): Omit<S, "seen"> {
  const { seen: _, ...rest } = step as S & { seen?: unknown };
  return rest as Omit<S, "seen">;
}
