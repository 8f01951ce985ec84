/** My session at the side: what is in the room stands first, what asks for an answer last, the rest is folded. */
import type { VNode } from "preact";
import { useTimes } from "../wall/context";
import { tidyLine } from "../hygiene";
import { conclusionsOf, messages } from "../sheet";
import type { SessionValue } from "../wire";
import { OffersIn, OffersOut } from "./beside-panel";
import { useParts, useTell } from "./parts";
import { proposal, roomOf, timer } from "./programme";
import { Do, Queue } from "./queue";
import { Concluded, Pace, Sent, Signals } from "./sheet-panel";

export function RoomPanel(): VNode {
  const { desk } = useParts();
  const say = useTell();
  const session = desk.mine.value;
  if (!session) {
    return (
      <aside class="room" aria-label={say("desk.room")}>
        <h2 class="room-title">{say("desk.session.none")}</h2>
        <p class="quiet">{say(desk.rooms.value.length > 0 ? "desk.session.none_rooms" : "desk.session.none_note")}</p>
        {desk.may("programme.change") && <p><a href={`/events/${encodeURIComponent(desk.options.event)}/programme`}>{say("desk.session.add")}</a></p>}
      </aside>
    );
  }
  return (
    <aside class="room" aria-label={say("desk.room")}>
      <About session={session} />
      <Queue />
      <Folded session={session} />
      <News session={session} />
      <Foot session={session} />
    </aside>
  );
}

function About({ session }: { session: SessionValue }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const running = session.state === "running" && session.begun_at !== null;
  const prompt = session.prompts.find(({ id }) => id === session.prompt);
  const proposed = proposal(session, desk.now.value);
  return (
    <header class="room-head">
      <p class="room-where">
        <bdi dir="auto">{roomOf(session, desk.rooms.value)}</bdi>
        <span class={`session-state session-${session.state}`}>{say(`desk.session.${session.state}`)}</span>
        {running && (
          <span class="timer" title={say("desk.session.elapsed")}>{timer(desk.now.value - Date.parse(session.begun_at ?? ""))}</span>
        )}
      </p>
      <h2 class="room-title"><bdi dir="auto">{tidyLine(session.title)}</bdi></h2>
      {prompt && (
        <p class="asked">
          <strong>{prompt.kind === "break" ? say("stage.break_on") : prompt.code || say("desk.prompt")}</strong>{" "}
          <bdi dir="auto">{tidyLine(prompt.text)}</bdi>
        </p>
      )}
      {proposed && <p><strong>{say(proposed === "begin" ? "stage.not_begun" : "stage.should_end")}</strong></p>}
      <Pace session={session} />
    </header>
  );
}

/** What the chair signalled and has not read yet, and what other rooms offer or gave back. It grows upwards, so
 * that nothing above it moves when something comes. */
function News({ session }: { session: SessionValue }): VNode {
  const { desk } = useParts();
  const last = messages(session.id, "chair", desk.sheet.messages.value).at(-1);
  const unread = last?.ok_at === null ? last : undefined;
  return (
    // A long message is scrolled to its end with the keyboard.
    <div class="news" aria-live="polite" tabIndex={unread ? 0 : undefined}>
      <Signals session={session} />
      {unread && <Sent last={unread} />}
      <OffersIn session={session} />
      <OffersOut session={session} state="returned" />
    </div>
  );
}

/** What was settled, under its names until somebody opens it. */
function Folded({ session }: { session: SessionValue }): VNode | null {
  const { desk } = useParts();
  const say = useTell();
  const last = messages(session.id, "chair", desk.sheet.messages.value).at(-1);
  const read = last?.ok_at ? last : undefined;
  const held = [
    desk.beside.handovers.value.get(session.id)?.words && say("desk.handover"),
    session.note && say("desk.note"),
    read && say("desk.message_short"),
    conclusionsOf(session.id, desk.sheet.conclusions.value).length > 0 && say("conclusion.title"),
    desk.beside.sentBy(session.id, desk.now.value).some(({ state }) => state === "offered") && say("desk.offer.sent"),
  ].filter(Boolean);
  if (held.length === 0) return null;
  return (
    <details class="folded">
      <summary>{held.join(" · ")}</summary>
      <Handover session={session} />
      <Note session={session} />
      {read && <Sent last={read} />}
      <Concluded session={session} />
      <OffersOut session={session} state="offered" />
    </details>
  );
}

function Handover({ session }: { session: SessionValue }): VNode | null {
  const { desk } = useParts();
  const [times, say] = [useTimes(), useTell()];
  const note = desk.beside.handovers.value.get(session.id);
  if (!note?.words) return null;
  return (
    <section class="handover">
      <h3>{say("desk.handover")}</h3>
      <p><bdi dir="auto">{note.words}</bdi> <span class="quiet"><bdi dir="auto">{tidyLine(note.name)}</bdi> · {times.clock(Date.parse(note.written_at))}</span></p>
    </section>
  );
}

function Note({ session }: { session: SessionValue }): VNode | null {
  const say = useTell();
  if (!session.note) return null;
  return (
    <section class="note">
      <h3>{say("desk.note")}</h3>
      <p><bdi dir="auto">{session.note}</bdi></p>
    </section>
  );
}

/** What can be done for the session, each by its key too. */
function Foot({ session }: { session: SessionValue }): VNode {
  const { desk, actions } = useParts();
  const say = useTell();
  return (
    <p class="room-do room-foot">
      <Do command="session">{say("desk.session.change")}</Do>
      {desk.may("session.run") && (
        <>
          <Do command="run">{say(session.state === "running" ? "desk.session.end" : "desk.session.begin")}</Do>
          <Do command="note">{say("desk.note_short")}</Do>
          <Do command="message">{say("desk.message_short")}</Do>
          <Do command="quick_ask">{say("desk.asks_short")}</Do>
          <Do command="conclude">{say("desk.conclude_short")}</Do>
        </>
      )}
      {desk.may("handover.write") && (
        <button type="button" class="do" onClick={() => actions.replies.handOver()}>{say("desk.handover")}</button>
      )}
    </p>
  );
}
