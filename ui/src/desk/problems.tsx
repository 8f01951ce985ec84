/** What the server would not do: what was tried, what it said, what to do, and how things are now. */
import type { VNode } from "preact";
import { useWords } from "../wall/context";
import type { Problem } from "./desk";
import { useParts, useTell } from "./parts";
import { relayOf, snippet, stepOf } from "./say";
import { touches } from "./steps";
import { Stroke } from "./keys";

export function Problems(): VNode {
  const { desk } = useParts();
  return (
    <div class="problems" role="alert">
      {desk.problems.value.map((problem) => <ProblemView key={problem.cause} problem={problem} />)}
    </div>
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
