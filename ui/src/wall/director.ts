/**
 * Which step of its scene a wall is on. Pure: whoever asks says what time it is and what goes on.
 *
 * A step whose condition does not hold, that has nothing to show or that threw is passed over, and the show
 * goes on. In quiet minutes the programme comes in between, so that no wall looks dead.
 */
import type { Hold, SceneValue, Step } from "../wire";
import { isLayout, stepOf, type Layout } from "./display";

/** A step that is left because too much waits stays for this long at least, in milliseconds. */
export const LEAST_MS = 5_000;
/** In a lull the programme is shown this often, and for so long. */
export const LULL_EVERY_MS = 120_000;
export const LULL_MS = 20_000;

/** What goes on around a wall. */
export interface Situation {
  readonly hold: Hold;
  /** How many posts wait to come on. */
  readonly waiting: number;
  /** Whether a session runs, and whether something is on the floor, in this wall's rooms. */
  readonly running: boolean;
  readonly onFloor: boolean;
  /** Whether nothing came for a while and all that could be shown was shown. */
  readonly lull: boolean;
  /** Whether what is on has pages of which not all had their time. */
  readonly reading: boolean;
  /** Whether a layout has something to show. */
  readonly has: (layout: Layout, step: Step) => boolean;
}

/** What is on: a step, and its place in the scene; -1 for one that no scene has. */
export interface Playing {
  readonly step: Step;
  readonly index: number;
}

const QUIET: readonly Layout[] = ["title", "floor", "programme"];
const TITLE: Playing = { step: stepOf("title"), index: -1 };
const COLUMNS: Playing = { step: stepOf("columns"), index: -1 };
const PROGRAMME: Playing = { step: stepOf("programme", "", LULL_MS / 1000), index: -1 };

export class Director {
  #scene: SceneValue | null = null;
  #playing: Playing | null = null;
  #since = 0;
  /** Where the scene goes on after a step that is none of its own. */
  #index = -1;
  #interludeAt = -Infinity;
  readonly #failed = new Set<string>();

  /** What is on at `now`, in milliseconds on a clock that never goes back. */
  at(now: number, scene: SceneValue, situation: Situation): Playing {
    this.#take(scene);
    const playing = this.#playing;
    if (!playing || !this.#stays(playing, now, situation)) this.#start(now, this.#next(now, situation));
    else if (this.#interlude(now, playing, situation)) this.#start(now, PROGRAMME);
    return this.#playing ?? TITLE;
  }

  /** A layout could not be drawn: it is passed over until the scene is another one. */
  failed(layout: string): void {
    this.#failed.add(layout);
    this.#playing = null;
  }

  /** A scene that was changed goes on where it was, if it still has that step. */
  #take(scene: SceneValue): void {
    const before = this.#scene;
    if (before === scene) return;
    this.#scene = scene;
    this.#failed.clear();
    const playing = this.#playing;
    const same = playing && JSON.stringify(scene.steps[playing.index]) === JSON.stringify(playing.step);
    if (before?.id === scene.id && same) return;
    this.#playing = null;
    this.#index = -1;
  }

  #start(now: number, playing: Playing): void {
    if (playing.index >= 0) this.#index = playing.index;
    if (playing === PROGRAMME) this.#interludeAt = now;
    this.#playing = playing;
    this.#since = now;
  }

  #stays({ step, index }: Playing, now: number, situation: Situation): boolean {
    if (now - this.#since >= step.seconds * 1000 && !situation.reading) return false;
    if (!this.#may(step, situation, now - this.#since)) return false;
    // What stands in for the scene makes way as soon as the scene can go on.
    return index >= 0 || this.#playing === PROGRAMME ? true : !this.#any(situation);
  }

  #any(situation: Situation): boolean {
    return this.#scene?.steps.some((step) => this.#may(step, situation)) ?? false;
  }

  /** The next step that may be on, counted from the last one: that one too, if there is no other. */
  #next(now: number, situation: Situation): Playing {
    const steps = this.#scene?.steps ?? [];
    for (let after = 1; after <= steps.length; after++) {
      const index = (this.#index + after) % steps.length;
      const step = steps[index];
      if (step && this.#may(step, situation)) return { step, index };
    }
    this.#interludeAt = now;
    return this.#may(COLUMNS.step, situation) ? COLUMNS : TITLE;
  }

  #may(step: Step, situation: Situation, shownFor = Infinity): boolean {
    const { layout } = step;
    if (!isLayout(layout) || this.#failed.has(layout)) return false;
    if (situation.hold === "quiet" && !QUIET.includes(layout)) return false;
    if (step.in_session && !situation.running) return false;
    if (step.on_floor && !situation.onFloor) return false;
    const crowded = step.fewer_than !== null && situation.waiting >= step.fewer_than;
    if (crowded && (shownFor === Infinity || shownFor >= LEAST_MS)) return false;
    return situation.has(layout, step);
  }

  /** Whether it is time to show the programme, because nothing else is new. */
  #interlude(now: number, playing: Playing, situation: Situation): boolean {
    const since = now - Math.max(this.#since, this.#interludeAt);
    const isPosts = playing.step.layout !== "programme" && playing.step.layout !== "title";
    return situation.lull && isPosts && since >= LULL_EVERY_MS && this.#may(PROGRAMME.step, situation);
  }
}
