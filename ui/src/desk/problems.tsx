/** What the server would not do: what was tried, what it said, what to do, and how things are now. */
import type { VNode } from "preact";
import { useWords } from "../wall/context";
import { LeftOff } from "./left-off";
import type { Problem } from "./desk";
import { useParts, useTell } from "./parts";
import { relayOf, snippet, stepOf } from "./say";
import { sidesOf, type Side, type Sides } from "./sides";
import { touches } from "./steps";
import { Stroke } from "./keys";

/** Told at once; the others come up as these are dismissed. */
const AT_ONCE = 4;

export function Problems(): VNode {
  const { desk } = useParts();
  const words = useWords();
  const more = desk.problems.value.length - AT_ONCE;
  return (
    <div class="problems" role="alert">
      {more > 0 && <p class="problem">{words.count("desk.problem.more", more)}</p>}
      {desk.problems.value.slice(-AT_ONCE).map((problem) => <ProblemView key={problem.cause} problem={problem} />)}
      <Ended />
      <Silent />
      <LeftOff />
    </div>
  );
}

/** Feeds of which nothing is heard: the server says what is usual and what to do. */
function Silent(): VNode {
  const { presence: { silent, read } } = useParts();
  const say = useTell();
  const dismiss = (said: string): void => {
    read.add(said);
    silent.value = silent.value.filter((one) => one !== said);
  };
  return (
    <>
      {silent.value.map((said) => (
        <section key={said} class="problem">
          <p>{said}</p>
          <button type="button" class="do" onClick={() => dismiss(said)}>{say("desk.problem.dismiss")}</button>
        </section>
      ))}
    </>
  );
}

/** Why nothing more is sent from this page, and the way on. */
function Ended(): VNode | null {
  const { desk } = useParts();
  const say = useTell();
  const why = desk.outbox.ended.value;
  if (!why) return null;
  return (
    <section class="problem">
      <h2>{say(`desk.ended.${why}`)}</h2>
      <p>{say(`desk.ended.${why}_note`)}</p>
      <button type="button" class="do" onClick={() => desk.options.browser.reload()}>{say("desk.ended.reload")}</button>
    </section>
  );
}

function ProblemView({ problem }: { problem: Problem }): VNode {
  const { desk } = useParts();
  const [words, say] = [useWords(), useTell()];
  const { step, refusal } = problem;
  const dismiss = (): void => {
    desk.problems.value = desk.problems.value.filter((one) => one !== problem);
  };
  const about = snippet(touches(step).map((id) => desk.view.value.post(id) ?? desk.view.value.relay(id)?.post).find(Boolean));
  const now = useNow(problem);
  const sides = sidesOf(words, step, refusal, now);
  if (sides) return <Both problem={problem} sides={sides} about={about} onDismiss={dismiss} />;
  return (
    <section class="problem">
      <h2>{say("desk.problem.title", { step: stepOf(words, step) })}</h2>
      {about && <p class="problem-about"><bdi dir="auto">{about}</bdi></p>}
      <p>{refusal.message} {refusal.remedy}</p>
      {now && <p class="problem-now">{say("desk.problem.now", { state: now })}</p>}
      <button type="button" class="do" onClick={dismiss}>{say("desk.problem.dismiss")} <Stroke stroke="Escape" /></button>
    </section>
  );
}

interface BothProps {
  readonly problem: Problem;
  readonly sides: Sides;
  readonly about: string;
  readonly onDismiss: () => void;
}

/** Two people did something to one thing: both sides, and the one who came second decides. */
function Both({ problem: { step }, sides, about, onDismiss }: BothProps): VNode {
  const { desk } = useParts();
  const [words, say] = [useWords(), useTell()];
  const { mine, theirs, again } = sides;
  const redo = (): void => {
    onDismiss();
    if (again) desk.do([again], stepOf(words, again));
  };
  return (
    <section class="problem">
      <h2>{say("desk.sides.title")}</h2>
      {about && <p class="problem-about"><bdi dir="auto">{about}</bdi></p>}
      <div class="sides">
        <SideView title={say("desk.sides.theirs")} {...theirs} />
        <SideView title={say("desk.sides.mine")} {...mine} />
      </div>
      <p class="line-do">
        <button type="button" class="do" onClick={onDismiss}>{say("desk.sides.leave")} <Stroke stroke="Escape" /></button>
        {again && <button type="button" class="do do-main" onClick={redo}>{say("desk.sides.again", { step: stepOf(words, step) })}</button>}
      </p>
    </section>
  );
}

function SideView({ title, state, text }: Side & { readonly title: string }): VNode {
  return (
    <div class="side">
      <h3>{title}</h3>
      {state && <p>{state}</p>}
      {text && <p><bdi dir="auto">{text}</bdi></p>}
    </div>
  );
}

/** The state that the server told with its refusal, or that the copy has. */
function useNow({ step }: Problem): string {
  const { desk } = useParts();
  const [words, say] = [useWords(), useTell()];
  const view = desk.view.value;
  for (const id of touches(step)) {
    const relay = view.relay(id);
    if (relay) return relayOf(words, relay.state, view.session(relay.session), desk.rooms.value);
    const post = view.post(id);
    if (post) return say(`desk.state.${post.state ?? "approved"}`);
  }
  return "";
}
