/** Writing a quick ask, or editing one that nobody was asked yet. */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { AskKind, AskValue } from "../wire";
import type { Orders } from "./asks-panel";
import { useParts, useTell } from "./parts";

const KINDS: readonly AskKind[] = ["choice", "scale", "words", "text"];
const TOPS = [5, 7, 9];
const MOST_OPTIONS = 8;

interface Draft {
  readonly kind: AskKind;
  readonly question: string;
  /** One option on each line. */
  readonly options: string;
  readonly many: boolean;
  readonly top: number;
  readonly low: string;
  readonly high: string;
  readonly live: boolean;
  readonly everybody: boolean;
}

const EMPTY: Draft = { kind: "choice", question: "", options: "", many: false, top: 5, low: "", high: "", live: false, everybody: false };

export function AskForm({ known, orders, onDone }: { known: AskValue | null; orders: Orders; onDone: () => void }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const mine = desk.mine.value?.id ?? null;
  const draft = useSignal<Draft>(known ? { ...known, options: known.options.join("\n"), everybody: known.session === null } : { ...EMPTY, everybody: mine === null });
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const set = (more: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...more };
  };
  const { kind, question, options, many, top, low, high, live, everybody } = draft.value;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const asked = bodyOf(draft.value);
    const done = known
      ? await orders.give(`/asks/${known.id}`, { ...asked, worded: known.worded }, "PATCH")
      : await orders.give("/asks", everybody ? asked : { ...asked, session: mine });
    if (done !== null) onDone();
  };
  return (
    <form class="asks-write" onSubmit={(event) => void submit(event)}>
      <label>{say("desk.asks.kind")}
        <select value={kind} onChange={(event) => set({ kind: event.currentTarget.value as AskKind })}>
          {KINDS.map((one) => <option key={one} value={one}>{say(`desk.asks.kind.${one}`)}</option>)}
        </select>
      </label>
      <label class="asks-wide">{say("desk.asks.question")}
        <input ref={first} type="text" required maxLength={300} dir="auto" value={question} onInput={(event) => set({ question: event.currentTarget.value })} />
      </label>
      {kind === "choice" && (
        <>
          <label class="asks-wide">{say("desk.asks.options", { most: MOST_OPTIONS })}
            <textarea rows={4} required dir="auto" value={options} onInput={(event) => set({ options: event.currentTarget.value })} />
          </label>
          <label class="asks-check"><input type="checkbox" checked={many} onChange={(event) => set({ many: event.currentTarget.checked })} /> {say("desk.asks.many")}</label>
        </>
      )}
      {kind === "scale" && (
        <>
          <label>{say("desk.asks.top")}
            <select value={String(top)} onChange={(event) => set({ top: Number(event.currentTarget.value) })}>{TOPS.map((one) => <option key={one} value={String(one)}>1–{one}</option>)}</select>
          </label>
          <label>{say("desk.asks.low")}<input type="text" maxLength={120} dir="auto" value={low} onInput={(event) => set({ low: event.currentTarget.value })} /></label>
          <label>{say("desk.asks.high")}<input type="text" maxLength={120} dir="auto" value={high} onInput={(event) => set({ high: event.currentTarget.value })} /></label>
        </>
      )}
      <label class="asks-check"><input type="checkbox" checked={live} onChange={(event) => set({ live: event.currentTarget.checked })} /> {say("desk.asks.live")}</label>
      {!known && mine !== null && (
        <label class="asks-check"><input type="checkbox" checked={everybody} onChange={(event) => set({ everybody: event.currentTarget.checked })} /> {say("desk.asks.to_all")}</label>
      )}
      <p class="asks-moves">
        <button type="submit" class="do asks-main" disabled={orders.busy.value}>{say("desk.asks.save")}</button>
        <button type="button" class="do" onClick={onDone}>{say("desk.asks.cancel")}</button>
      </p>
    </form>
  );
}

/** What the server is sent: what its kind does not use is left out. */
function bodyOf({ kind, question, options, many, top, low, high, live }: Draft): object {
  const common = { kind, question: question.trim(), live };
  if (kind === "scale") return { ...common, top, low: low.trim(), high: high.trim() };
  const listed = options.split("\n").map((one) => one.trim()).filter(Boolean);
  return kind === "choice" ? { ...common, options: listed, many } : common;
}
