/** The list of posts: only the rows in sight are drawn, and nothing that arrives moves them. */
import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { Guard } from "../wall/card";
import type { Desk } from "./desk";
import { ItemView } from "./item";
import { useParts, useTell } from "./parts";
import { Rows } from "./virtual";

/** Height of a row that was not drawn yet, in CSS pixels. */
const GUESS = 118;
/** Pixels drawn above and below what is in sight. */
const BESIDE = 500;
/** Pixels of its neighbours that are seen around the current row. */
const EDGE = 72;
/** Measuring may bring other rows into sight; more rounds than these change nothing that is seen. */
const ROUNDS = 6;

/** Where a row is in the window: it stays there whatever happens above it. */
interface Anchor {
  readonly id: string;
  readonly y: number;
}

/** What is scrolled to, kept between drawings. */
class Window {
  readonly rows = new Rows(GUESS);
  anchor: Anchor | null = null;
  cursor: string | null = null;
  top = 0;
  height = 600;
  width = 0;
  rounds = 0;
  /** Hears of rows whose height changes after they were drawn: a picture could not be had. */
  sizes: ResizeObserver | undefined;

  /** The window was scrolled or moved: what is at its top stays there from now on. */
  hold(ids: readonly string[]): void {
    const id = ids[this.rows.at(this.top)];
    this.anchor = id === undefined ? null : { id, y: this.rows.top(this.rows.at(this.top)) - this.top };
  }
}

export function Inbox(): VNode {
  const { desk, actions } = useParts();
  const say = useTell();
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((times: number, _: null) => times + 1, 0);
  const window = useMemo(() => new Window(), []);
  void desk.listed.value;
  const { ids, cursor } = desk.listing;
  window.rows.ids = ids;
  useLayoutEffect(() => {
    if (box.current && settle(box.current, window, desk)) redraw(null);
  });
  useLayoutEffect(() => watch(box.current, window, () => redraw(null)), []);
  useLayoutEffect(() => {
    desk.inSight = () => sight(window, desk.listing.ids);
  }, [desk]);
  const onScroll = (): void => {
    if (box.current && scrolled(box.current, window, desk)) redraw(null);
  };
  return (
    <div
      class="list" role="listbox" tabIndex={0} ref={box} onScroll={onScroll}
      aria-label={say("desk.posts")} aria-activedescendant={cursor === null || ids.length === 0 ? undefined : `post-${cursor}`}
      data-area={desk.area.value}
      onFocus={() => (desk.area.value = "inbox")}
      onClick={(event) => {
        const id = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-post]")?.dataset["post"] : undefined;
        if (id !== undefined) (desk.touch(), desk.go(id), actions.run("inbox"));
      }}
    >
      <Drawn window={window} />
    </div>
  );
}

function Drawn({ window }: { window: Window }): VNode {
  const { desk } = useParts();
  const { ids, cursor, index } = desk.listing;
  const { rows } = window;
  const { start, end } = rows.range(window.top, window.height, BESIDE);
  const drawn = ids.slice(start, end).map((id, at) => [id, start + at] as const);
  // The current row is drawn wherever it is: assistive technology points at it.
  if (cursor !== null && index >= 0 && (index < start || index >= end)) drawn.push([cursor, index]);
  const height = { height: `${rows.total}px` };
  return (
    <div class="rows" role="presentation" style={height}>
      {drawn.map(([id, at]) => <Row key={id} window={window} id={id} at={at} of={ids.length} top={rows.top(at)} current={id === cursor} />)}
    </div>
  );
}

interface RowProps {
  readonly window: Window;
  readonly id: string;
  readonly at: number;
  readonly of: number;
  readonly top: number;
  readonly current: boolean;
}

function Row({ window, id, at, of, top, current }: RowProps): VNode {
  const { desk, older } = useParts();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const row = box.current;
    if (row) window.sizes?.observe(row);
    return () => row && window.sizes?.unobserve(row);
  }, [window.sizes]);
  const say = useTell();
  const item = desk.item(id);
  const gone = !item || item.post.state === "withdrawn";
  const name = ["row", current && "row-current", desk.marked.value.has(id) && "row-marked", item && !desk.unhandled(id) && "row-handled", item && `row-${item.post.state}`];
  return (
    <div
      ref={box} class={name.filter(Boolean).join(" ")} id={`post-${id}`} data-post={id} role="option" aria-selected={current}
      aria-posinset={at + 1} aria-setsize={of} style={{ transform: `translateY(${Math.round(top)}px)` }}
    >
      {gone ? <p class="quiet">{older.loading.value ? "…" : say("desk.gone")}</p> : <Guard key={item.post.version}><ItemView item={item} current={current} /></Guard>}
    </div>
  );
}

/** The rows that are in sight: those of which at least half is. */
function sight({ rows, top, height }: Window, ids: readonly string[]): readonly string[] {
  const { start, end } = rows.range(top, height, 0);
  return ids.slice(start, end).filter((_, at) => {
    const [from, to] = [rows.top(start + at), rows.top(start + at + 1)];
    const seen = Math.min(to, top + height) - Math.max(from, top);
    return seen * 2 >= to - from;
  });
}

/** Measure what was drawn and put the window where it belongs. Returns whether to draw again. */
function settle(box: HTMLElement, window: Window, desk: Desk): boolean {
  const { rows } = window;
  const { ids, cursor, index } = desk.listing;
  let news = false;
  for (const row of box.querySelectorAll<HTMLElement>("[data-post]")) {
    news = rows.measured(row.dataset["post"] ?? "", row.offsetHeight) || news;
  }
  let top = window.top;
  const held = window.anchor ? ids.indexOf(window.anchor.id) : -1;
  if (window.anchor && held >= 0) top = rows.top(held) - window.anchor.y;
  if (cursor !== window.cursor || (news && index >= 0 && window.rounds > 0)) top = rows.reveal(index, top, window.height, EDGE);
  top = Math.round(Math.min(Math.max(0, top), Math.max(0, rows.total - window.height)));
  const moved = top !== window.top;
  if (moved || box.scrollTop !== top) box.scrollTop = top;
  const again = news || moved || cursor !== window.cursor;
  window.cursor = cursor;
  window.top = top;
  window.hold(ids);
  window.rounds = again ? window.rounds + 1 : 0;
  if (window.rounds <= ROUNDS) return again;
  window.rounds = 0;
  return false;
}

/** The person scrolled. Returns whether rows have to be drawn. */
function scrolled(box: HTMLElement, window: Window, desk: Desk): boolean {
  if (Math.abs(box.scrollTop - window.top) < 1) return false;
  const before = window.rows.range(window.top, window.height, BESIDE / 2);
  window.top = box.scrollTop;
  window.hold(desk.listing.ids);
  const after = window.rows.range(window.top, window.height, BESIDE / 2);
  return before.start !== after.start || before.end !== after.end;
}

function watch(box: HTMLElement | null, window: Window, redraw: () => void): (() => void) | undefined {
  if (!box) return undefined;
  const sizes = new ResizeObserver(() => {
    if (box.clientWidth !== window.width) window.rows.forget();
    window.width = box.clientWidth;
    window.height = box.clientHeight;
    redraw();
  });
  sizes.observe(box);
  window.sizes = sizes;
  return () => sizes.disconnect();
}
