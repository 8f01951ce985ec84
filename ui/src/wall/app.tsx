/** The wall: who meets here, what to post with, and what was posted. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useComputed } from "@preact/signals";
import type { Connection, Stop } from "../socket";
import type { EventValue } from "../wire";
import type { Words } from "../words";
import { Banner } from "./banner";
import { TimesContext, useTimes, useWords, WordsContext } from "./context";
import { PauseControl } from "./pause";
import { Stage } from "./stage";
import { Times } from "./times";
import type { Wall } from "./wall";

interface Props {
  readonly wall: Wall;
  readonly connection: Connection;
  readonly words: Words;
}

export function App({ wall, connection, words }: Props): VNode {
  const zone = useComputed(() => wall.event.value?.zone ?? "UTC");
  const times = useComputed(() => new Times(words.lang, zone.value));
  const stop = connection.stopped.value;
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        {stop ? <Stopped why={stop} /> : <Running wall={wall} connection={connection} />}
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

function Running({ wall, connection }: Omit<Props, "words">): VNode {
  const event = wall.event.value;
  const empty = wall.empty.value;
  useEffect(() => {
    if (event) document.title = event.name;
  }, [event]);
  return (
    <>
      <header class="head">
        <div class="head-event">
          <h1 class="event-name"><bdi dir="auto">{event?.name}</bdi></h1>
          {event && !empty && <Call event={event} />}
        </div>
        <Now wall={wall} connection={connection} />
      </header>
      <Banner wall={wall} />
      <main class="posts">
        <Stage wall={wall} />
        {event && empty && <Empty event={event} />}
      </main>
      <PauseControl wall={wall} />
    </>
  );
}

/** "Post with #tag": the hashtags as large as their number allows. */
function Call({ event }: { event: EventValue }): VNode {
  const words = useWords();
  return <p class="call">{words.say("wall.post_with")} <Hashtags event={event} /></p>;
}

function Hashtags({ event }: { event: EventValue }): VNode {
  const words = useWords();
  const parts: ComponentChildren[] = event.hashtags.map((tag, index) => [
    index > 0 && <> {words.say("wall.or")} </>,
    <bdi class="hashtag" dir="auto">#{tag.replace(/^#/, "")}</bdi>,
  ]);
  return <>{parts}</>;
}

function Now({ wall, connection }: Omit<Props, "words">): VNode {
  const times = useTimes();
  const words = useWords();
  const clock = useComputed(() => times.clock(wall.now.value));
  const shown = wall.count.value?.shown ?? 0;
  return (
    <div class="now">
      <p class="clock"><time>{clock}</time></p>
      <p class="tally">
        {wall.skipped.value > 0 && <span class="more">{words.say("wall.more", wall.skipped.value)}</span>}
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

function Empty({ event }: { event: EventValue }): VNode {
  const words = useWords();
  return (
    <div class="notice">
      <p class="notice-lead">{words.say("wall.post_with")}</p>
      <p class="notice-tags"><Hashtags event={event} /></p>
      <p class="notice-lead">{words.say("wall.empty")}</p>
      <p class="notice-note">{words.say("wall.empty_note")}</p>
    </div>
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
