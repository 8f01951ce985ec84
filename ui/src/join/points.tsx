/** One's own points, and how far each got. */
import type { VNode } from "preact";
import { tidy } from "../hygiene";
import { useTimes, useWords } from "../wall/context";
import { recordedOf, type Recorded } from "../recording";
import type { LookedValue, PointValue } from "../wire";
import type { Join } from "./join";
import { Edit, SecondLook } from "./own-forms";
import { Question } from "./question";
import { cameOf, heard, placed, reached, stepOf, whyNot, type Step } from "./steps";

export function Points({ join }: { join: Join }): VNode {
  const words = useWords();
  const event = join.event.value?.slug ?? "";
  const listed = join.points.value.flatMap((point) => {
    const step = stepOf(point);
    return step ? [<Point key={point.id} point={point} step={step} join={join} event={event} />] : [];
  });
  if (listed.length === 0) return <p class="quiet">{words.say("join.yours_none")}</p>;
  return <ul class="points">{listed}</ul>;
}

interface PointProps {
  readonly point: PointValue;
  readonly step: Step;
  readonly join: Join;
  readonly event: string;
}

function Point({ point, step, join, event }: PointProps): VNode {
  const words = useWords();
  const times = useTimes();
  const stages = reached(step);
  const text = tidy(point.text);
  const session = join.sessions.get(point.session ?? "");
  const title = session?.title ?? "";
  const recorded = recordedOf(point.floor_at, session);
  const concluded = join.sheet.concluded.value.some((one) => one.session.id === point.session);
  const people = join.supports.counted.value.get(point.id)?.people ?? 0;
  return (
    <li class={`point step-${step}`} data-point={point.id}>
      <p class="text" dir="auto">{text}</p>
      {stages > 0 && <div class={`track track-${stages}`} aria-hidden="true"><i /><i /><i /><i /></div>}
      <p class="step" role="status">
        <strong>{words.say(`join.step.${step}`)}</strong> <span class="quiet">{words.say(`join.note.${step}`)}{heard(step) && ` ${words.say("join.thanks_heard")}`}</span>
      </p>
      {point.reply && <Told label={words.say("join.reply")} words={tidy(point.reply)} reply page={pageOf(point.reply)} />}
      {point.question && <Question event={event} asked={point.question} />}
      {point.joined > 0 && <p class="told">{words.count("join.joined", point.joined)}</p>}
      {point.wording && <Told label={words.say("join.together")} words={tidy(point.wording)} />}
      {title && placed(step) && <Told label={words.say("join.where")} words={title} />}
      {whyNot(step, point.reasons, words).map((why, index) => (
        <p class="told">{index === 0 && <span class="label">{words.say("join.because")} </span>}{why}</p>
      ))}
      {cameOf(point) && heard(step) && <Told label={words.say("join.outcome")} words={tidy(cameOf(point))} />}
      {recorded && heard(step) && <Recording of={recorded} />}
      {heard(step) && concluded && <p class="told"><a href="#conclusions">{words.say("join.concluded")}</a></p>}
      {people > 0 && <p class="told quiet">{words.count("join.support_count", people)}</p>}
      {point.second && <Looked second={point.second} />}
      <Edit point={point} event={event} />
      <SecondLook point={point} event={event} />
      <p class="meta">
        <time dateTime={point.created_at}>{times.clock(Date.parse(point.created_at))}</time>
        <a href={`/join/${encodeURIComponent(event)}/take-back/${encodeURIComponent(point.id)}`}>
          {words.say("join.take_back")}<span class="unseen">: {text.slice(0, 60)}</span>
        </a>
      </p>
    </li>
  );
}

function Recording({ of: { url, exact, at } }: { of: Recorded }): VNode {
  const words = useWords();
  const said = at === "" ? words.say("join.recorded") : words.fill(exact ? "join.recorded_at" : "join.recorded_from", { at });
  return <p class="told"><a href={url} target="_blank" rel="noopener noreferrer">{said}</a></p>;
}

function Looked({ second: { state, answer } }: { second: LookedValue }): VNode | null {
  const words = useWords();
  const key = `join.second.${state}`;
  if (!words.has(key)) return null;
  return <p class="told second" role="status">{words.say(key)}{answer && <> <bdi dir="auto">{tidy(answer)}</bdi></>}</p>;
}

/** The path of the point's public page, where a reply names it. */
function pageOf(reply: string): string | null {
  return /\/point\/[a-z0-9-]{1,63}\/[A-Za-z0-9-]{1,63}/.exec(reply)?.[0] ?? null;
}

interface ToldProps {
  readonly label: string;
  readonly words: string;
  readonly reply?: boolean;
  readonly page?: string | null;
}

function Told({ label, words: told, reply = false, page = null }: ToldProps): VNode {
  const words = useWords();
  return (
    <p class={reply ? "told reply" : "told"}>
      <span class="label">{label}</span> <bdi dir="auto">{told}</bdi>
      {page && <> <a href={page}>{words.say("join.point_page")}</a></>}
    </p>
  );
}
