/** What sessions concluded, to be endorsed by one tap, and what was said in a room. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { endorsedBy } from "../sheet-words";
import { useTimes, useWords } from "../wall/context";
import type { ConclusionValue } from "../wire";
import type { Concluded as Concluded_, Sheet } from "./sheet";

export function Conclusions({ sheet }: { sheet: Sheet }): VNode | null {
  const words = useWords();
  const concluded = sheet.concluded.value;
  if (concluded.length === 0) return null;
  return (
    <section class="concluded" aria-labelledby="conclusions">
      <h2 id="conclusions">{words.say("conclusion.title")}</h2>
      {concluded.map((one) => <Session key={one.session.id} of={one} sheet={sheet} />)}
    </section>
  );
}

function Session({ of: { session, all }, sheet }: { of: Concluded_; sheet: Sheet }): VNode {
  return (
    <article class="room">
      <h3><bdi dir="auto">{session.title}</bdi></h3>
      <ol class="conclusions">{all.map((one) => <One key={one.id} one={one} sheet={sheet} />)}</ol>
    </article>
  );
}

function One({ one, sheet }: { one: ConclusionValue; sheet: Sheet }): VNode {
  const words = useWords();
  const mine = sheet.isMine(one);
  return (
    <li>
      <p class="text" dir="auto">{tidyLine(one.text)}</p>
      <p class="quiet" aria-live="polite">{endorsedBy(words, one).join(" · ")}</p>
      <p>
        <button type="button" class={mine ? "endorsed" : "go"} aria-pressed={mine} onClick={() => void sheet.endorse(one, !mine)}>
          {mine ? <>✓ {words.say("conclusion.endorsed")}</> : words.say("conclusion.endorse")}
          <span class="unseen">: {tidyLine(one.text)}</span>
        </button>
      </p>
      {sheet.failed.value === one.id && <p class="wrong" role="alert">{words.say("conclusion.wrong")}</p>}
    </li>
  );
}

/** What was said in the room of a session, newest first. */
export function Notes({ session, sheet }: { session: string; sheet: Sheet }): VNode | null {
  const words = useWords();
  const times = useTimes();
  const notes = sheet.notes.value.get(session) ?? [];
  if (notes.length === 0) return null;
  return (
    <section class="notes">
      <h4 class="label">{words.say("join.notes")}</h4>
      <ul aria-live="polite">
        {notes.map((post) => (
          <li key={post.id}><time dateTime={post.created_at}>{times.clock(Date.parse(post.created_at))}</time> <bdi dir="auto">{tidyLine(post.text)}</bdi></li>
        ))}
      </ul>
    </section>
  );
}
