/** The wall: who meets here, what to post with, and what its scene shows. */
import type { VNode } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { useComputed, useSignalEffect } from "@preact/signals";
import type { Connection, Stop } from "../socket";
import { wear } from "../wear";
import type { EventValue } from "../wire";
import type { Words } from "../words";
import { later } from "../later";
import { Banner } from "./banner";
import { TimesContext, useTimes, useWords, WordsContext } from "./context";
import type { Layout } from "./display";
import { Careful, Show } from "./layouts";
import { dress, seatOf, type Wished } from "./look";
import type { Last } from "./offline";
import { PauseControl } from "./pause";
import { Announced, Flash, Hashtags, Offline } from "./sheets";
import { TestCard } from "./testcard";
import { Times } from "./times";
import type { Wall } from "./wall";

export interface Props {
  readonly wall: Wall;
  readonly connection: Connection;
  readonly words: Words;
  readonly wished: Wished;
  /** Where points are added, as people type it. */
  readonly address: string;
  /** What to show while nothing is heard; null while something is, or nothing was kept. */
  readonly last: () => Last | null;
  readonly card: boolean;
}

/** A quick ask takes the place of whatever is on; few walls ever have one. */
const AskSheet = later(async () => (await import("./asks")).AskSheet);

/** Layouts that say themselves what the banner would, or need all of the screen. */
const WITHOUT_BANNER: readonly Layout[] = ["question", "floor", "themes", "programme", "title", "notice"];

