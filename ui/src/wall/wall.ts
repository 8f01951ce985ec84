/** The wall's state as its components read it: what is held, what is shown, and the pace. */
import { batch, computed, signal } from "@preact/signals";
import { checkedNow } from "../checked";
import { inOrder } from "../floor";
import { listed } from "../resources";
import type { Held } from "../store";
import type {
  ConclusionValue, CountValue, EventValue, Hold, PostValue, RelayValue, ResourceValue, RoomValue, SceneValue, ScreenValue, SessionValue, ThemeValue,
} from "../wire";
import { AskTurn } from "./asks-turn";
import { Cards } from "./cards";
import type { Checked } from "./checks";
import { wordsOf } from "./content";
import { Director, type Playing, type Situation } from "./director";
import {
  admits, BUILT_IN, holdOf, isCardOn, letsOn, noticesOf, pinnedOf, sceneOf, skips, stepOf, type Asked as AskedFor, type Layout,
} from "./display";
import { answersTo, inRooms, marksOf, questionsIn, type InRoom, type Mark, type Question } from "./floor";
import { dwell, LONGEST_MS, reading } from "./legibility";
import { Line } from "./line";
import { Pages } from "./pages";
import { planOf, type Plan } from "./plan";
import { Talking } from "./talk";
import { ThemeTurns, type Group } from "./themes";
import { Turns } from "./turns";

/** At most one card enters in this time, so that a person can follow. */
export const PACE_MS = 700;
/** The count of posts that were skipped goes this long after the last of them. */
export const SKIPPED_MS = 60_000;
/** Nothing new for so long is quiet: earlier posts that were never shown come on, one in each `EARLIER_MS`. */
export const QUIET_MS = 20_000;
export const EARLIER_MS = 12_000;
/** For so long after a card came in, gaps below are left alone. */
const CALM_MS = 6_000;
/** A page of pictures has at most so many, and stays for so long. */
export const MOST_TILES = 9;
const TILES_MS = 18_000;
/** A page of a long post stays for so long at least. */
const LEAST_PAGE_MS = 5_000;
/** A page of themes stays for so long at least. */
const LEAST_THEMES_MS = 18_000;
/** How long a screen shows its number when it is asked to. */
export const FLASH_MS = 10_000;

/** What the stage knows about its own size, in CSS pixels. */
export interface Geometry {
  readonly columns: number;
  readonly columnWidth: number;
  readonly gap: number;
  readonly height: number;
}

/** What the page's address and the page itself say of this wall. */
export interface Options {
  /** The id or name of the one room that this wall is for; "" for all, or what its screen says. */
  readonly room?: string;
  /** The id of the screen that this page was paired as. */
  readonly screen?: string;
  readonly asked?: AskedFor;
  /** Told up to which journal seq the wall shows what there is to show. */
  readonly onShown: (seq: number) => void;
  /** Told when something left the wall, or may no longer be on it. */
  readonly onRemoved?: () => void;
  readonly onReload?: () => void;
  /** Milliseconds since 1970, as the server has it. */
  readonly time?: () => number;
}

const COLUMNS: Playing = { step: stepOf("columns"), index: 0 };

export class Wall {
  readonly event = signal<EventValue | null>(null);
  readonly count = signal<CountValue | null>(null);
  readonly paused = signal(false);
  readonly waiting = signal(0);
  readonly skipped = signal(0);
  readonly now = signal(Date.now());
  /** Goes up whenever a card came, went, changed or moved. */
  readonly version = signal(0);
  /** Whether nothing was posted yet; false until the first snapshot says so. */
  readonly empty = signal(false);
  /** The rooms in which something is discussed or asked now. */
  readonly rooms = signal<readonly InRoom[]>([]);
  readonly questions = signal<readonly Question[]>([]);
  /** The quick ask that is on these walls, in place of everything else. */
  readonly asks = new AskTurn();
  /** What the speakers of the session in this wall's room asked for. */
  readonly talking = new Talking();
  readonly resources = signal<readonly ResourceValue[]>([]);
  readonly scene = signal<SceneValue>(BUILT_IN);
  readonly screen = signal<ScreenValue | null>(null);
  readonly hold = signal<Hold>("live");
  readonly notices = signal<readonly string[]>([]);
  readonly plan = signal<readonly Plan[]>([]);
  readonly playing = signal<Playing>(COLUMNS);
  readonly flashing = signal(false);
  /** Whether this screen shows its test card: nothing comes on meanwhile. */
  readonly card = computed(() => isCardOn(this.screen.value, this.now.value));
  /** What the cards of posts that a room took up say, by post id. */
  marks: ReadonlyMap<string, Mark> = new Map();
  /** What was found about the claims of posts, by post id. */
  readonly checked = signal<Checked>(new Map());
  pinned: readonly string[] = [];
  readonly line = new Line();
  readonly cards = new Cards(() => this.geometry.gap, this.line, timeFor);
  /** What is said to the question of the moment. */
  readonly answers = new Cards(() => this.geometry.gap, new Line(), timeFor);
  readonly spotlight = new Turns(this.line, (posts) => Math.max(...posts.map(timeFor)));
  readonly pages = new Pages();
  readonly themes = new ThemeTurns();
  /** How many themes there is room for, as the layout measured. */
  themeRoom = 0;
  readonly pictures = new Turns(this.line, () => TILES_MS, MOST_TILES, hasPicture);
  /** Until the first cards are all in their places: they are there, and do not come in. */
  opening = true;
  geometry: Geometry = { columns: 1, columnWidth: 0, gap: 0, height: 0 };

