/** What was done at this desk and is not sent yet, with a way to let go of each. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useTimes, useWords } from "../wall/context";
import type { Entry } from "../outbox";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";
import { snippet, stepOf } from "./say";
import { touches, type Step } from "./steps";
import "./unsent.css";

export function Unsent({ onClose }: { onClose: () => void }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const close = useRef<HTMLButtonElement>(null);
  const unsent = desk.outbox.entries.value.filter(({ state }) => state !== "answered");
  const letGo = (cause: string): void => {
    desk.outbox.discard(cause);
    close.current?.focus();
  };
  return (
    <Modal title={say("desk.unsent.title")} about={say(unsent.length > 0 ? "desk.unsent.note" : "desk.unsent.none")} onClose={onClose}>
      {!desk.outbox.safe.value && unsent.length > 0 && <p class="unsent-unsafe">{say("desk.unsent.unsafe")}</p>}
      <ol class="unsent-list">{unsent.map((entry) => <One key={entry.cause} entry={entry} onLetGo={() => letGo(entry.cause)} />)}</ol>
      <p class="line-do"><button ref={close} type="button" class="do" autofocus onClick={onClose}>{say("desk.keys.close")} <Stroke stroke="Escape" /></button></p>
    </Modal>
  );
}

function One({ entry: { cause, step, at, request, state }, onLetGo }: { entry: Entry<Step>; onLetGo: () => void }): VNode {
  const { desk } = useParts();
  const [words, times, say] = [useWords(), useTimes(), useTell()];
  const view = desk.view.value;
  const about = snippet(touches(step).map((id) => view.post(id) ?? view.relay(id)?.post).find(Boolean), 90);
  return (
    <li>
      <p>
        <strong>{stepOf(words, step)}</strong> <span class="quiet">{times.since(at, desk.now.value) || say("desk.just_now")}</span>
        {about && <><br /><bdi dir="auto">{about}</bdi></>}
        {request && <><br /><span class="quiet">{say(state === "failed" ? "desk.unsent.failed" : "desk.unsent.tried")}</span></>}
      </p>
      {state === "failed" && <button type="button" class="do" onClick={() => desk.outbox.decide(cause, true)}>{say("desk.unsent.again")}<span class="unseen">: {stepOf(words, step)}</span></button>}
      <button type="button" class="do" onClick={onLetGo}>{say("desk.late.no")}<span class="unseen">: {stepOf(words, step)}</span></button>
    </li>
  );
}
