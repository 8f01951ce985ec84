/** My session beside its floor: its pace, what the chair said and has read, and what it concluded. */
import type { VNode } from "preact";
import { useComputed } from "@preact/signals";
import { tidyLine } from "../hygiene";
import { conclusionsOf, minutesLate, nextBreak, unread } from "../sheet";
import { useWords } from "../wall/context";
import type { MessageValue, SessionValue } from "../wire";
import { useParts, useTell } from "./parts";

/** What a session is asked and how it keeps to its plan. */
export function Pace({ session }: { session: SessionValue }): VNode | null {
  const { desk } = useParts();
  const words = useWords();
  const said = useComputed(() => {
    const late = minutesLate(session, desk.now.value);
    const next = nextBreak(session, desk.now.value);
    const due = next && (next.on ? words.say("stage.break_on") : next.minutes === 0 ? words.say("stage.break_due") : words.count("stage.break_in", next.minutes));
    return [late > 0 ? words.count("stage.late", late) : "", due ?? ""].filter(Boolean).join(" · ");
  });
  return said.value ? <p class="pace">{said.value}</p> : null;
}

/** Signals of the chair that nobody at the desk has answered. */
export function Signals({ session }: { session: SessionValue }): VNode {
  const { desk, actions } = useParts();
  const say = useTell();
  return (
    <>
      {unread(session.id, "desk", desk.sheet.messages.value).map((one) => (
        <p key={one.id} class="chair-signal">
          <strong>{say("desk.chair")}: {actions.sheet.signal(one)}</strong>
          {desk.may("message.read") && <button type="button" class="do" onClick={() => actions.sheet.see(one)}>{say("desk.signal.ok")}</button>}
        </p>
      ))}
    </>
  );
}

/** What was last written to the chair, and whether they have read it. */
export function Sent({ last }: { last: MessageValue }): VNode {
  const say = useTell();
  return (
    <p class={last.ok_at ? "chair-sent quiet" : "chair-sent"}>
      <bdi dir="auto">{tidyLine(last.text)}</bdi> <span class="quiet">{say(last.ok_at ? "desk.message.read" : "desk.message.unread")}</span>
    </p>
  );
}

/** What was concluded so far, with who endorses it. */
export function Concluded({ session }: { session: SessionValue }): VNode | null {
  const { desk, actions } = useParts();
  const say = useTell();
  const all = conclusionsOf(session.id, desk.sheet.conclusions.value);
  if (all.length === 0) return null;
  return (
    <section class="concluded">
      <h3>{say("conclusion.title")}</h3>
      <ol>
        {all.map((one) => (
          <li key={one.id}><bdi dir="auto">{tidyLine(one.text)}</bdi> <span class="quiet">{actions.sheet.endorsed(one)}</span></li>
        ))}
      </ol>
    </section>
  );
}

/** The prompt that a post answers, to be corrected by a click or where it is said to which session it belongs. It is no
 * button: within an entry of a list none can be reached. */
export function Answers({ post }: { post: string }): VNode | null {
  const { desk, actions } = useParts();
  const say = useTell();
  const answer = desk.sheet.answers.value.get(post);
  const session = answer && desk.sessions.value.find(({ id }) => id === answer.session);
  const prompt = session?.prompts.find(({ id }) => id === answer?.prompt);
  if (!prompt) return null;
  const asking = session?.prompts.filter(({ kind }) => kind !== "break") ?? [];
  const name = prompt.code || say("wall.question", { count: asking.indexOf(prompt) + 1 });
  return (
    <span class="answers" title={prompt.text} onClick={() => actions.sheet.answers(post)}>{say("desk.answers", { prompt: name })}</span>
  );
}
