/** Who has been heard, live: how much of what was said online came to the rooms, and who did not yet. */
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { tidyLine } from "../hygiene";
import { useWords } from "../wall/context";
import { Polled } from "./polled";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";

interface Share {
  readonly part: number;
  readonly whole: number;
}

export interface Coverage {
  readonly asked: number;
  readonly forwarded: number;
  readonly answered: number;
  readonly authors: Share;
  readonly languages: Share;
  readonly themes: Share;
  readonly floor_online: Share;
  readonly replied: Share;
  readonly to_floor_seconds: number | null;
  readonly waiting_seconds: number | null;
}

interface Voices {
  readonly voices: readonly { readonly post: string; readonly name: string; readonly handle: string; readonly network: string }[];
}

const SHARES = ["authors", "languages", "themes", "floor_online", "replied"] as const;
const CALM_MS = 2_000;

export function Heard({ onClose }: { onClose: () => void }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const { event, browser } = desk.options;
  const coverage = useMemo(() => new Polled<Coverage>(event, browser, () => "/coverage", CALM_MS), [desk]);
  const voices = useMemo(() => new Polled<Voices>(event, browser, () => "/coverage/unheard", CALM_MS), [desk]);
  useEffect(() => {
    for (const one of [coverage, voices]) one.now();
    return () => [coverage, voices].forEach((one) => one.stop());
  }, [coverage, voices]);
  useEffect(() => {
    if (desk.beside.moved.value > 0) for (const one of [coverage, voices]) one.soon();
  }, [desk.beside.moved.value]);
  const now = coverage.answer.value;
  return (
    <Modal title={say("desk.heard.title")} wide onClose={onClose}>
      {now === null ? <p class="quiet">{say(coverage.failed.value ? "desk.replies.failed" : "desk.loading")}</p> : <Numbers now={now} />}
      <Unheard voices={voices.answer.value} onGo={onClose} />
      <p class="line-do">
        <a class="do" href={`/heard/${encodeURIComponent(event)}`} target="_blank" rel="noopener">{say("desk.heard.page")}</a>
        <button type="button" class="do" onClick={onClose}>{say("desk.keys.close")} <Stroke stroke="Escape" /></button>
      </p>
    </Modal>
  );
}

function Numbers({ now }: { now: Coverage }): VNode {
  const words = useWords();
  const say = useTell();
  const spans = [["to_floor", now.to_floor_seconds], ["waiting", now.waiting_seconds]] as const;
  return (
    <div class="heard">
      <dl class="heard-steps">
        {(["asked", "forwarded", "answered"] as const).map((name) => (
          <div key={name} class="heard-row">
            <dt>{say(`desk.heard.${name}`)}</dt>
            <dd><span class="heard-figure">{words.number(now[name])}</span><Bar part={now[name]} whole={now.asked} /></dd>
          </div>
        ))}
        {spans.map(([name, seconds]) => (
          <div key={name} class="heard-row"><dt>{say(`desk.heard.${name}`)}</dt><dd><span class="heard-figure">{spanOf(say, seconds)}</span></dd></div>
        ))}
      </dl>
      <dl class="heard-shares">
        {SHARES.map((name) => (
          <div key={name} class="heard-row">
            <dt>{say(`desk.heard.${name}`)}</dt>
            <dd>
              {now[name].whole > 0
                ? <><span class="heard-figure">{say("desk.heard.of", { part: now[name].part, whole: now[name].whole })}</span><Bar {...now[name]} /></>
                : <span class="quiet">–</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Bar({ part, whole }: Share): VNode {
  return (
    <svg class="heard-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="heard-whole" width="100" height="1" />
      <rect class="heard-part" width={whole > 0 ? (100 * part) / whole : 0} height="1" />
    </svg>
  );
}

/** Some who were not heard yet; choosing one goes to what they said. */
function Unheard({ voices, onGo }: { voices: Voices | null; onGo: () => void }): VNode | null {
  const { desk } = useParts();
  const say = useTell();
  if (voices === null) return null;
  const go = (post: string): void => {
    onGo();
    if (!desk.listing.ids.includes(post)) desk.look({ show: "all", network: null, lang: null, words: "" });
    if (desk.listing.ids.includes(post)) desk.go(post);
    desk.area.value = "inbox";
  };
  return (
    <section class="heard-voices">
      <h3>{say("desk.heard.voices")}</h3>
      <p class="quiet">{say(voices.voices.length > 0 ? "desk.heard.voices_note" : "desk.heard.voices_none")}</p>
      <ul>
        {voices.voices.map(({ post, name, handle }) => (
          <li key={post}><button type="button" class="heard-voice" onClick={() => go(post)}><bdi dir="auto">{tidyLine(name) || tidyLine(handle) || say("desk.nobody")}</bdi></button></li>
        ))}
      </ul>
    </section>
  );
}

/** A span as people say it; a dash where there is none. */
export function spanOf(say: (key: string, fields: Readonly<Record<string, number>>) => string, seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return say("desk.heard.seconds", { seconds: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return say("desk.heard.minutes", { minutes });
  return say("desk.heard.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
