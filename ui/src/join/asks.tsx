/** Quick asks on a phone: answering, changing one's answer, and the result once it is shown. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";
import { barsOf, clockOf, isOut, medianOf, saidIn, secondsLeft } from "../asks";
import { tidyLine } from "../hygiene";
import { Guard } from "../wall/card";
import { useWords } from "../wall/context";
import type { AskValue } from "../wire";
import { NOTHING, type Asks, type Given, type Wrong } from "./asks-state";

/** wall/asks.py says the same. */
const MOST_WORDS = 3;
const WORD_LIMIT = 40;
const TEXT_LIMIT = 280;
const TELLING = 3;

export function QuickAsks({ asks }: { asks: Asks }): VNode | null {
  const words = useWords();
  const open = asks.open.value;
  if (open.length === 0) return null;
  return (
    <section class="quick-asks" aria-labelledby="asks">
      <h2 id="asks">{words.say("asks.title")}</h2>
      <ul class="asks-listed">
        {open.map((ask) => <li key={ask.id} id={`ask-${ask.id}`}><Guard key={ask.state}><One ask={ask} asks={asks} /></Guard></li>)}
      </ul>
    </section>
  );
}

/** Sessions that have ended, each with its form of two minutes. */
export function Feedback({ asks }: { asks: Asks }): VNode | null {
  const words = useWords();
  const sessions = asks.feedback.value;
  if (sessions.length === 0) return null;
  return (
    <section class="asks-feedback" aria-labelledby="feedback">
      <h2 id="feedback">{words.say("feedback.ask")}</h2>
      <ul class="asks-listed">
        {sessions.map(({ id, title }) => (
          <li key={id}>
            <a href={`/join/${asks.event}/feedback/${id}`}><bdi dir="auto">{tidyLine(title)}</bdi></a> <span class="quiet">{words.say("feedback.two_minutes")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ ask, asks }: { ask: AskValue; asks: Asks }): VNode {
  const words = useWords();
  const left = secondsLeft(ask, asks.now.value);
  const isOpen = ask.state === "open" && left !== 0;
  return (
    <>
      <p class="text" id={`ask-said-${ask.id}`}><bdi dir="auto">{tidyLine(ask.question)}</bdi></p>
      {isOpen ? <Form ask={ask} asks={asks} /> : ask.state !== "shown" && <p>{words.say("asks.closed")}</p>}
      <p class="quiet">
        {words.count("asks.answers", ask.answered)}
        {isOpen && left !== null && <span class="asks-left" role="timer"> · {words.fill("asks.left", { time: clockOf(left) })}</span>}
      </p>
      <Result ask={ask} />
    </>
  );
}

function Form({ ask, asks }: { ask: AskValue; asks: Asks }): VNode {
  const words = useWords();
  const mine = asks.mine.value[ask.id];
  const changed = useSignal<Given | null>(null);
  const wrong = useSignal<Wrong | null>(null);
  const isSending = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const given = changed.value ?? mine ?? NOTHING;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isSending.value) return;
    isSending.value = true;
    const said = { picks: given.picks, words: given.words.map((text) => text.trim()).filter(Boolean) };
    wrong.value = await asks.answer(ask, said);
    if (wrong.value === null) changed.value = null;
    isSending.value = false;
  };
  return (
    <form ref={form} class="enter asks-form" aria-labelledby={`ask-said-${ask.id}`} onSubmit={(event) => void submit(event)}>
      {wrong.value && <p class="wrong" role="alert">{words.say(`asks.wrong.${wrong.value}`)}</p>}
      {ask.kind === "choice" || ask.kind === "scale" ? <Picks ask={ask} given={given} changed={changed} /> : <Written ask={ask} given={given} changed={changed} />}
      <button class="go" type="submit" aria-disabled={isSending.value}>
        {words.say(isSending.value ? "join.sending" : mine ? "asks.change" : "asks.send")}
      </button>
      <p class="hint" role="status">
        {mine && changed.value === null ? <><strong>✓ {words.say("asks.thanks")}</strong> {words.say("asks.may_change")}</> : words.say("asks.nobody")}
      </p>
    </form>
  );
}

interface FieldProps {
  readonly ask: AskValue;
  readonly given: Given;
  readonly changed: Signal<Given | null>;
}

function Picks({ ask, given, changed }: FieldProps): VNode {
  const words = useWords();
  const isScale = ask.kind === "scale";
  const options = isScale ? Array.from({ length: ask.top }, (_, at) => String(at + 1)) : ask.options.map(tidyLine);
  const pick = (at: number, on: boolean): void => {
    const others = ask.many ? given.picks.filter((one) => one !== at) : [];
    changed.value = { ...given, picks: on ? [...others, at].sort((a, b) => a - b) : others };
  };
  return (
    <fieldset>
      <legend>
        {words.say(isScale ? "asks.number" : ask.many ? "asks.several" : "asks.only")}
        {isScale && (ask.low || ask.high) && (
          <span class="asks-ends">1: <bdi dir="auto">{tidyLine(ask.low) || "–"}</bdi>, {ask.top}: <bdi dir="auto">{tidyLine(ask.high) || "–"}</bdi></span>
        )}
      </legend>
      <div class={isScale ? "asks-scale" : undefined}>
        {options.map((option, at) => (
          <label key={at} class="asks-option">
            <input
              type={ask.many ? "checkbox" : "radio"} name={`pick-${ask.id}`} checked={given.picks.includes(at)}
              onChange={(event) => pick(at, event.currentTarget.checked)}
            />
            <bdi dir="auto">{option}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Written({ ask, given, changed }: FieldProps): VNode {
  const words = useWords();
  const write = (at: number, text: string): void => {
    const all = Array.from({ length: MOST_WORDS }, (_, place) => (place === at ? text : (given.words[place] ?? "")));
    changed.value = { picks: [], words: ask.kind === "text" ? [text] : all };
  };
  if (ask.kind === "text") {
    return (
      <>
        <label for={`text-${ask.id}`}>{words.fill("asks.text", { most: TEXT_LIMIT })}</label>
        <textarea
          id={`text-${ask.id}`} rows={3} maxLength={TEXT_LIMIT} dir="auto" value={given.words[0] ?? ""}
          onInput={(event) => write(0, event.currentTarget.value)}
        />
      </>
    );
  }
  return (
    <fieldset>
      <legend>{words.fill("asks.words", { most: MOST_WORDS })}</legend>
      {Array.from({ length: MOST_WORDS }, (_, at) => (
        <input
          key={at} type="text" aria-label={words.fill("asks.word", { number: at + 1 })} maxLength={WORD_LIMIT} dir="auto" autocomplete="off"
          value={given.words[at] ?? ""} onInput={(event) => write(at, event.currentTarget.value)}
        />
      ))}
    </fieldset>
  );
}

/** What came of it, as far as it is everybody's to see. */
function Result({ ask }: { ask: AskValue }): VNode | null {
  const words = useWords();
  if (!isOut(ask)) return <p class="hint">{words.say("asks.later")}</p>;
  if (ask.answered < TELLING) return ask.answered > 0 ? <p class="hint">{words.say("asks.few")}</p> : null;
  const bars = barsOf(ask);
  const said = saidIn(ask);
  const median = ask.kind === "scale" && ask.counts ? medianOf(ask.counts) : null;
  return (
    <>
      {bars && (
        <ul class="asks-numbers" aria-label={words.say("asks.result")}>
          {bars.map(({ label, count, share }, at) => (
            <li key={at}>
              <span class="asks-label"><bdi dir="auto">{tidyLine(label)}</bdi></span>
              <span class="asks-count">{words.number(count)} · {Math.round(share * 100)} %</span>
              <svg class="asks-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect class="whole" width="100" height="1" /><rect class="part" width={share * 100} height="1" />
              </svg>
            </li>
          ))}
        </ul>
      )}
      {median !== null && <p class="quiet">{words.fill("asks.median", { value: median })}</p>}
      {said && (
        <ul class="asks-said" aria-label={words.say("asks.result")}>
          {said.map(({ text, count }) => <li key={text}><bdi dir="auto">{tidyLine(text)}</bdi>{count > 1 && <span class="hint"> × {words.number(count)}</span>}</li>)}
        </ul>
      )}
    </>
  );
}
