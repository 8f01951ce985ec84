/** The session against its clock: how long it has, how late it is, when the online side is heard; and who may
 * begin or end it. The clock only proposes. */
import type { VNode } from "preact";
import { useSignal } from "@preact/signals";
import { minutesLate, nextBreak } from "../sheet";
import { useTimes, useWords } from "../wall/context";
import type { SessionValue } from "../wire";
import { useOrder, useOrders } from "./orders";
import { minutesLeft } from "./view";

/** How long the session still has; over its time it says so, and nothing ends by itself. */
export function Left({ session, now }: { session: SessionValue; now: number }): VNode {
  const words = useWords();
  const times = useTimes();
  const at = (time: string): string => times.clock(Date.parse(time));
  if (session.state === "planned") return <p class="left">{words.fill("stage.begins", { time: at(session.starts_at) })}</p>;
  if (session.state === "ended") return <p class="left">{words.say("stage.ended")}</p>;
  const left = minutesLeft(session, now);
  return (
    <p class={left < 0 ? "left over" : left <= 5 ? "left soon" : "left"}>
      <strong>{left < 0 ? words.count("stage.over", -left) : words.count("stage.left", left)}</strong>{" "}
      <span>{words.fill("stage.until", { time: at(session.ends_at) })}</span>
    </p>
  );
}

/** What a chair keeps an eye on, in words: how far behind the plan, and the next online break. */
export function Pace({ session, now }: { session: SessionValue; now: number }): VNode | null {
  const words = useWords();
  const late = minutesLate(session, now);
  const next = nextBreak(session, now);
  if (late === 0 && !next) return null;
  const isDue = next !== null && (next.on || next.minutes === 0);
  return (
    <p class="pace">
      {late > 0 && <span class="late">{words.count("stage.late", late)}</span>}
      {next && <span class={isDue ? "break break-due" : "break"}>{next.on ? words.say("stage.break_on") : isDue ? words.say("stage.break_due") : words.count("stage.break_in", next.minutes)}</span>}
    </p>
  );
}

/** It is time to begin or to end: said to everybody, done by who may. */
export function Proposal({ session, now }: { session: SessionValue; now: number }): VNode | null {
  const words = useWords();
  const { may } = useOrders();
  const { going, give } = useOrder();
  const sure = useSignal(false);
  const begins = session.state === "planned" && now >= Date.parse(session.starts_at);
  const ends = session.state === "running" && now > Date.parse(session.ends_at);
  if (!begins && !ends) return null;
  const order = async (): Promise<void> => {
    if (ends && !sure.value) return void (sure.value = true);
    await give({ path: `/sessions/${session.id}/${begins ? "begin" : "end"}`, body: { version: session.version } });
    sure.value = false;
  };
  return (
    <section class="proposal">
      <p>{words.say(begins ? "stage.not_begun" : "stage.should_end")}</p>
      {may.has("session.run") && (
        <button type="button" class="propose" onClick={() => void order()} onBlur={() => (sure.value = false)}>
          {words.say(begins ? "stage.do_begin" : sure.value ? "stage.do_end_sure" : "stage.do_end")}
        </button>
      )}
      <p role="status">{going.value === "failed" && words.say("stage.failed")}</p>
    </section>
  );
}
