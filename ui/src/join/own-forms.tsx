/** What an author can do about a point: change its words while it waits, ask for a second look where it is not shown. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { realBrowser } from "../browser";
import { newCause, Refusal, send, Unreachable } from "../commands";
import { tidy } from "../hygiene";
import { useWords } from "../wall/context";
import type { PointValue } from "../wire";
import type { Key } from "../words";
import { ANY_LETTER, pointsOf } from "./draft";
import { isEditable, mayAsk } from "./steps";

const MOST = 1_000;

interface FieldProps {
  readonly id: string;
  readonly summary: string;
  readonly about: string;
  readonly label: string;
  readonly button: string;
  readonly hint: string;
  readonly start: string;
  readonly path: string;
  readonly event: string;
  readonly body: (text: string) => object;
  /** Words for what is wrong with a text; null: nothing is. */
  readonly check: (text: string) => string | null;
  /** Why it cannot be sent (any more): then it is only there while something is typed in it. */
  readonly closed: string | null;
  /** Words for why the server would not have it. */
  readonly refused: (refusal: Refusal) => string;
}

export function Edit({ point, event }: { point: PointValue; event: string }): VNode {
  const words = useWords();
  const check = (text: string): string | null => {
    if (!ANY_LETTER.test(text)) return words.say("join.wrong.empty");
    return pointsOf(text) > MOST ? words.fill("join.wrong.long", { length: pointsOf(text), most: MOST }) : null;
  };
  const late = (state: unknown): string => words.say(state === "rejected" || state === "hidden" ? "join.edit_turned" : "join.edit_late");
  return (
    <Field
      id={`edit-${point.id}`} summary={words.say("join.edit")} about={tidy(point.text)} label={words.say("join.edit_text")}
      button={words.say("join.edit_send")} hint={words.say("join.edit_note")} start={tidy(point.text)}
      event={event} path={`/points/${encodeURIComponent(point.id)}/edit`} body={(text) => ({ text })} check={check}
      closed={isEditable(point) ? null : late(point.state)} refused={({ details }) => late(details["state"])}
    />
  );
}

export function SecondLook({ point, event }: { point: PointValue; event: string }): VNode {
  const words = useWords();
  const check = (text: string): string | null =>
    ANY_LETTER.test(text) && pointsOf(text) <= MOST ? null : words.say("join.second_wrong");
  return (
    <Field
      id={`second-${point.id}`} summary={words.say("join.second")} about={tidy(point.text)} label={words.say("join.second_why")}
      button={words.say("join.second_send")} hint={words.say("join.second_note")} start=""
      event={event} path={`/points/${encodeURIComponent(point.id)}/second-look`} body={(text) => ({ words: text })}
      check={check} closed={mayAsk(point) ? null : words.say("join.second_late")} refused={() => words.say("join.second_late")}
    />
  );
}

/** A text that is sent once, folded until it is wanted. What was typed stays until the server has it. */
function Field({ id, summary, about, label, button, hint, start, path, event, body, check, closed, refused }: FieldProps): VNode | null {
  const words = useWords();
  const typed = useSignal<string | null>(null);
  const wrong = useSignal("");
  const sending = useSignal(false);
  const cause = useRef(newCause());
  const box = useRef<HTMLDetailsElement>(null);
  const text = typed.value ?? start;
  const submit = async (form: SubmitEvent): Promise<void> => {
    form.preventDefault();
    if (sending.value) return;
    wrong.value = check(text) ?? "";
    if (wrong.value) return;
    sending.value = true;
    try {
      await send(realBrowser(), event, { path, body: body(text) }, cause.current);
      typed.value = null;
      if (box.current) box.current.open = false;
      cause.current = newCause();
    } catch (error) {
      wrong.value = said(error);
      if (error instanceof Refusal) cause.current = newCause();
    }
    sending.value = false;
  };
  const said = (error: unknown): string => {
    if (error instanceof Refusal) return refused(error);
    const seconds = error instanceof Unreachable ? Math.ceil(error.afterMs / 1000) : 0;
    if (seconds > 0) return words.fill("join.wrong.many", { retry_after: seconds });
    const key: Key = error instanceof Unreachable ? "join.wrong.offline" : "join.wrong.other";
    return words.say(key);
  };
  if (closed !== null && typed.value === null) return null;
  const problem = closed ?? wrong.value;
  return (
    <details class="own-more" ref={box}>
      <summary>{summary}<span class="unseen">: {about.slice(0, 60)}</span></summary>
      <form onSubmit={(form) => void submit(form)} noValidate>
        <label for={id}>{label}</label>
        {problem && <p class="wrong" id={`${id}-wrong`} role="alert">{problem}</p>}
        <textarea
          id={id} rows={3} dir="auto" value={text} aria-invalid={problem !== "" || undefined}
          aria-describedby={problem ? `${id}-wrong` : undefined}
          onInput={({ currentTarget }) => {
            // The same cause is for the same words only.
            typed.value = currentTarget.value;
            cause.current = newCause();
          }}
        />
        {closed === null && <button class="go" type="submit" aria-disabled={sending.value}>{sending.value ? words.say("join.sending") : button}</button>}
        {closed === null && <p class="hint">{hint}</p>}
      </form>
    </details>
  );
}
