/** The form for a new point. What is typed stays until the server has it. */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import { useWords } from "../wall/context";
import { tidyLine } from "../hygiene";
import type { SessionValue } from "../wire";
import type { Draft, Problem } from "./draft";

/** From here on the rest is counted aloud, so to speak. */
const NEAR = 200;

export interface FormProps {
  readonly draft: Draft;
  /** Whether a person reads everything first. */
  readonly pre: boolean;
  /** Whether the text field had the focus when the live page took over. */
  readonly focus: boolean;
  /** The sessions that run: with more than one, it is asked which it is about. */
  readonly running: readonly SessionValue[];
  /** What may be chosen, in the order and the words of the server's page. */
  readonly choices: Choices;
}

/** Codes with their words. */
export interface Choices {
  readonly roles: readonly (readonly [string, string])[];
  readonly countries: readonly (readonly [string, string])[];
}

export function Form({ draft, pre, focus, running, choices }: FormProps): VNode {
  const words = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const sent = await draft.send();
    if (sent || draft.problem.value?.field === "text") field.current?.focus();
  };
  const problem = draft.problem.value;
  const { thanks, sending } = draft;
  return (
    <form class="enter" onSubmit={(event) => void submit(event)} noValidate>
      <p class="before">
        <strong>{words.say("join.before")}</strong> {words.say(pre ? "join.happens_pre" : "join.happens_other")}
      </p>
      <label for="text">{words.say("join.text")}</label>
      <p class="hint" id="text-hint">{words.fill("join.text_hint", { most: draft.limits.most })}</p>
      <Wrong problem={problem} of="text" />
      <textarea
        id="text" name="text" rows={3} dir="auto" ref={field} value={draft.text.value}
        aria-describedby={problem?.field === "text" ? "text-hint text-wrong" : "text-hint"}
        aria-invalid={problem?.field === "text" || undefined}
        onInput={(event) => draft.type(event.currentTarget.value)}
      />
      <Counted draft={draft} />
      <About draft={draft} running={running} />
      <label for="name">{words.say("join.name")}</label>
      <p class="hint" id="name-hint">{words.say("join.name_hint")}</p>
      <Wrong problem={problem} of="name" />
      <input
        id="name" name="name" type="text" autocomplete="nickname" dir="auto" value={draft.name.value}
        aria-describedby={problem?.field === "name" ? "name-hint name-wrong" : "name-hint"}
        aria-invalid={problem?.field === "name" || undefined}
        onInput={(event) => (draft.name.value = event.currentTarget.value)}
      />
      <AboutYou draft={draft} choices={choices} />
      <Wrong problem={problem} of={null} />
      <button class="go" type="submit" aria-disabled={sending.value}>
        {words.say(sending.value ? "join.sending" : "join.send")}
      </button>
      <p class="thanks" role="status">{thanks.value && words.say(`join.${thanks.value}`)}</p>
      <details class="kept">
        <summary>{words.say("join.kept_short")}</summary>
        <p class="hint">{words.say("join.kept")}</p>
      </details>
    </form>
  );
}

/** What one says of oneself, folded until it is wanted. */
function AboutYou({ draft, choices }: Pick<FormProps, "draft" | "choices">): VNode | null {
  const words = useWords();
  const opened = useRef(draft.role.value !== "" || draft.country.value !== "");
  return (
    <details class="about-you" open={opened.current} onToggle={(event) => (opened.current = event.currentTarget.open)}>
      <summary>{words.say("join.about_you")}</summary>
      <p class="hint" id="about-hint">{words.say("join.about_you_hint")}</p>
      <Choice name="role" label={words.say("join.role")} from={choices.roles} value={draft.role} />
      <Choice name="country" label={words.say("join.country")} from={choices.countries} value={draft.country} />
    </details>
  );
}

interface ChoiceProps {
  readonly name: "role" | "country";
  readonly label: string;
  readonly from: Choices["roles"];
  readonly value: Signal<string>;
}

function Choice({ name, label, from, value }: ChoiceProps): VNode {
  const words = useWords();
  return (
    <>
      <label for={name}>{label}</label>
      <select id={name} name={name} value={value.value} aria-describedby="about-hint" onChange={({ currentTarget }) => (value.value = currentTarget.value)}>
        <option value="">{words.say("join.unsaid")}</option>
        {from.map(([code, text]) => <option key={code} value={code}>{text}</option>)}
      </select>
    </>
  );
}

/** Which session it is about: only asked where several run. */
function About({ draft, running }: Pick<FormProps, "draft" | "running">): VNode | null {
  const words = useWords();
  if (running.length < 2) return null;
  return (
    <>
      <label for="session">{words.say("join.about")}</label>
      <select id="session" name="session" value={draft.session.value} onChange={(event) => (draft.session.value = event.currentTarget.value)}>
        <option value="">{words.say("join.about_none")}</option>
        {running.map(({ id, title }) => <option key={id} value={id}>{tidyLine(title)}</option>)}
      </select>
    </>
  );
}

function Wrong({ problem, of }: { problem: Problem | null; of: "text" | "name" | null }): VNode | null {
  const words = useWords();
  if (!problem || problem.field !== of) return null;
  return <p class="wrong" id={of ? `${of}-wrong` : "wrong"} role="alert">{words.fill(problem.key, problem.fields)}</p>;
}

function Counted({ draft }: { draft: Draft }): VNode {
  const words = useWords();
  const left = draft.left.value;
  if (left < 0) return <p class="counted too-many">{words.count("join.over", -left)}</p>;
  return <p class="counted">{left < NEAR ? words.count("join.left", left) : ""}</p>;
}
