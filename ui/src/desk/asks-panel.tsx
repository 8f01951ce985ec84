/** Quick asks of my session: writing one, opening and closing it, watching the answers come, showing the result. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";
import { barsOf, clockOf, medianOf, secondsLeft } from "../asks";
import { newCause, Refusal, send, type Request } from "../commands";
import { tidyLine } from "../hygiene";
import { useWords } from "../wall/context";
import type { AskValue, SaidOften } from "../wire";
import { AskForm } from "./asks-form";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";
import "./asks.css";

/** What commands the panel gives, and what became of the last one. */
export interface Orders {
  readonly wrong: Signal<string>;
  readonly busy: Signal<boolean>;
  /** Whether it was done. */
  readonly give: (path: string, body: object, method?: Request["method"]) => Promise<string | null>;
}

/** For how long an ask is open: until somebody closes it, or so many seconds. */
const SPANS: readonly (number | null)[] = [null, 30, 60, 120, 300];

export function Asks({ onClose }: { onClose: () => void }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const orders = useOrders();
  const edited = useSignal<AskValue | "new" | null>(null);
  const mine = desk.mine.value;
  const all = [...desk.sheet.asks.value.values()].filter(({ session }) => session === null || session === mine?.id).sort((a, b) => (a.id < b.id ? 1 : -1));
  const waiting = all.filter(({ state }) => state !== "kept");
  const kept = all.filter(({ state }) => state === "kept");
  return (
    <Modal title={say("desk.asks.title")} about={mine?.title ?? say("desk.asks.everybody")} wide onClose={onClose}>
      {orders.wrong.value && <p class="asks-wrong" role="alert">{orders.wrong.value}</p>}
      {edited.value === null ? (
        <p><button type="button" class="do" onClick={() => (edited.value = "new")}>{say("desk.asks.new")}</button></p>
      ) : (
        <AskForm key={edited.value === "new" ? "new" : edited.value.id} known={edited.value === "new" ? null : edited.value} orders={orders} onDone={() => (edited.value = null)} />
      )}
      {all.length === 0 && edited.value === null && <p class="quiet">{say("desk.asks.none")}</p>}
      <ul class="asks-list">{waiting.map((ask) => <One key={ask.id} ask={ask} orders={orders} onEdit={() => (edited.value = ask)} />)}</ul>
      {kept.length > 0 && (
        <details>
          <summary>{say("desk.asks.kept_back", { count: kept.length })}</summary>
          <ul class="asks-list">{kept.map((ask) => <One key={ask.id} ask={ask} orders={orders} onEdit={() => undefined} />)}</ul>
        </details>
      )}
      <p class="line-do"><button type="button" class="do" onClick={onClose}>{say("desk.keys.close")} <Stroke stroke="Escape" /></button></p>
    </Modal>
  );
}

function useOrders(): Orders {
  const { desk } = useParts();
  const say = useTell();
  const wrong = useSignal("");
  const busy = useSignal(false);
  const { event, browser } = desk.options;
  const give = async (path: string, body: object, method: Request["method"] = "POST"): Promise<string | null> => {
    if (busy.value) return null;
    busy.value = true;
    wrong.value = "";
    try {
      const answer = await send(browser, event, { method, path, body }, newCause());
      return String(answer["ask"] ?? "");
    } catch (error) {
      wrong.value = error instanceof Refusal ? `${error.message} ${error.remedy}` : say("desk.asks.offline");
      return null;
    } finally {
      busy.value = false;
    }
  };
  return useMemo(() => ({ wrong, busy, give }), [desk]);
}

interface OneProps {
  readonly ask: AskValue;
  readonly orders: Orders;
  readonly onEdit: () => void;
}

function One({ ask, orders, onEdit }: OneProps): VNode {
  const { desk } = useParts();
  const [words, say] = [useWords(), useTell()];
  const left = secondsLeft(ask, desk.now.value);
  return (
    <li class="asks-one" data-state={ask.state}>
      <p class="asks-facts">
        <strong class="asks-state">{say(`desk.asks.state.${ask.state}`)}</strong>
        <span>{say(`desk.asks.kind.${ask.kind}`)}</span>
        {ask.session === null && <span>{say("desk.asks.everybody")}</span>}
        {ask.state !== "drafted" && <span aria-live="off">{words.count("asks.answers", ask.answered)}</span>}
        {left !== null && <span>{words.fill("asks.left", { time: clockOf(left) })}</span>}
        {ask.walls_at !== null && <span class="asks-on">{say("desk.asks.on_walls")}</span>}
      </p>
      <p class="asks-question"><bdi dir="auto">{tidyLine(ask.question)}</bdi></p>
      <Counted ask={ask} />
      {ask.said && ask.said.length > 0 && <Said ask={ask} said={ask.said} orders={orders} />}
      {desk.may("ask.run") && <Moves ask={ask} orders={orders} onEdit={onEdit} />}
    </li>
  );
}

