/** What goes on in the rooms, large: what is asked, what is discussed, and what comes next. */
import type { VNode } from "preact";
import { displayed, tidyLine } from "../hygiene";
import { labelOf } from "../sheet-words";
import { hasInk } from "../text";
import type { SessionValue } from "../wire";
import { Attachments, By, codes, Guard, Runs } from "./card";
import { Conclusions } from "./concluded";
import { Checks, checksOf } from "./checks";
import { hasAttached } from "./content";
import { useTimes, useWords } from "./context";
import type { InRoom, Question as Question_ } from "./floor";
import { Large } from "./large";
import type { Plan } from "./plan";
import { Small } from "./spotlight";
import { Stage } from "./stage";
import type { Wall } from "./wall";

const MOST_SOURCES = 4;
const MOST_ROOMS = 4;

/** The question of the moment, with what is said to it. */
export function Question({ wall }: { wall: Wall }): VNode {
  const asked = wall.questions.value;
  const concluding = wall.rooms.value.filter(({ concluded }) => concluded.length > 0);
  if (concluding.length > 0) return <Conclusions rooms={concluding.slice(0, 2)} />;
  return (
    <div class="question">
      <div class="question-asked" data-rooms={Math.min(asked.length, 3)}>
        {asked.slice(0, 3).map((one) => <Asked key={one.session.id} {...one} />)}
      </div>
      <div class="question-posts"><Stage wall={wall} cards={wall.answers} /></div>
    </div>
  );
}

function Asked(question: Question_): VNode {
  const words = useWords();
  const { room, text } = question;
  return (
    <section class="asked">
      <h2 class="floor-where">
        <span class="label">{labelOf(words, question)}</span> <bdi class="floor-room" dir="auto">{tidyLine(room.name)}</bdi>
      </h2>
      <Large of={text} most={5}>{tidyLine(text)}</Large>
    </section>
  );
}

/** What each room discusses now, with its sources; beside it what the session there is about. */
export function Discussed({ wall }: { wall: Wall }): VNode {
  void wall.version.value;
  const rooms = wall.rooms.value.filter(({ relay }) => relay !== null).slice(0, MOST_ROOMS);
  const [only] = rooms.length === 1 ? rooms : [];
  return (
    <div class="split">
      <div class="discussed" data-rooms={rooms.length}>{rooms.map((one) => <Point key={one.room.id} {...one} wall={wall} />)}</div>
      <aside class="rail">
        <div class="topics">{rooms.map((one) => <Topic key={one.room.id} {...one} wall={wall} />)}</div>
        {only && <Sources of={only} wall={wall} />}
      </aside>
    </div>
  );
}

/** What the session in a room is about, and what is asked there now. */
function Topic({ room, wall }: InRoom & { wall: Wall }): VNode | null {
  const words = useWords();
  const session = wall.plan.value.find((one) => one.room.id === room.id)?.now;
  if (!session) return null;
  const asked = wall.questions.value.find((one) => one.session.id === session.id);
  return (
    <section class="topic">
      <p class="topic-room"><bdi dir="auto">{tidyLine(room.name)}</bdi></p>
      <h2 class="topic-title"><bdi dir="auto">{tidyLine(session.title)}</bdi></h2>
      {asked && <p class="topic-asked">{labelOf(words, asked)}: <bdi dir="auto">{tidyLine(asked.text)}</bdi></p>}
    </section>
  );
}

/** What others said of the same point. */
function Sources({ of, wall }: { of: InRoom; wall: Wall }): VNode | null {
  const posts = (of.relay?.others ?? []).flatMap((id) => wall.line.posts.get(id) ?? []);
  if (posts.length === 0) return null;
  return (
    <ol class="sources" role="list">
      {posts.slice(0, MOST_SOURCES).map((one) => <li key={one.id} data-post={one.id}><Guard key={one.version}><Small post={one} wall={wall} /></Guard></li>)}
    </ol>
  );
}

function Point({ room, relay, wall }: InRoom & { wall: Wall }): VNode | null {
  const words = useWords();
  if (!relay) return null;
  const { post, others, wording } = relay;
  const event = wall.event.value?.slug ?? "";
  const covered = post.warning?.trim();
  const runs = displayed(covered || post.text.trimEnd(), covered ? [] : post.links, codes(post));
  return (
    <article class="point" data-post={post.id}>
      <h2 class="floor-where">
        <span class="label label-now">{words.say("wall.now")}</span> <bdi class="floor-room" dir="auto">{tidyLine(room.name)}</bdi>
      </h2>
      <Guard key={`${post.id}.${post.version}`}>
        <div class="point-said">
          {(covered || hasInk(post.text)) && (
            <Large of={`${post.id}.${post.version}`} lang={covered ? null : post.lang} most={6.5}>
              {covered && <span class="covered-label">{words.say("card.warning")}: </span>}
              <Runs runs={runs} post={post} event={event} />
            </Large>
          )}
          {!covered && hasAttached(post) && <div class="beside-large"><Attachments post={post} event={event} /></div>}
        </div>
        <div class="point-by"><By post={post} event={event} now={wall.now} /><Checks checks={checksOf(wall.checked.value, post.id)} inline /></div>
      </Guard>
      {wording && <p class="point-also"><span class="label">{words.say("stage.wording")}</span> <bdi dir="auto">{tidyLine(wording)}</bdi></p>}
      {others.length > 0 && <p class="point-also">{words.count("join.also", others.length)}</p>}
    </article>
  );
}

/** Now and next in each room. */
export function Programme({ plan }: { plan: readonly Plan[] }): VNode {
  const words = useWords();
  return (
    <section class="plan" aria-label={words.say("wall.programme")}>
      <ol class="plan-rooms" role="list" data-rooms={plan.length}>
        {plan.map((one) => <Room key={one.room.id} {...one} />)}
      </ol>
    </section>
  );
}

function Room({ room, now, next }: Plan): VNode {
  const words = useWords();
  return (
    <li class="plan-room">
      <h2 class="plan-name"><bdi dir="auto">{tidyLine(room.name)}</bdi></h2>
      {now && <Session session={now} label={words.say("wall.running")} isNow />}
      {next && <Session session={next} label={words.say("wall.upcoming")} />}
    </li>
  );
}

function Session({ session, label, isNow = false }: { session: SessionValue; label: string; isNow?: boolean }): VNode {
  const times = useTimes();
  const words = useWords();
  const at = Date.parse(isNow ? session.ends_at : session.starts_at);
  const time = times.clock(at);
  return (
    <div class={isNow ? "plan-session plan-now" : "plan-session"}>
      <p class="plan-when">
        <span class={isNow ? "label label-now" : "label"}>{label}</span>
        <time dateTime={new Date(at).toISOString()}>{isNow ? words.fill("wall.until", { time }) : time}</time>
      </p>
      <p class="plan-title"><bdi dir="auto">{tidyLine(session.title)}</bdi></p>
      {session.speakers.length > 0 && <p class="plan-who"><bdi dir="auto">{session.speakers.map(tidyLine).join(", ")}</bdi></p>}
      {session.slides_private && <p class="plan-private">{words.say("wall.slides_note")}</p>}
    </div>
  );
}
