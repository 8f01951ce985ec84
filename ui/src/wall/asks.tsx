/** A quick ask on a wall: the question with the way to answer while it is open, and what came of it. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { barsOf, clockOf, isOut, medianOf, saidIn, secondsLeft, type Bar, type SaidOften } from "../asks";
import { cloud, type Placed } from "../asks-cloud";
import { tidyLine } from "../hygiene";
import type { AskValue } from "../wire";
import { useWords } from "./context";
import { Large } from "./large";
import "./asks.css";

/** Texts that are read at a time, and for how long. */
const TEXTS = 6;
const TEXTS_MS = 14_000;
/** Words of a cloud; and the least size of one, in rem, that is read from the back row. */
const MOST_WORDS = 40;
const LEAST_REM = 1.875;
/** Letters of a long option, which has two lines. */
const LONG = 40;

interface Props {
  readonly ask: AskValue;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly event: string;
  /** Where it is answered, as people type it. */
  readonly address: string;
}

export function AskSheet({ ask, now, event, address }: Props): VNode {
  const words = useWords();
  const isOpen = ask.state === "open";
  const hasResult = resultOf(ask);
  const left = secondsLeft(ask, now);
  return (
    <section class="asks-sheet" data-open={isOpen} data-result={hasResult} aria-label={words.say("asks.title")}>
      <header class="asks-head">
        <p class="asks-facts">
          <span class={isOpen ? "label label-now" : "label"}>{words.say(hasResult ? "asks.result" : "join.asked")}</span>
          <span class="asks-many" aria-live="off">{words.count("asks.answers", ask.answered)}</span>
          {left !== null && <span class="asks-time">{words.fill("asks.left", { time: clockOf(left) })}</span>}
          {ask.state === "closed" && <span>{words.say("asks.closed")}</span>}
        </p>
        <Large of={ask.question} most={hasResult ? 3.5 : 6}>{tidyLine(ask.question)}</Large>
      </header>
      {hasResult ? <AskResult ask={ask} now={now} /> : <Asked ask={ask} />}
      {isOpen && (
        <aside class="asks-way">
          <img class="asks-code" src={`/join/${encodeURIComponent(event)}/qr.svg`} alt="" />
          <p class="asks-where">{words.say("asks.answer_at")} <strong>{(address.match(/[^./]+[./]?/g) ?? []).map((part) => <>{part}<wbr /></>)}</strong></p>
        </aside>
      )}
    </section>
  );
}

/** Whether there is something to draw that everybody may see. */
function resultOf(ask: AskValue): boolean {
  return isOut(ask) && ((ask.counts?.length ?? 0) > 0 || (saidIn(ask)?.length ?? 0) > 0);
}

/** What there is to choose from, while nothing is told of the answers. */
function Asked({ ask }: { ask: AskValue }): VNode | null {
  if (ask.kind === "choice") {
    return <ol class="asks-options" role="list" data-count={ask.options.length}>{ask.options.map((option) => <li key={option}><bdi dir="auto">{tidyLine(option)}</bdi></li>)}</ol>;
  }
  if (ask.kind !== "scale") return null;
  return <p class="asks-ends"><bdi dir="auto">1 {tidyLine(ask.low)}</bdi> <span aria-hidden="true">…</span> <bdi dir="auto">{ask.top} {tidyLine(ask.high)}</bdi></p>;
}

/** What came of it, as large as its place. */
export function AskResult({ ask, now }: { ask: AskValue; now: number }): VNode | null {
  if (!isOut(ask)) return null;
  const bars = barsOf(ask);
  if (bars && ask.counts) return ask.kind === "scale" ? <Scale ask={ask} bars={bars} counts={ask.counts} /> : <Bars bars={bars} />;
  const said = saidIn(ask) ?? [];
  if (said.length === 0) return null;
  return ask.kind === "words" ? <Cloud said={said} /> : <Texts said={said} now={now} />;
}