function Moves({ ask, orders, onEdit }: OneProps): VNode {
  const say = useTell();
  const span = useSignal<number | null>(null);
  const { id, state, worded } = ask;
  const move = (verb: string, more: object = {}): void => void orders.give(`/asks/${id}/${verb}`, { worded, ...more });
  const openIt = (): void => move("open", span.value === null ? {} : { seconds: span.value });
  const button = (key: string, run: () => void, isMain = false): VNode => (
    <button type="button" class={isMain ? "do asks-main" : "do"} disabled={orders.busy.value} onClick={run}>{say(`desk.asks.${key}`)}</button>
  );
  const isPublic = state === "open" || state === "closed" || state === "shown";
  return (
    <p class="asks-moves">
      {(state === "drafted" || state === "closed") && (
        <>
          {button(state === "drafted" ? "open" : "reopen", openIt, state === "drafted")}
          <label>
            {say("desk.asks.for")}{" "}
            <select value={String(span.value ?? "")} onChange={(event) => (span.value = Number(event.currentTarget.value) || null)}>
              {SPANS.map((seconds) => <option key={seconds} value={String(seconds ?? "")}>{seconds === null ? say("desk.asks.until_closed") : clockOf(seconds)}</option>)}
            </select>
          </label>
        </>
      )}
      {state === "drafted" && <>{button("edit", onEdit)}{button("remove", () => move("remove"))}</>}
      {state === "open" && button(ask.closes_at === null ? "close" : "close_now", () => move("close"), true)}
      {(state === "closed" || state === "kept") && button("show", () => move("show"), true)}
      {(state === "closed" || state === "shown") && button("keep", () => move("keep"))}
      {isPublic && button(ask.walls_at === null ? "put" : "take_off", () => move("walls", { on: ask.walls_at === null }))}
    </p>
  );
}

function Counted({ ask }: { ask: AskValue }): VNode | null {
  const [words, say] = [useWords(), useTell()];
  const bars = barsOf(ask);
  if (!bars) {
    const isFew = ask.answered > 0 && (ask.kind === "choice" || ask.kind === "scale");
    return isFew ? <p class="quiet">{say("asks.few")}</p> : null;
  }
  const median = ask.kind === "scale" && ask.counts ? medianOf(ask.counts) : null;
  return (
    <>
      <ul class="asks-counted">
        {bars.map(({ label, count, share }) => (
          <li key={label}>
            <bdi dir="auto">{tidyLine(label)}</bdi>
            <span class="asks-bar" aria-hidden="true"><i style={{ width: `${share * 100}%` }} /></span>
            <span class="asks-number">{words.number(count)} · {Math.round(share * 100)} %</span>
          </li>
        ))}
      </ul>
      {median !== null && <p class="quiet">{words.fill("asks.median", { value: median })}</p>}
    </>
  );
}

/** What was said; what a rule held comes first, and waits for a person. */
function Said({ ask, said, orders }: { ask: AskValue; said: readonly SaidOften[]; orders: Orders }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const judge = (key: string, shown: boolean): void => void orders.give(`/asks/${ask.id}/said/${key}`, { shown });
  return (
    <>
      <ul class="asks-said">
        {said.map(({ key, text, count, state }) => (
          <li key={key} data-state={state}>
            <bdi dir="auto">{tidyLine(text)}</bdi>{count > 1 && <span class="quiet"> × {count}</span>}
            {state === "held" && <em> {say("desk.asks.held")}</em>}
            {desk.may("ask.judge") && (
              <span class="asks-judge">
                {state !== "shown" && <button type="button" class="do" onClick={() => judge(key, true)}>{say("desk.asks.allow")}<span class="unseen">: {text}</span></button>}
                {state !== "struck" && <button type="button" class="do" onClick={() => judge(key, false)}>{say("desk.asks.strike")}<span class="unseen">: {text}</span></button>}
              </span>
            )}
          </li>
        ))}
      </ul>
      {ask.more > 0 && <p class="quiet">{say("desk.asks.more", { count: ask.more })}</p>}
    </>
  );
}
