/** The wall's entry: reads what the page says, connects, and draws. */
import { render } from "preact";
import { realBrowser, type Browser } from "../browser";
import { Connection } from "../socket";
import type { SceneValue } from "../wire";
import { tryOn } from "../wear";
import { wordsOf } from "../languages";
import { App } from "./app";
import { Beats } from "./beats";
import { Clock } from "./clock";
import { seatOf, wishedIn, type Wished } from "./look";
import { Kept, SILENT_MS, type Last } from "./offline";
import { Wall } from "./wall";
import { keepPage, keepParts } from "./worker";
import type { Held } from "../store";
import "./wall.css";
import "./card.css";
import "./banner.css";
import "./join.css";
import "./picture.css";
import "./layouts.css";
import "./sheets.css";
import "./paged.css";
import "./checks.css";
import "./concluding.css";
import "./beside.css";
import "./themes.css";

/** Posts held for when others leave; a wall shows far fewer. */
const KEEP = 500;
/** Screens of one hall do not all come back in the same moment. */
const RELOAD_SPREAD_MS = 2_000;
/** By then the files of a new look are there, and can be kept for when nothing is heard. */
const LOADED_MS = 5_000;
/** Where a screen goes whose pairing ended: the page that shows a new code. */
const PAIRING = "/screen";

async function start(root: HTMLElement): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const { event = "", build = "0", face = "wall", screen = "", address = "" } = root.dataset;
  const clock = new Clock();
  const wished = wishedIn(asked);
  const kept = new Kept(event, storage());
  const wall: Wall = new Wall({
    room: asked.get("room") ?? "",
    screen,
    asked: { scene: asked.get("scene") ?? undefined, step: asked.get("step") ?? undefined },
    time: () => clock.now(),
    onShown: (seq) => connection.painted(seq),
    onRemoved: () => screen && beats.soon(),
    onReload: () => setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS),
  });
  const connection: Connection = new Connection({
    event, face, build: Number(build), keep: KEEP, browser: timed(realBrowser(), clock), doubtAfter: SILENT_MS,
    onFold: (held) => {
      // Unpaired between two connections: whoever answers now takes this display for anybody's wall.
      if (screen && !held.all("screen").has(screen)) return location.replace(PAIRING);
      wall.fold(held);
      const last = lastOf(held, wall, wished, clock);
      if (last) kept.write(last);
    },
  });
  const beats = new Beats(connection, wall, Number(build));
  const words = await wordsOf(document.documentElement.lang);
  const last = (): Last | null => (isUnheard(connection, wall) ? kept.read() : null);
  connection.start(); // before anything is drawn: the first answer is on its way meanwhile
  render(
    <App wall={wall} connection={connection} words={words} wished={wished} address={address} last={last} card={asked.get("card") === "1"} />,
    root,
  );
  if (screen) beats.start();
  connection.stopped.subscribe((stop) => screen && stop === "sign_in" && location.replace(PAIRING));
  listenForPreview(wall, event);
  if (parent === window) {
    void keepPage();
    let look = "";
    wall.event.subscribe((now) => {
      const changed = now !== null && look !== "" && look !== `${now.look}`;
      if (now) look = `${now.look}`;
      if (changed) setTimeout(() => void keepParts(), LOADED_MS);
    });
  }
}

/** Whether posts may be out of date: nothing was heard for too long, or nothing at all could be fetched. */
function isUnheard(connection: Connection, wall: Wall): boolean {
  const never = wall.event.value === null && connection.phase.value === "reconnecting";
  return never || connection.silence() > SILENT_MS;
}

function lastOf(held: Held, wall: Wall, wished: Wished, clock: Clock): Omit<Last, "v"> | null {
  const { theme, join, alt, drift } = wall.scene.value;
  const event = wall.event.value;
  return event && {
    at: clock.now(),
    event,
    rooms: [...held.all("room").values()],
    sessions: [...held.all("session").values()].map((session) => ({ ...session, note: null, facilitators: null })),
    notices: wall.notices.value,
    look: { theme, join, alt, drift },
    seat: seatOf(wished, wall.screen.value),
  };
}

/** A browser whose answers also say what time it is. */
function timed(browser: Browser, clock: Clock): Browser {
  return {
    ...browser,
    fetch: async (url, options) => {
      const response = await browser.fetch(url, options);
      clock.heard(response.headers.get("date"));
      return response;
    },
  };
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null; // forbidden in this browser
  }
}

interface Preview {
  readonly type?: string;
  readonly scene?: SceneValue;
  /** Colours, as the address of a try has them. */
  readonly query?: string;
}

/** What editors show of what nobody saved yet: only from a page of our own that frames this one. */
function listenForPreview(wall: Wall, slug: string): void {
  addEventListener("message", ({ origin, source, data }: MessageEvent<Preview>) => {
    const isOurs = origin === location.origin && source === parent && parent !== window;
    if (isOurs && data.type === "scene" && data.scene) wall.preview(data.scene);
    if (isOurs && data.type === "look" && typeof data.query === "string") tryOn(slug, data.query);
  });
}

const root = document.getElementById("wall");
if (root) void start(root);
