/** The chair view: what is in the room now, what is next, and how much time is left. */
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useComputed, useSignal } from "@preact/signals";
import { displayed } from "../hygiene";
import { later } from "../later";
import type { Connection, Stop } from "../socket";
import { codes, Guard } from "../wall/card";
import { TimesContext, useTimes, useWords, WordsContext } from "../wall/context";
import { Times } from "../wall/times";
import type { Prompt, RelayValue, SessionValue } from "../wire";
import type { Words } from "../words";
import { Floor, Quiet } from "./floor";
import { Concluded } from "./concluded";
import { Message, Signals } from "./messages";
import { OrdersContext, type Orders } from "./orders";
import { Quieting } from "./quieting";
import type { Stage } from "./stage";
import { otherTheme, showTheme } from "./theme";
import { Left, Pace, Proposal } from "./timing";
import type { View } from "./view";

/** What came of a quick ask, as the walls show it; few sessions have one. */
const Ask = later(async () => (await import("./asks")).Ask);

interface Props {
  readonly stage: Stage;
  readonly connection: Connection;
  readonly words: Words;
  readonly orders: Orders;
}

export function App({ stage, connection, words, orders }: Props): VNode | null {
  const times = useComputed(() => new Times(words.lang, stage.view.value?.event?.zone ?? "UTC"));
  const [view, stop] = [stage.view.value, connection.stopped.value];
  if (!view && !stop) return null;
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        <OrdersContext.Provider value={orders}>
          {stop || !view ? <Stopped why={stop ?? "gone"} /> : <Running stage={stage} view={view} connection={connection} />}
        </OrdersContext.Provider>
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

function Running({ stage, view, connection }: { stage: Stage; view: View; connection: Connection }): VNode {
  const words = useWords();
  const planned = view.session ?? view.upcoming;
  const title = view.session?.title ?? view.room?.name ?? view.event?.name ?? "";
  useEffect(() => {
    document.title = `${words.say("stage.title")}: ${title}`;
  }, [title]);
  return (
    <>
      <Head stage={stage} view={view} connection={connection} />
      {view.session && <Message stage={stage} session={view.session} />}
      {planned && <Proposal session={planned} now={stage.now.value} />}
      <main class="now">
        {view.prompt && <Asked prompt={view.prompt} />}
        <Guard key={view.floor?.version}><Middle stage={stage} view={view} /></Guard>
      </main>
      {view.staff && view.session && <Foot stage={stage} view={view} session={view.session} />}
      {view.session && <Signals stage={stage} session={view.session} />}
    </>
  );
}

/** The question that is asked, by its code; or that the online side is heard now. */
function Asked({ prompt }: { prompt: Prompt }): VNode {
  const words = useWords();
  const isBreak = prompt.kind === "break";
  return (
    <p class={isBreak ? "asked asked-break" : "asked"} tabIndex={0}>
      <span class="label">{isBreak ? words.say("stage.break_on") : prompt.code || words.say("stage.asked")}</span> <bdi dir="auto">{prompt.text}</bdi>
    </p>
  );
}

function Middle({ stage, view }: { stage: Stage; view: View }): VNode {
  const words = useWords();
  const times = useTimes();
  const { session, room, upcoming } = view;
  if (view.ask) return <Ask ask={view.ask} now={stage.now.value} />;
  if (session && !view.floor && view.concluded.length > 0) return <Concluded all={view.concluded} />;
  if (session?.state === "ended") return <Quiet said={words.say("stage.ended_note")} />;
  if (session) return <Floor stage={stage} view={view} />;
  if (!room) return <Quiet said={words.say("stage.gone")} note={words.say("stage.gone_note")} />;
  const then = upcoming && words.fill("stage.then", { time: times.clock(Date.parse(upcoming.starts_at)) });
  return (
    <Quiet said={words.say("stage.no_session")}>
      {upcoming && <p class="calm-note">{then} <bdi dir="auto">{upcoming.title}</bdi></p>}
    </Quiet>
  );
}

function Head({ stage, view, connection }: { stage: Stage; view: View; connection: Connection }): VNode {
  const words = useWords();
  const times = useTimes();
  const { session, room, event } = view;
  const method = `method.${session?.method ?? ""}`;
  return (
    <header class="head">
      <div class="what">
        <h1><bdi dir="auto">{session?.title ?? room?.name ?? event?.name}</bdi></h1>
        <p class="facts">
          {session && room && <bdi dir="auto">{room.name}</bdi>}
          {session && words.has(method) && <> · {words.say(method)}</>}
          {session?.speakers.map((name) => <> · <bdi dir="auto">{name}</bdi></>)}
        </p>
      </div>
      <Controls stage={stage} view={view} />
      <div class="time">
        <p class="clock"><Mark connection={connection} /><time>{times.clock(stage.now.value)}</time></p>
        {session && <Left session={session} now={stage.now.value} />}
        {session && <Pace session={session} now={stage.now.value} />}
      </div>
    </header>
  );
}

function Mark({ connection }: { connection: Connection }): VNode {
  const words = useWords();
  const phase = connection.phase.value;
  if (phase === "live" || phase === "stopped") {
    return <span class="dot" role="img" aria-label={words.say("connection.live")} />;
  }
  return <span class={`trouble trouble-${phase}`} role="status"><span class="dot" /> {words.say(`connection.${phase}`)}</span>;
}

function Foot({ stage, view, session }: { stage: Stage; view: View; session: SessionValue }): VNode {
  const words = useWords();
  return (
    <aside class="foot">
      <section class="next">
        <h2 class="label">
          {words.say("stage.next")}
          {view.queued > 0 && <span class="queued">{words.count("stage.queue", view.queued)}</span>}
        </h2>
        {view.next ? <Next relay={view.next} now={stage.now.value} /> : <p class="quiet">{words.say("stage.next_none")}</p>}
      </section>
      {session.note && (
        <section class="note" tabIndex={0}>
          <h2 class="label">{words.say("stage.note")}</h2>
          <p><bdi dir="auto">{session.note}</bdi></p>
        </section>
      )}
    </aside>
  );
}

function Next({ relay, now }: { relay: RelayValue; now: number }): VNode {
  const words = useWords();
  const waits = Math.floor((now - Date.parse(relay.raised_at)) / 60_000);
  const { post, wording } = relay;
  const said = wording || displayed(post.text.trimEnd(), post.links, codes(post)).map((run) => run.text).join("");
  const name = post.author.name.trim() || post.author.handle;
  return (
    <p class="next-said">
      <bdi dir="auto">{said}</bdi> {name && <span class="next-who">— <bdi dir="auto">{name}</bdi></span>}
      {waits > 0 && <span class="next-who"> · {words.count("stage.waits", waits)}</span>}
    </p>
  );
}

function Controls({ stage, view }: { stage: Stage; view: View }): VNode {
  const words = useWords();
  const paused = stage.paused.value;
  const other = useSignal(otherTheme());
  const colours = words.say(`stage.${other.value}`);
  useEffect(() => onSpace(() => stage.pause(!stage.paused.value)), [stage]);
  return (
    <div class="controls">
      <p role="status">{paused && words.say(stage.changed.value ? "stage.changed" : "wall.paused")}</p>
      <Quieting stage={stage} view={view} />
      <button
        type="button" class="theme" aria-label={colours} title={colours}
        onClick={() => (showTheme(other.value), (other.value = otherTheme()))}
      >
        <span class="half" />
      </button>
      <button type="button" onClick={() => stage.pause(!paused)}>
        {words.say(paused ? "wall.resume" : "wall.pause")} <kbd>{words.say("wall.key")}</kbd>
      </button>
    </div>
  );
}

function onSpace(run: () => void): () => void {
  const handle = (event: KeyboardEvent): void => {
    const onControl = event.target instanceof Element && event.target.closest("button, input, a, [tabindex='0']");
    if (event.key !== " " || event.repeat || onControl) return;
    event.preventDefault();
    run();
  };
  addEventListener("keydown", handle);
  return () => removeEventListener("keydown", handle);
}

function Stopped({ why }: { why: Stop }): VNode {
  const words = useWords();
  return (
    <main class="now">
      <div role="alert">
        <Quiet said={words.say(`connection.${why}`)} note={words.say(`connection.${why}_note`)} />
      </div>
    </main>
  );
}