export function App(props: Props): VNode {
  const { wall, connection, words } = props;
  const now = wall.now.value; // every second: whether anything was heard is no signal
  const last = props.last();
  const zone = useComputed(() => wall.event.value?.zone ?? "UTC");
  const times = useComputed(() => new Times(words.lang, last?.event.zone ?? zone.value));
  const stop = connection.stopped.value;
  useDress(props, last);
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        {stop ? <Stopped why={stop} /> : last ? <Offline last={last} now={now} /> : <Running {...props} />}
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

function useDress({ wall, wished, card }: Props, last: Last | null): void {
  const set = (): void => {
    const isBlank = wall.hold.value === "blank" && !last;
    const seat = seatOf(wished, wall.screen.value) ?? last?.seat ?? null;
    const layout = card || (wall.card.value && !last) ? "blank" : isBlank ? "blank" : !last && wall.asks.on.value ? "ask" : last ? "programme" : layoutOf(wall);
    wear(wall.event.value ?? last?.event ?? null);
    dress(document.documentElement, last?.look ?? wall.scene.value, wished, seat, layout);
  };
  useLayoutEffect(set);
  useSignalEffect(set);
  useEffect(() => {
    addEventListener("resize", set);
    document.fonts.addEventListener("loadingdone", set);
    return () => {
      removeEventListener("resize", set);
      document.fonts.removeEventListener("loadingdone", set);
    };
  }, [set]);
  useEffect(followJoin, []);
}

/** Cards that nobody has posted yet are a layout of their own. */
function layoutOf(wall: Wall): Layout | "empty" {
  const { layout } = wall.playing.value.step;
  return wall.event.value && wall.empty.value && (layout === "columns" || layout === "stream") ? "empty" : layout;
}

/** Tell the style sheet how high the way to the join page is: what stands above it ends there. */
function followJoin(): (() => void) | undefined {
  const join = document.querySelector<HTMLElement>(".join");
  if (!join) return undefined;
  const set = (): void => document.documentElement.style.setProperty("--join-height", `${join.offsetHeight}px`);
  const sizes = new ResizeObserver(set);
  sizes.observe(join);
  return () => sizes.disconnect();
}

function Running(props: Props): VNode {
  const { wall, connection, wished, card } = props;
  const event = wall.event.value;
  const { layout } = wall.playing.value.step;
  const [screen, ask] = [wall.screen.value, wall.asks.on.value];
  useEffect(() => {
    if (event) document.title = event.name;
  }, [event]);
  const flash = wall.flashing.value && screen && <Flash number={screen.number} name={screen.name} />;
  if (card || wall.card.value) return <><TestCard wall={wall} seat={seatOf(wished, screen)} />{flash}</>;
  return (
    <>
      {wall.hold.value === "blank" ? <Blank name={event?.name ?? ""} /> : (
        <>
          <Head wall={wall} connection={connection} address={props.address} />
          <Announced notices={wall.notices.value} isPrivate={wall.talking.isPrivate.value} />
          {ask || WITHOUT_BANNER.includes(layout) ? <div class="banner" /> : <Banner wall={wall} />}
          <main class="posts" data-layout={ask ? "ask" : layout}>
            {ask ? <Careful key={ask.id} onFailed={() => wall.asks.failed(ask.id)}><AskSheet ask={ask} now={wall.now.value} event={event?.slug ?? ""} address={props.address} /></Careful>
              : <Careful key={`${wall.playing.value.index}.${layout}`} onFailed={() => wall.failed(layout)}><Show wall={wall} /></Careful>}
          </main>
        </>
      )}
      <PauseControl wall={wall} />
      {flash}
    </>
  );
}

/** Nothing but the ground; a screen reader is told why. */
function Blank({ name }: { name: string }): VNode {
  const words = useWords();
  return <main class="blank"><h1 class="unseen">{name}</h1><p class="unseen" role="status">{words.say("wall.blank")}</p></main>;
}

function Head({ wall, connection, address }: Pick<Props, "wall" | "connection" | "address">): VNode {
  const event = wall.event.value;
  const { layout, words } = wall.playing.value.step;
  const isSaid = layout === "title" && !words.trim();
  return (
    <header class="head">
      <span class="event-logo" aria-hidden="true" />
      <div class="head-event">
        <h1 class={isSaid ? "event-name unseen" : "event-name"}><bdi dir="auto">{event?.name}</bdi></h1>
        {event && !wall.empty.value && <Call event={event} />}
      </div>
      <Now wall={wall} connection={connection} address={address} />
    </header>
  );
}

/** "Post with #tag": the hashtags as large as their number allows. */
function Call({ event }: { event: EventValue }): VNode {
  const words = useWords();
  return <p class="call">{words.say("wall.post_with")} <Hashtags event={event} /></p>;
}

function Now({ wall, connection, address }: Pick<Props, "wall" | "connection" | "address">): VNode {
  const times = useTimes();
  const words = useWords();
  const clock = times.clock(wall.now.value);
  const shown = wall.count.value?.shown ?? 0;
  const skipped = wall.skipped.value;
  return (
    <div class="now">
      <p class="clock"><time>{clock}</time></p>
      <p class="tally">
        {skipped > 0 && (
          <span class="more">{address ? words.fill("wall.more_on", { count: skipped, address }) : words.say("wall.more", skipped)}</span>
        )}
        {shown > 0 && <span>{words.count("wall.posts", shown)}</span>}
        <Mark connection={connection} />
      </p>
    </div>
  );
}

/** A quiet dot while all is well, words when it is not. */
function Mark({ connection }: { connection: Connection }): VNode {
  const words = useWords();
  const phase = connection.phase.value;
  if (phase === "live" || phase === "stopped") {
    return <span class="dot" role="img" aria-label={words.say("connection.live")} />;
  }
  return (
    <span class={`trouble trouble-${phase}`} role="status">
      <span class="dot" /> {words.say(`connection.${phase}`)}
    </span>
  );
}

function Stopped({ why }: { why: Stop }): VNode {
  const words = useWords();
  return (
    <main class="posts">
      <div class="notice" role="alert">
        <h1 class="notice-lead">{words.say(`connection.${why}`)}</h1>
        <p class="notice-note">{words.say(`connection.${why}_note`)}</p>
      </div>
    </main>
  );
}
