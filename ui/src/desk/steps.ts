/** What a person does at the desk, as plain data, and what is sent for it. Pure. */
import type { Request } from "../commands";

export type PostMove = "approve" | "reject" | "hide" | "reconsider" | "withdraw";
export type Closing = "discussed" | "answered" | "deferred" | "returned" | "dropped";

/** The version that a person looked at; or what comes after an own step that is not answered yet. */
export type Seen = { readonly version: number } | { readonly after: string };

export type Step =
  | { readonly do: "move"; readonly move: PostMove; readonly post: string; readonly reason?: string; readonly seen?: Seen }
  /** `approves`: the post waits, and whoever tags it may show it. `source`: the address that a check rests on. */
  | { readonly do: "tag"; readonly post: string; readonly tag: string; readonly on: boolean; readonly approves?: boolean; readonly source?: string }
  | { readonly do: "note"; readonly post: string; readonly on: boolean }
  | { readonly do: "raise"; readonly post: string; readonly session: string; readonly made: string }
  | { readonly do: "place"; readonly relay: string; readonly before: string | null; readonly seen?: Seen }
  | { readonly do: "ready" | "queue" | "take-up" | "reopen"; readonly relay: string; readonly seen?: Seen }
  | {
      readonly do: "close"; readonly relay: string; readonly state: Closing;
      readonly detail?: string; readonly outcome?: string; readonly seen?: Seen;
    }
  | {
      readonly do: "advance"; readonly session: string; readonly floor: string | null; readonly next: string | null;
      readonly state?: Closing; readonly outcome?: string;
    }
  | { readonly do: "begin" | "end"; readonly session: string; readonly seen?: Seen }
  | { readonly do: "note-session"; readonly session: string; readonly note: string; readonly seen?: Seen }
  | { readonly do: "prompt"; readonly session: string; readonly prompt: string | null; readonly seen?: Seen }
  | { readonly do: "join"; readonly post: string; readonly others: readonly string[]; readonly first?: boolean }
  | { readonly do: "split"; readonly post: string }
  | { readonly do: "belong"; readonly post: string; readonly session: string | null }
  | { readonly do: "claim"; readonly post: string; readonly on: boolean; readonly person: string }
  | Sent;

/**
 * A command over which nothing is painted: it is seen when the server did it. `what` names its words, `about` is
 * the id that it is about, `back` is the step that takes it back.
 */
export interface Sent {
  readonly do: "send";
  readonly what: string;
  readonly method?: "PATCH";
  readonly path: string;
  readonly body: object;
  readonly about: string;
  readonly back?: Step;
}

/** The subject whose version a step carries: type and id. None for those that carry none. */
export function versioned(step: Step): readonly [string, string] | null {
  switch (step.do) {
    case "move":
      return ["post", step.post];
    case "place": case "ready": case "queue": case "take-up": case "reopen": case "close":
      return ["relay", step.relay];
    case "begin": case "end": case "note-session": case "prompt":
      return ["session", step.session];
    default:
      return null;
  }
}

/** The ids that a step changes or may change: a later step on them has to wait for its answer. */
export function touches(step: Step): readonly string[] {
  switch (step.do) {
    case "move": case "tag": case "note": case "split": case "belong": case "claim":
      return [step.post];
    case "join":
      return [step.post, ...step.others];
    case "send":
      return [step.about];
    case "raise":
      return [step.post, step.made];
    case "advance":
      return [step.session, ...[step.floor, step.next].filter((id) => id !== null)];
    case "begin": case "end": case "note-session": case "prompt":
      return [step.session];
    default:
      return [step.relay];
  }
}

/** Whether a step may move other relays than those that it names. */
export function movesOthers(step: Step): boolean {
  return ["advance", "ready", "queue", "reopen", "place", "end", "join", "split"].includes(step.do);
}

/** Moves of the floor: a minute later the room may be elsewhere, so a late one is asked about. */
export function isFloorMove(step: Step): boolean {
  if (step.do === "close") return step.state === "discussed" || step.state === "answered";
  return ["advance", "take-up", "ready", "begin", "end", "prompt"].includes(step.do);
}

/** What is sent. `version` is of the subject that `versioned` names; `id` gives a relay's real id. */
export function requestOf(step: Step, version: number, id: (relay: string) => string): Request {
  const at = (kind: string, one: string, verb: string): string => `/${kind}/${encodeURIComponent(one)}/${verb}`;
  const real = (relay: string | null): string | null => (relay === null ? null : id(relay));
  switch (step.do) {
    case "send":
      return { ...(step.method && { method: step.method }), path: step.path, body: step.body };
    case "move":
      return { path: at("posts", step.post, step.move), body: { version, ...given({ reason: step.reason }) } };
    case "tag":
      return { path: at("posts", step.post, "tag"), body: { tag: step.tag, on: step.on, ...(step.on && given({ source: step.source })) } };
    case "note":
      return { path: at("posts", step.post, "note"), body: { on: step.on } };
    case "raise":
      return { path: at("posts", step.post, "raise"), body: { session: step.session } };
    case "join":
      return { path: at("posts", step.post, "join"), body: { others: step.others, first: step.first ?? false } };
    case "split":
      return { path: at("posts", step.post, "split"), body: {} };
    case "belong":
      return { path: at("posts", step.post, "place"), body: { session: step.session } };
    case "claim":
      return { path: at("posts", step.post, "claim"), body: { on: step.on } };
    case "place":
      return { path: at("relays", id(step.relay), "place"), body: { version, before: real(step.before) } };
    case "close": {
      const { state, detail, outcome } = step;
      return { path: at("relays", id(step.relay), "close"), body: { version, state, ...given({ detail, outcome }) } };
    }
    case "advance": {
      const { state, outcome } = step;
      const body = { floor: real(step.floor), next: real(step.next), ...given({ state, outcome }) };
      return { path: at("sessions", step.session, "advance"), body };
    }
    case "note-session":
      return { path: at("sessions", step.session, "note"), body: { version, note: step.note } };
    case "prompt":
      return { path: at("sessions", step.session, "prompt"), body: { version, prompt: step.prompt } };
    case "begin": case "end":
      return { path: at("sessions", step.session, step.do), body: { version } };
    default:
      return { path: at("relays", id(step.relay), step.do), body: { version } };
  }
}

/** Without what is not given: the server refuses fields of no value. */
function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((pair): pair is [string, string] => !!pair[1]));
}
