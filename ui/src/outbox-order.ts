/** Which of the steps that nobody answered yet is sent next, and as what. Pure. */

/**
 * `waiting`: not answered yet; `answered`: the copy does not show it yet; `asked`: too old to send unasked;
 * `failed`: the server failed at it again and again.
 */
export type State = "waiting" | "answered" | "asked" | "failed";

/** Whether whoever did a step has to say what becomes of it: until then it is as if it were not done. */
export function isAside(state: State): boolean {
  return state === "asked" || state === "failed";
}

/** One thing that a person did. Plain data: it outlives a reload of the page. */
export interface Entry<S> {
  readonly cause: string;
  readonly step: S;
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was sent, if it was tried: it stays the same. */
  readonly request?: { readonly method?: "POST" | "PATCH"; readonly path: string; readonly body: object };
  readonly seq?: number;
}

export interface Rules<S> {
  /** Whether it takes something away from the walls: that is sent before all else. */
  readonly removes: (step: S) => boolean;
  /** Whether the earlier step has to be sent before the later one can be. */
  readonly needs: (later: S, earlier: S) => boolean;
  /** What two steps come to that nobody tried to send: another step, null for nothing, undefined for both. */
  readonly merged: (earlier: S, later: S) => S | null | undefined;
}

/** What is sent next, and the causes of those that need not be sent any more. */
export interface Next<S> {
  readonly entry: Entry<S> | undefined;
  readonly dropped: readonly string[];
}

/**
 * The next of the waiting entries: removals first, each after what it needs; then all others in their order.
 * A pair that comes to nothing is dropped, a pair that comes to one step is sent as that, under the later cause.
 */
export function nextOf<S>(entries: readonly Entry<S>[], rules: Rules<S>): Next<S> {
  const dropped: string[] = [];
  let waiting = entries.filter(({ state }) => state === "waiting");
  for (;;) {
    const wanted = waiting.find(({ step }) => rules.removes(step)) ?? waiting[0];
    if (!wanted) return { entry: undefined, dropped };
    const [first, second] = pairOf(waiting, wanted, rules);
    const both = second && !first.request && !second.request ? rules.merged(first.step, second.step) : undefined;
    if (!second || both === undefined) return { entry: first, dropped };
    dropped.push(first.cause);
    if (both === null) dropped.push(second.cause);
    const left = waiting.filter((entry) => !dropped.includes(entry.cause));
    if (both !== null) return { entry: { ...second, step: both }, dropped };
    waiting = left;
  }
}

/** What has to go out first for `wanted`; and the entry that it may come to one step with. */
function pairOf<S>(waiting: readonly Entry<S>[], wanted: Entry<S>, rules: Rules<S>): [Entry<S>, Entry<S> | undefined] {
  let first = wanted;
  let second: Entry<S> | undefined;
  for (let at = waiting.indexOf(wanted) - 1; at >= 0; at--) {
    const earlier = waiting[at] as Entry<S>;
    if (rules.needs(first.step, earlier.step)) [first, second] = [earlier, first];
  }
  second ??= waiting.slice(waiting.indexOf(first) + 1).find(({ step }) => rules.merged(first.step, step) === null);
  return [first, second];
}
