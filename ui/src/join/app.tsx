/** The participants' page, live: what is in the rooms, a new point, one's own points, the walls as a list. */
import type { VNode } from "preact";
import { useComputed } from "@preact/signals";
import type { Here } from "../floor";
import { current } from "../sheet";
import type { Connection } from "../socket";
import { Guard } from "../wall/card";
import { TimesContext, useWords, WordsContext } from "../wall/context";
import { Times } from "../wall/times";
import type { Words } from "../words";
import { HEARD } from "./feed";
import { Feedback, QuickAsks } from "./asks";
import { Form, type FormProps } from "./form";
import type { Join } from "./join";
import { Points } from "./points";
import { Resources } from "./resources";
import { CheckedContext, Found } from "./checked";
import { By, Heard, Said } from "./said";
import { Conclusions, Notes } from "./session";
import { Support } from "./support";
import { Follow, Today } from "./today";

interface Props extends Omit<FormProps, "running"> {
  readonly join: Join;
  readonly connection: Connection;
  readonly words: Words;
}

export function App({ join, connection, words, ...form }: Props): VNode {
  const times = useComputed(() => new Times(words.lang, join.event.value?.zone ?? "UTC"));
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        <CheckedContext.Provider value={join.checked}>
        <Trouble connection={connection} />
        <section class="here" aria-labelledby="here">
          <h2 id="here">{words.say("join.room_now")}</h2>
          <Rooms join={join} />
          <Today planned={join.today.value} />
        </section>
        <QuickAsks asks={join.asks} />
        <Feedback asks={join.asks} />
        <Conclusions sheet={join.sheet} />
        <div class="mine">
          <section class="add" aria-labelledby="add">
            <h2 id="add">{words.say("join.add")}</h2>
            <p class="guidance-link"><a href={`/events/${join.event.value?.slug ?? ""}/guidance`}>{words.say("guidance.link")}</a></p>
            <Form {...form} running={join.here.value.map(({ session }) => session)} />
          </section>
          <section class="yours" aria-labelledby="yours">
            <h2 id="yours">{words.say("join.yours")}</h2>
            <Points join={join} />
          </section>
        </div>
        <Resources join={join} />
        <Walls join={join} />
        </CheckedContext.Provider>
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

/** Words only when something is wrong for longer than a moment. */
function Trouble({ connection }: { connection: Connection }): VNode | null {
  const words = useWords();
  const phase = connection.phase.value;
  const stop = connection.stopped.value;
  if (stop) return <p class="trouble" role="alert">{words.say(`connection.${stop}`)}</p>;
  if (phase === "live" || phase === "stopped") return null;
  const said = phase === "reconnecting" ? "join.offline" : (`connection.${phase}` as const);
  return <p class="trouble" role="status">{words.say(said)}</p>;
}

function Rooms({ join }: { join: Join }): VNode {
  const words = useWords();
  const here = join.here.value;
  if (here.length === 0) return <p class="quiet">{words.say("join.room_none")}</p>;
  return <>{here.map((one) => <Guard key={one.room.id}><Room {...one} join={join} /></Guard>)}</>;
}

function Room({ room, session, floor, join }: Here & { join: Join }): VNode {
  const words = useWords();
  const prompt = current(session);
  const method = `method.${session.method}`;
  return (
    <article class="room" data-room={room.id}>
      <p class="room-name"><bdi dir="auto">{room.name}</bdi>{words.has(method) && <> · {words.say(method)}</>}</p>
      <h3><bdi dir="auto">{session.title}</bdi></h3>
      {session.slides_private && <p class="slides-private">{words.say("wall.slides_private")}</p>}
      {prompt && (
        <p class="asked"><span class="label">{prompt.kind === "break" ? words.say("stage.break_on") : prompt.code || words.say("join.asked")}</span> <bdi dir="auto">{prompt.text}</bdi></p>
      )}
      <Follow session={session} />
      <div aria-live="polite">
        {floor ? (
          <div class="floor" key={floor.id}>
            {floor.wording && <p class="worded"><span class="label">{words.say("stage.wording")}</span> <bdi dir="auto">{floor.wording}</bdi></p>}
            <Said post={floor.post} />
            <By post={floor.post} />
            <Found post={floor.post.id} />
            <Support post={floor.post.id} supports={join.supports} own={isOwn(join, floor.post.id)} />
            {floor.others.length > 0 && <p class="quiet">{words.count("join.also", floor.others.length)}</p>}
          </div>
        ) : <p class="quiet">{words.say("join.room_quiet")}</p>}
      </div>
      <Notes session={session.id} sheet={join.sheet} />
    </article>
  );
}

function Walls({ join }: { join: Join }): VNode {
  const words = useWords();
  const paused = join.paused.value;
  void join.version.value; // the list is no signal; its version is
  const { shown, fresh, heard } = join.feed;
  return (
    <section class="walls" aria-labelledby="walls">
      <div class="walls-head">
        <h2 id="walls">{words.say("join.walls")}</h2>
        {join.waiting.value > 0 && (
          <button class="go news" type="button" onClick={() => show(join)}>
            <span class="unseen">{words.say("join.show_new")}: </span>↑ {words.count("join.new", join.waiting.value)}
          </button>
        )}
        <button type="button" onClick={() => join.pause(!paused)}>{words.say(paused ? "join.resume" : "join.pause")}</button>
      </div>
      <p class="quiet" role="status">
        {paused ? words.say("join.paused") : join.came.value > HEARD && <span class="unseen">{words.count("join.new", join.came.value)}</span>}
      </p>
      <div class="unseen" role="log" aria-label={words.say("join.heard")}>
        {heard.map((post) => <Guard key={`${post.id}.${post.version}`}><Heard post={post} /></Guard>)}
      </div>
      {shown.length === 0 ? <p class="quiet">{words.say("join.walls_none")}</p> : (
      <div class="latest" role="feed" aria-labelledby="walls">
        {shown.map((post, index) => (
          <article
            class={fresh.has(post.id) ? "one fresh" : "one"} key={post.id} tabIndex={0}
            aria-posinset={index + 1} aria-setsize={shown.length}
          >
            <Guard key={post.version}><By post={post} /><Said post={post} /><Found post={post.id} /></Guard>
            <Support post={post.id} supports={join.supports} own={isOwn(join, post.id)} />
          </article>
        ))}
      </div>
      )}
    </section>
  );
}

function isOwn(join: Join, post: string): boolean {
  return join.points.value.some(({ id }) => id === post);
}

/** Let in what waits, and go to where it is. */
function show(join: Join): void {
  join.release();
  document.querySelector(".walls")?.scrollIntoView({ block: "start" });
}
