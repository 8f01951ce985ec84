/** A facilitator's question to the author of a point, and where they answer it. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { newCause, Refusal, send, Unreachable } from "../commands";
import { realBrowser } from "../browser";
import { tidy } from "../hygiene";
import { useWords } from "../wall/context";
import type { AskedValue } from "../wire";

const MOST = 1_000;

interface Props {
  readonly event: string;
  readonly asked: AskedValue;
}

export function Question({ event, asked }: Props): VNode {
  const words = useWords();
  const typed = useSignal<string | null>(null);
  const wrong = useSignal("");
  const sending = useSignal(false);
  const cause = useRef(newCause());
  const { id, answer, shared } = asked;
  const field = `answer-${id}`;
  const submit = async (form: SubmitEvent): Promise<void> => {
    form.preventDefault();
    const text = (typed.value ?? answer).trim();
    if (sending.value) return;
    if (!text || Array.from(text).length > MOST) return void (wrong.value = words.say("join.answer_wrong"));
    sending.value = true;
    wrong.value = "";
    try {
      await send(realBrowser(), event, { path: `/questions/${encodeURIComponent(id)}/answer`, body: { words: text } }, cause.current);
      typed.value = null;
      cause.current = newCause();
    } catch (error) {
      wrong.value = error instanceof Unreachable ? words.say("join.wrong.offline") : error instanceof Refusal ? words.say("join.answer_late") : words.say("join.wrong.other");
      if (error instanceof Refusal) cause.current = newCause();
    }
    sending.value = false;
  };
  return (
    <div class="asks" data-question={id}>
      <p class="told"><span class="label">{words.say("join.asks")}</span> <bdi dir="auto">{tidy(asked.words)}</bdi></p>
      {shared ? <p class="told"><span class="label">{words.say("join.your_answer")}</span> <bdi dir="auto">{tidy(answer)}</bdi></p> : (
        <form onSubmit={(event_) => void submit(event_)}>
          <label for={field}>{words.say(answer ? "join.answer_again" : "join.answer")}</label>
          {wrong.value && <p class="wrong" role="alert">{wrong.value}</p>}
          <textarea
            id={field} rows={2} dir="auto" value={typed.value ?? answer}
            onInput={(event_) => (typed.value = event_.currentTarget.value)}
          />
          <button class="go" type="submit" aria-disabled={sending.value}>{words.say(sending.value ? "join.sending" : "join.answer_send")}</button>
          <p class="hint" role="status">{answer && typed.value === null ? words.say("join.answered") : words.say("join.answer_note")}</p>
        </form>
      )}
    </div>
  );
}
