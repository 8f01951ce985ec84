/** The desk: the list in the middle, my session beside it, and the keys below. */
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useComputed, useSignal } from "@preact/signals";
import { later } from "../later";
import type { Stop } from "../socket";
import { TimesContext, useTimes, useWords, WordsContext } from "../wall/context";
import { Times } from "../wall/times";
import type { Words } from "../words";
import { ChoiceView, LineView } from "./asking";
import { Translate } from "./beside-panel";
import type { Panel } from "./dialogs";
import { Finder } from "./finder";
import { Similar } from "./gathered";
import { Filters, Head } from "./head";
import { strokeOf } from "./keymap";
import { Help, Hints, Stroke } from "./keys";
import { Inbox } from "./list";
import { PartsContext, useParts, useTell, type Parts } from "./parts";
import { Problems } from "./problems";
import { RoomPanel } from "./room-panel";
import { stepOf } from "./say";
import { Unsent } from "./unsent-panel";

/** Asking the participants is not every desk's work, nor are replies and who has been heard; all need the server anyway. */
const Asks = later(async () => (await import("./asks-panel")).Asks);
const Heard = later(async () => (await import("./heard-panel")).Heard);
const Replies = later(async () => (await import("./reply-panel")).Replies);

/** How long a short message stays. */
const SAID_MS = 5_000;
const KEYS_OFF = "backchannel.keys-off";

export function App({ parts, words }: { parts: Parts; words: Words }): VNode {
  const zone = useComputed(() => parts.desk.event.value?.zone ?? "UTC");
  const times = useComputed(() => new Times(words.lang, zone.value));
  const stop = parts.connection.stopped.value;
  return (
    <WordsContext.Provider value={words}>
      <TimesContext.Provider value={times.value}>
        <PartsContext.Provider value={parts}>{stop ? <Stopped why={stop} /> : <Running />}</PartsContext.Provider>
      </TimesContext.Provider>
    </WordsContext.Provider>
  );
}

function Running(): VNode {
  const parts = useParts();
  const { desk, actions } = parts;
  const field = useRef<HTMLInputElement>(null);
  const keysOff = useSignal(parts.desk.options.browser.recall(KEYS_OFF) === "yes");
  useMemo(() => {
    // After a question closed, the keyboard comes back to the list first.
    actions.search = () => setTimeout(() => (field.current?.focus(), field.current?.select()));
  }, [actions]);
  useEffect(() => onKeys(parts, () => keysOff.value), [parts]);
  const asking = desk.dialog.value !== null;
  useEffect(() => {
    if (!asking) focusArea(desk.area.value);
  }, [desk.ready.value, asking]);
  const onSwitch = (on: boolean): void => {
    keysOff.value = !on;
    desk.options.browser.remember(KEYS_OFF, on ? "" : "yes");
  };
  return (
    <div class="desk">
      <Head field={field} />
      <Filters />
      <main class="inbox"><Listed /></main>
      <RoomPanel />
      <Hints />
      <Problems />
      <Said />
      <Asking keysOn={!keysOff.value} onSwitch={onSwitch} />
    </div>
  );
}

/** The list, or why there is nothing in it; and how much is new. */
function Listed(): VNode {
  const { desk, actions, older } = useParts();
  const [words, say] = [useWords(), useTell()];
  void desk.listed.value;
  const fresh = desk.listing.fresh.length;
  const empty = desk.listing.ids.length === 0;
  return (
    <>
      <Inbox />
      {empty && <Empty />}
      {older.loading.value && <p class="loading">{say("desk.loading")}</p>}
      <div class="dock">
        {desk.current && <Similar post={desk.current.id} />}
        {fresh > 0 && (
          <button type="button" class="fresh" onClick={() => actions.run("fresh")}>{words.count("desk.fresh", fresh)} <Stroke stroke="p" /></button>
        )}
      </div>
    </>
  );
}

function Empty(): VNode {
  const { desk } = useParts();
  const say = useTell();
  const { show, network, lang, words } = desk.criteria.value;
  const key = !desk.ready.value ? "desk.connecting" : show === "unhandled" && network === null && lang === null && !words ? "desk.caught_up" : "desk.none";
  return (
    <div class="empty">
      <p class="empty-lead">{say(key)}</p>
      {desk.ready.value && <p class="quiet">{say(`${key}_note`)}</p>}
    </div>
  );
}