  readonly #director = new Director();
  #seq = 0;
  #running = false;
  #enteredAt = -Infinity;
  #newsAt = -Infinity;
  #pacer: ReturnType<typeof setTimeout> | undefined;
  #forget: ReturnType<typeof setTimeout> | undefined;
  #sessions: ReadonlyMap<string, SessionValue> = new Map();
  #roomsHeld: ReadonlyMap<string, RoomValue> = new Map();
  #relays: ReadonlyMap<string, RelayValue> = new Map();
  #conclusions: ReadonlyMap<string, ConclusionValue> = new Map();
  #themesHeld: ReadonlyMap<string, ThemeValue> = new Map();
  /** Ids of the posts that themes were shown with: nothing else comes on a wall that is frozen. */
  #themed: ReadonlySet<string> = new Set();
  #previewed: SceneValue | null = null;

  constructor(private readonly options: Options) {
    setInterval(() => this.tick(), 1000);
  }

  /** Take the copy as it is now. */
  fold(held: Held): void {
    batch(() => {
      const before = this.line.posts;
      this.#seq = held.seq;
      this.now.value = this.options.time?.() ?? Date.now();
      this.#takeChannel(held);
      this.#takeDisplay(held);
      this.#takeRooms();
      this.asks.take(held, this.rooms.value, this.hold.value, this.#wanted());
      const posts = this.#admitted(held.all("post"));
      this.empty.value = held.all("post").size === 0;
      if ([...posts.keys()].some((id) => !before.has(id))) this.#newsAt = performance.now();
      this.cards.take(posts, this.pinned);
      this.answers.take(answersTo(this.questions.value, posts, held.all("relay"), held.all("answer")), this.pinned);
      this.#move();
      this.changed();
      if ([...before.keys()].some((id) => !posts.has(id))) this.options.onRemoved?.();
    });
  }

  #takeChannel(held: Held): void {
    this.screen.value = this.#ownScreen(held);
    [this.#sessions, this.#roomsHeld] = [held.all("session"), held.all("room")];
    [this.#relays, this.#conclusions] = [held.all("relay"), held.all("conclusion")];
    this.#themesHeld = held.all("theme");
    this.resources.value = listed(held.all("resource"));
    this.event.value = [...held.all("event").values()][0] ?? null;
    this.count.value = held.all("count").get("posts") ?? null;
    this.marks = marksOf(this.#relays);
    this.checked.value = checkedNow(this.checked.peek(), held.all("check"));
    this.plan.value = planOf(this.#roomsHeld, this.#sessions, this.now.value);
    const room = this.#roomId();
    this.#running = [...this.#sessions.values()].some((one) => one.state === "running" && (!room || one.room === room));
  }

  /** What the rooms discuss and are asked, but for what the scene leaves out. */
  #takeRooms(): void {
    const shown = [...this.#relays].filter(([, { post }]) => !skips(this.scene.value, post));
    const relays = new Map(shown.map(([id, relay]) => [id, this.talking.relay(relay)]));
    const channel = { rooms: this.#roomsHeld, sessions: this.#sessions, relays, conclusions: this.#conclusions };
    this.rooms.value = inRooms(channel, this.#wanted());
    this.questions.value = questionsIn(channel, this.#wanted());
  }

  #takeDisplay(held: Held): void {
    const controls = held.all("control");
    const room = this.#roomId();
    const scenes = held.all("scene");
    this.scene.value = this.#previewed ?? sceneOf({ scenes, screen: this.screen.value }, this.options.asked);
    this.talking.take(held, room);
    this.hold.value = this.talking.hold(holdOf(controls, room));
    this.notices.value = noticesOf(controls, room);
    this.pinned = pinnedOf(held.all("pin"));
    for (const line of [this.line, this.answers.line]) {
      line.policy = this.scene.value.policy;
      line.gate = letsOn(this.hold.value, new Set(this.pinned));
    }
  }

  #admitted(posts: ReadonlyMap<string, PostValue>): ReadonlyMap<string, PostValue> {
    const may = admits(this.scene.value, new Set(this.pinned));
    const shown = this.talking.shown([...posts.values()].filter(may), this.pinned);
    return new Map(shown.map((post) => [post.id, post]));
  }

  #ownScreen(held: Held): ScreenValue | null {
    const before = this.screen.value;
    const screen = held.all("screen").get(this.options.screen ?? "") ?? null;
    if (screen && before && screen.flash > before.flash) this.#flash();
    if (screen && before && screen.reload > before.reload) this.options.onReload?.();
    return screen;
  }

  #flash(): void {
    this.flashing.value = true;
    setTimeout(() => (this.flashing.value = false), FLASH_MS);
  }

  /** The id or name of the one room that this wall is for. */
  #wanted(): string {
    return this.options.room || this.screen.value?.room || "";
  }

  #roomId(): string | null {
    const wanted = this.#wanted();
    const plain = (name: string): string => name.trim().toLowerCase();
    return inOrder(this.#roomsHeld).find(({ id, name }) => id === wanted || plain(name) === plain(wanted))?.id ?? null;
  }

  /** Show this scene, whatever the server says: the editor's preview of what nobody saved yet. */
  preview(scene: SceneValue): void {
    this.#previewed = this.scene.value = scene;
    this.line.policy = scene.policy;
    this.#takeRooms();
    this.tick();
  }

  /** A second went by. */
  tick(): void {
    batch(() => {
      this.now.value = this.options.time?.() ?? Date.now();
      this.plan.value = planOf(this.#roomsHeld, this.#sessions, this.now.value);
      this.#move();
      this.changed();
    });
  }

  /** A layout could not be drawn: the show goes on without it. */
  failed(layout: string): void {
    this.#director.failed(layout);
    this.tick();
  }

  /** Something about the cards is new: show it, and say what is shown. */
  changed(): void {
    this.waiting.value = this.line.waiting;
    this.#noteSkipped(this.line.skipped);
    this.version.value++;
    this.options.onShown(this.card.value ? this.#seq : this.line.shownUpTo(this.#seq));
  }

  /** Cards were measured: one for which there was no room goes back, and what of the others is seen was shown. */
  settled(cards: Cards): void {
    const { height } = this.geometry;
    if (!cards.confirm(performance.now(), height)) this.changed();
    for (const id of cards.settled(height)) cards.line.on(id);
  }

  /** Whether nothing came lately: older posts may fill what is left of the columns. */
  isCalm(): boolean {
    return this.line.waiting === 0 && performance.now() - this.#enteredAt > CALM_MS;
  }

  pause(paused: boolean): void {
    this.paused.value = paused;
    this.tick();
  }

  /** Go to the step that is due, and let the layout that is on move on. */
  #move(): void {
    const now = performance.now();
    if (this.paused.value || this.card.value) return;
    const playing = this.#director.at(now, this.scene.value, this.#situation(now));
    if (playing.step !== this.playing.value.step) this.playing.value = playing;
    const { layout } = playing.step;
    const isFrozen = this.hold.value === "frozen" || this.hold.value === "blank";
    if (layout === "columns" || layout === "stream") this.#enter(this.cards);
    else if (layout === "question") this.#enter(this.answers);
    else if (layout === "spotlight") this.#turnSpotlight(now, isFrozen);
    else if (layout === "mosaic") this.pictures.tick(now, this.pinned, isFrozen);
    else if (layout === "themes") this.#turnThemes(now, isFrozen);
  }

  #turnThemes(now: number, isFrozen: boolean): void {
    this.themes.tick(now, this.#themesHeld, this.themeRoom, themesTime, isFrozen);
    if (!isFrozen) this.#themed = new Set(this.themes.on(this.#themesHeld).flatMap(({ posts }) => posts.map(({ id }) => id)));
  }

  /** The themes that are on, each with those of its posts that this wall may show. */
  groups(): Group[] {
    const pinned = new Set(this.pinned);
    const may = admits(this.scene.value, pinned);
    const isChosen = this.hold.value === "curated" ? letsOn("curated", pinned) : () => true;
    const isOn = (post: PostValue): boolean => this.#themed.has(post.id) && may(post) && isChosen(post);
    return this.themes.on(this.#themesHeld).map((theme) => ({ theme, posts: this.talking.shown(theme.posts.filter(isOn), this.pinned) }));
  }

  /** What is in the spotlight has so many pages now: each gets its share of the time that it takes to read. */
  paged(post: PostValue, pages: number): void {
    const each = Math.min(Math.max(reading(post.text) / pages, LEAST_PAGE_MS), LONGEST_MS);
    if (this.pages.take(versionOf(post), pages, each, performance.now())) queueMicrotask(() => this.changed());
  }

  #turnSpotlight(now: number, isFrozen: boolean): void {
    this.pages.tick(now);
    this.spotlight.stays(this.#readUntil());
    const turned = this.spotlight.tick(now, this.pinned, isFrozen);
    const [post] = this.spotlight.on();
    if (post && !turned) this.pages.again(versionOf(post), now);
  }

  #readUntil(): number {
    const [post] = this.spotlight.on();
    return post ? this.pages.until(versionOf(post)) : -Infinity;
  }

  #situation(now: number): Situation {
    const isQuiet = this.line.waiting === 0 && now - Math.max(this.#newsAt, this.#enteredAt) > QUIET_MS;
    return {
      hold: this.hold.value,
      waiting: this.line.waiting,
      running: this.#running,
      onFloor: this.rooms.value.some(({ relay }) => relay !== null),
      lull: isQuiet && this.line.posts.size > 0 && !this.line.earlier(),
      reading: this.playing.value.step.layout === "spotlight" && this.#readUntil() > now,
      has: (layout, step) => this.#has(layout, step.words),
    };
  }

  #has(layout: Layout, words: string): boolean {
    const { posts } = this.line;
    const isOn = this.hold.value !== "frozen" || this.cards.shown().length > 0;
    if (layout === "columns") return isOn || posts.size === 0;
    if (layout === "stream" || layout === "spotlight") return isOn && posts.size > 0;
    if (layout === "mosaic") return isOn && [...posts.values()].some(hasPicture);
    if (layout === "question") return this.questions.value.length > 0 || this.rooms.value.some(({ concluded }) => concluded.length > 0);
    if (layout === "floor") return this.rooms.value.some(({ relay }) => relay !== null);
    if (layout === "themes") return this.hold.value === "frozen" ? this.groups().length > 0 : this.#themesHeld.size > 0;
    if (layout === "programme") return this.plan.value.length > 0;
    if (layout === "resources") return this.resources.value.length > 0;
    return layout === "title" || words.trim() !== "";
  }

  /** Let a card enter if it is time, and see to it that the next one does. */
  #enter(cards: Cards): void {
    const now = performance.now();
    const next = this.#next(cards.line, now);
    if (!next) return;
    const rest = this.#enteredAt + PACE_MS - now;
    if (rest <= 0) {
      cards.trim(this.geometry.height);
      if (cards.enter(now, this.geometry.height, next)) this.#enteredAt = now;
    }
    clearTimeout(this.#pacer);
    this.#pacer = setTimeout(() => (this.#move(), this.changed()), rest > 0 ? rest : PACE_MS);
  }

  /** What waits; in quiet minutes what was never shown. */
  #next(line: Line, now: number): PostValue | undefined {
    if (line.waiting > 0) return line.next();
    const isQuiet = now - this.#newsAt > QUIET_MS && now - this.#enteredAt > EARLIER_MS;
    return isQuiet ? line.earlier() : undefined;
  }

  #noteSkipped(skipped: number): void {
    if (skipped > this.skipped.value) {
      clearTimeout(this.#forget);
      this.#forget = setTimeout(() => (this.line.forgetSkipped(), this.changed()), SKIPPED_MS);
    }
    this.skipped.value = skipped;
  }
}

/** A post as it is worded now. */
const versionOf = (post: PostValue): string => `${post.id}.${post.version}`;

/** How long a post is on at least. */
function timeFor(post: PostValue): number {
  return dwell(post.warning?.trim() || wordsOf(post), post.sensitive ? 0 : post.media.filter((one) => one.picture).length);
}

/** How long a page of themes is on at least. */
function themesTime(on: readonly ThemeValue[]): number {
  const said = on.map(({ name, posts }) => [name, ...posts.map(({ text }) => text.slice(0, 200))].join("\n")).join("\n");
  return Math.min(Math.max(reading(said), LEAST_THEMES_MS), LONGEST_MS);
}

/** Whether a post has a picture that may be seen. */
export function hasPicture(post: PostValue): boolean {
  return !post.sensitive && !post.warning?.trim() && post.media.some((one) => one.picture !== null);
}
