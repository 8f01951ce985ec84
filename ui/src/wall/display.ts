/** What a wall is told to show: its scene, what it is held to, notices and pins. Pure. */
import type { ControlValue, Hold, PinValue, PostValue, SceneValue, ScreenValue, Step } from "../wire";

type All<T> = ReadonlyMap<string, T>;

/** The control that holds for every wall. */
export const EVERYWHERE = "all";
/** The scene of every wall that was given none. */
export const DEFAULT = "default";
const STRENGTH: readonly Hold[] = ["live", "curated", "frozen", "quiet", "blank"];
export const LAYOUTS = [
  "columns", "stream", "spotlight", "mosaic", "question", "floor", "themes", "resources", "programme", "title", "notice",
] as const;
export type Layout = (typeof LAYOUTS)[number];

/** A step of one layout, for as long as there is no other. */
export function stepOf(layout: Layout, words = "", seconds = 3_600): Step {
  return { layout, seconds, fewer_than: null, in_session: false, on_floor: false, words };
}

/** The scene of an event in which nobody made one. */
export const BUILT_IN: SceneValue = {
  id: DEFAULT, name: "", theme: "dark", policy: "newest", warnings: "covered",
  alt: true, join: true, drift: true, steps: [stepOf("columns")], version: 0,
};

/** What the page's address asks for; it comes before what the server says. */
export interface Asked {
  /** A scene's id. */
  readonly scene?: string | undefined;
  /** One step of it, counted from 1, or the name of a layout. */
  readonly step?: string | undefined;
}

export interface Told {
  readonly scenes: All<SceneValue>;
  readonly screen: ScreenValue | null;
}

/** The scene that a wall plays. One that is gone, or of an id that nobody knows, is the default one. */
export function sceneOf({ scenes, screen }: Told, asked: Asked = {}): SceneValue {
  const given = scenes.get(asked.scene ?? screen?.scene ?? DEFAULT) ?? scenes.get(DEFAULT);
  // The server's own default has no name and is older than what this page knows.
  const scene = given && (given.id !== DEFAULT || given.name) && given.steps.length > 0 ? given : BUILT_IN;
  const { step } = asked;
  if (step === undefined) return scene;
  const only = isLayout(step) ? ofLayout(scene, step) : scene.steps[Number(step) - 1];
  if (!only) return scene;
  return { ...scene, steps: [{ ...only, fewer_than: null, in_session: false, on_floor: false }] };
}

function ofLayout(scene: SceneValue, layout: Layout): Step {
  return scene.steps.find((step) => step.layout === layout) ?? stepOf(layout);
}

export function isLayout(name: string): name is Layout {
  return (LAYOUTS as readonly string[]).includes(name);
}

/** Whether a screen was asked to show its test card, and still is to; `now` is milliseconds since 1970. */
export function isCardOn(screen: ScreenValue | null, now: number): boolean {
  return Date.parse(screen?.card_until ?? "") > now;
}

/** What the walls of a room are held to: the stronger of what is said of all and of this room. */
export function holdOf(controls: All<ControlValue>, room: string | null): Hold {
  const of = (id: string | null): number => STRENGTH.indexOf(controls.get(id ?? "")?.hold ?? "live");
  return STRENGTH[Math.max(of(EVERYWHERE), of(room), 0)] ?? "live";
}

/** Which of two holds counts. */
export function stronger(one: Hold, other: Hold): Hold {
  return STRENGTH.indexOf(one) >= STRENGTH.indexOf(other) ? one : other;
}

/** What is to be read on the walls of a room now: the notice to all, then that to this room. */
export function noticesOf(controls: All<ControlValue>, room: string | null): string[] {
  const found = [EVERYWHERE, room ?? ""].map((id) => controls.get(id)?.notice.trim() ?? "");
  return [...new Set(found.filter(Boolean))];
}

/** The ids of pinned posts, in the order in which they were pinned. */
export function pinnedOf(pins: All<PinValue>): string[] {
  return [...pins.values()].sort((a, b) => a.order - b.order).map((pin) => pin.id);
}

/** Whether a scene shows this post at all. */
export function admits(scene: SceneValue, pinned: ReadonlySet<string>): (post: PostValue) => boolean {
  return (post) => !skips(scene, post) && (scene.policy !== "curated" || chosen(post, pinned));
}

/** Whether a scene leaves out this post for its content warning, whoever chose it. */
export function skips(scene: SceneValue, post: PostValue): boolean {
  return scene.warnings === "skipped" && (Boolean(post.warning?.trim()) || post.sensitive);
}

/** Whether a post may come on now. */
export function letsOn(hold: Hold, pinned: ReadonlySet<string>): (post: PostValue) => boolean {
  if (hold === "live") return () => true;
  return hold === "curated" ? (post) => chosen(post, pinned) : () => false;
}

/** Whether a person chose it. */
function chosen(post: PostValue, pinned: ReadonlySet<string>): boolean {
  return post.by_hand || pinned.has(post.id);
}
