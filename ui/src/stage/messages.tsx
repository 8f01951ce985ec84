/** What the desk tells the chair, until they say OK; and what the chair tells the desk by one tap. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { unread } from "../sheet";
import { useWords } from "../wall/context";
import type { MessageValue, SessionValue, Signal } from "../wire";
import { useOrder, useOrders } from "./orders";
import type { Stage } from "./stage";

const SIGNALS: readonly Exclude<Signal, "">[] = ["more", "later", "wrap_up", "thank_you"];

/** The oldest message that nobody acknowledged: a chair reads one at a time. */
export function Message({ stage, session }: { stage: Stage; session: SessionValue }): VNode | null {
  const words = useWords();
  const { may } = useOrders();
  const { going, give } = useOrder();
  const waiting = unread(session.id, "chair", stage.messages.value);
  const [first] = waiting;
  if (!first) return null;
  const ok = (): void => void give({ path: `/messages/${first.id}/acknowledge`, body: {} });
  return (
    <section class="message" role="alert" key={first.id}>
      <div class="message-words">
        <h2 class="label">
          {words.say("stage.from")}
          {waiting.length > 1 && <span class="message-more"> · {words.count("stage.more_messages", waiting.length - 1)}</span>}
        </h2>
        <p class="message-said"><bdi dir="auto">{tidyLine(first.text)}</bdi></p>
        {going.value === "failed" && <p class="message-failed" role="status">{words.say("stage.failed")}</p>}
      </div>
      {may.has("stage.signal") && (
        <button type="button" class="ok" aria-disabled={going.value === "under_way"} onClick={ok}>{words.say("stage.ok")}</button>
      )}
    </section>
  );
}

/** One tap each; it says whether the desk has seen the last of it. */
export function Signals({ stage, session }: { stage: Stage; session: SessionValue }): VNode | null {
  const words = useWords();
  const { may } = useOrders();
  const { going, give } = useOrder();
  if (!may.has("stage.signal") || session.state !== "running") return null;
  const tell = (signal: Signal): void => void give({ path: `/sessions/${session.id}/signals`, body: { signal } });
  return (
    <nav class="signals" aria-label={words.say("stage.signals")}>
      <span class="label" aria-hidden="true">{words.say("stage.signals")}</span>
      {SIGNALS.map((signal) => {
        const last = lastOf(signal, session.id, stage.messages.value);
        return (
          <button key={signal} type="button" class={last && !last.ok_at ? "signal signal-sent" : "signal"} onClick={() => tell(signal)}>
            {words.say(`stage.signal.${signal}`)}
            {last && <span class="signal-state"> {words.say(last.ok_at ? "stage.signal_seen" : "stage.signal_sent")}{last.ok_at && " ✓"}</span>}
          </button>
        );
      })}
      <p class="signals-failed" role="status">{going.value === "failed" && words.say("stage.failed")}</p>
    </nav>
  );
}

function lastOf(signal: Signal, session: string, all: ReadonlyMap<string, MessageValue>): MessageValue | undefined {
  const sent = [...all.values()].filter((one) => one.session === session && one.to === "desk" && one.signal === signal);
  return sent.sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at)).at(-1);
}
