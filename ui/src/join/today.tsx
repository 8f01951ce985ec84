/** Today's programme, folded, because what runs is above it; and where a session can be followed. */
import type { VNode } from "preact";
import { useTimes, useWords } from "../wall/context";
import { tidyLine } from "../hygiene";
import type { Key } from "../words";
import type { SessionValue } from "../wire";
import type { Planned } from "./plan";

export function Today({ planned }: { planned: readonly Planned[] }): VNode | null {
  const words = useWords();
  if (planned.length === 0) return null;
  return (
    <details class="today">
      <summary><h2 id="today">{words.say("join.today")}</h2></summary>
      <ol class="plan">{planned.map((one) => <One key={one.session.id} one={one} />)}</ol>
    </details>
  );
}

function One({ one: { session, room, next } }: { one: Planned }): VNode {
  const [words, times] = [useWords(), useTimes()];
  return (
    <li class={`plan-${session.state}`}>
      <p class="quiet">
        <time dateTime={session.starts_at}>{times.clock(Date.parse(session.starts_at))}</time> · <bdi dir="auto">{tidyLine(room)}</bdi>
        {session.state === "running" && <> · <strong class="now">{words.say("join.today_now")}</strong></>}
        {session.state === "ended" && <> · {words.say("join.today_ended")}</>}
        {next && <> · <strong>{words.say("join.today_next")}</strong></>}
      </p>
      <p><bdi dir="auto">{tidyLine(session.title)}</bdi></p>
      <Follow session={session} />
    </li>
  );
}

/** Where a session can be followed, or heard again. */
export function Follow({ session }: { session: SessionValue }): VNode | null {
  const words = useWords();
  const over = session.state === "ended";
  const ways: readonly (readonly [Key, string])[] = over
    ? [["join.recording", session.recording]]
    : [["join.watch", session.stream], ["join.captions", session.captions]];
  const there = ways.filter(([, url]) => url !== "");
  if (there.length === 0) return null;
  return (
    <p class="follow">
      {there.map(([key, url]) => (
        <a key={key} href={url} target="_blank" rel="noopener noreferrer">{words.say(key)}<span class="unseen">: {tidyLine(session.title)}</span></a>
      ))}
    </p>
  );
}