function Bars({ bars }: { bars: readonly Bar[] }): VNode {
  const words = useWords();
  return (
    <ol class="asks-bars" role="list" data-count={bars.length} data-long={bars.some(({ label }) => label.length > LONG)}>
      {bars.map(({ label, count, share, most }) => (
        <li key={label} data-most={most}>
          <span class="asks-option"><bdi dir="auto">{tidyLine(label)}</bdi></span>
          <span class="asks-line" aria-hidden="true"><i style={{ width: `${share * 100}%` }} /></span>
          <span class="asks-share">{Math.round(share * 100)} % <small>{words.number(count)}</small></span>
        </li>
      ))}
    </ol>
  );
}

function Scale({ ask, bars, counts }: { ask: AskValue; bars: readonly Bar[]; counts: readonly number[] }): VNode {
  const words = useWords();
  const median = medianOf(counts);
  const most = Math.max(...counts, 1);
  return (
    <div class="asks-numbers">
      <ol class="asks-columns" role="list">
        {bars.map(({ label, count, share, most: isMost }) => (
          <li key={label} data-most={isMost} aria-label={words.fill("asks.bar", { label, count, percent: Math.round(share * 100) })}>
            <span class="asks-count">{words.number(count)}</span>
            <i style={{ height: `${(count / most) * 100}%` }} />
            <span class="asks-number">{label}</span>
          </li>
        ))}
      </ol>
      {median !== null && (
        <p class="asks-median" style={{ left: `${((median - 0.5) / counts.length) * 100}%` }}><span>{words.fill("asks.median", { value: median })}</span></p>
      )}
      <p class="asks-ends"><bdi dir="auto">{tidyLine(ask.low)}</bdi> <bdi dir="auto">{tidyLine(ask.high)}</bdi></p>
    </div>
  );
}

function Cloud({ said }: { said: readonly SaidOften[] }): VNode {
  const box = useRef<HTMLOListElement>(null);
  const [placed, place] = useState<readonly Placed[]>([]);
  const all = said.slice(0, MOST_WORDS).map(({ text, count }) => ({ text: tidyLine(text), count }));
  const of = JSON.stringify(all);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return undefined;
    const set = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const wide = measured(getComputedStyle(list));
      place(cloud(all.map((one) => ({ ...one, width: wide(one.text) })), list.clientWidth, list.clientHeight, Math.min(LEAST_REM * rem, list.clientHeight / 8)));
    };
    const sizes = new ResizeObserver(set);
    sizes.observe(list);
    set();
    return () => sizes.disconnect();
  }, [of]);
  const most = placed[0]?.count ?? 1;
  return (
    <ol class="asks-cloud" role="list" ref={box}>
      {placed.map(({ text, count, left, top, size, width }, at) => (
        <li key={text} data-tint={at % 6} data-most={count === most && most > 1} style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, fontSize: `${size}px` }}>
          <bdi dir="auto">{text}</bdi>{count > 1 && <span class="unseen"> × {count}</span>}
        </li>
      ))}
    </ol>
  );
}

/** How wide words are in these letters where they are 1 high. */
function measured({ fontFamily, fontWeight }: CSSStyleDeclaration): (text: string) => number {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `${fontWeight} 100px ${fontFamily}`;
  return (text) => (pen ? pen.measureText(text).width / 100 : text.length * 0.6);
}

/** Short texts, some at a time. */
function Texts({ said, now }: { said: readonly SaidOften[]; now: number }): VNode {
  const pages = Math.ceil(said.length / TEXTS);
  const page = Math.floor(now / TEXTS_MS) % pages;
  return (
    <>
      <ol class="asks-texts" role="list" key={page} data-count={Math.min(said.length, TEXTS)}>
        {said.slice(page * TEXTS, (page + 1) * TEXTS).map(({ text, count }) => (
          <li key={text}><Large of={text} most={3}>{tidyLine(text)}</Large>{count > 1 && <span class="asks-times">× {count}</span>}</li>
        ))}
      </ol>
      {pages > 1 && <p class="asks-pages" aria-hidden="true">{Array.from({ length: pages }, (_, at) => <i key={at} data-on={at === page} />)}</p>}
    </>
  );
}