/** The question that is open; a late step asks by itself when nothing else does. */
function Asking({ keysOn, onSwitch }: { keysOn: boolean; onSwitch: (on: boolean) => void }): VNode | null {
  const { desk } = useParts();
  const [words, times, say] = [useWords(), useTimes(), useTell()];
  const open = desk.dialog.value;
  // A question that follows another one is a window of its own, even under the same words: the keyboard is in it.
  const count = useRef(0);
  const asked = useMemo(() => (count.current += 1), [open]);
  const late = desk.outbox.entries.value.find(({ state }) => state === "asked");
  if (open?.kind === "help") return <Help on={keysOn} onSwitch={onSwitch} onClose={() => (desk.dialog.value = null)} />;
  if (open?.kind === "finder") return <Finder />;
  if (open?.kind === "panel") return <PanelView panel={open} />;
  if (open?.kind === "line") return <LineView key={asked} line={open} />;
  if (open?.kind === "choice") return <ChoiceView key={asked} choice={open} />;
  if (!late) return null;
  const about = say("desk.late.about", { step: stepOf(words, late.step), age: times.since(late.at, desk.now.value) });
  const options = [
    { key: "y", label: say("desk.late.yes"), run: () => desk.outbox.decide(late.cause, true) },
    { key: "n", label: say("desk.late.no"), run: () => desk.outbox.decide(late.cause, false) },
  ];
  return <ChoiceView key={late.cause} choice={{ kind: "choice", title: say("desk.late.title"), about, options }} />;
}

function PanelView({ panel: { panel, post = "" } }: { panel: Panel }): VNode {
  const { desk } = useParts();
  const close = (): void => {
    desk.dialog.value = null;
  };
  if (panel === "asks") return <Asks onClose={close} />;
  if (panel === "replies") return <Replies onClose={close} />;
  if (panel === "unsent") return <Unsent onClose={close} />;
  return panel === "heard" ? <Heard onClose={close} /> : <Translate post={post} onClose={close} />;
}

/** Short messages, for the eye and for screen readers; nothing is said about what arrives. */
function Said(): VNode {
  const { desk } = useParts();
  const said = desk.said.value;
  useEffect(() => {
    const timer = setTimeout(() => (desk.said.value = ""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return <p class="told" role="status">{said}</p>;
}

function Stopped({ why }: { why: Stop }): VNode {
  const words = useWords();
  return (
    <main class="stopped">
      <div role="alert">
        <h1>{words.say(`connection.${why}`)}</h1>
        <p>{words.say(`connection.${why}_note`)}</p>
      </div>
    </main>
  );
}

function focusList(): void {
  document.querySelector<HTMLElement>(".list")?.focus({ preventScroll: true });
}

/** Keys of the whole page; a field and an open question have their own. */
function onKeys({ desk, actions }: Parts, off: () => boolean): () => void {
  const handle = (event: KeyboardEvent): void => {
    if (desk.dialog.value || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input")) return onField(event);
    const stroke = strokeOf(event);
    const presses = target?.closest("button, a, summary") && (stroke === "Enter" || stroke === "Space");
    if (stroke === null || presses || (off() && stroke !== "?")) return;
    // A key that is held moves on, but decides nothing twice.
    if (event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(stroke)) return event.preventDefault();
    if (!actions.press(stroke)) return;
    event.preventDefault();
    if (stroke !== "/") focusArea(desk.area.value);
  };
  addEventListener("keydown", handle);
  return () => removeEventListener("keydown", handle);
}

function onField(event: KeyboardEvent): void {
  if (!["Escape", "Enter", "ArrowDown"].includes(event.key) || event.isComposing) return;
  event.preventDefault();
  focusList();
}

/** The keyboard is where the keys act, so that assistive technology follows. */
function focusArea(area: string): void {
  if (document.querySelector("dialog[open]")) return;
  document.querySelector<HTMLElement>(area === "queue" ? "#queue" : ".list")?.focus({ preventScroll: true });
}
