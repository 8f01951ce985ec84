/** Who is owed a reply, in one list: each with a draft that a person edits, sends, or lets be. */
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { tidyLine } from "../hygiene";
import { useTimes, useWords } from "../wall/context";
import { Polled } from "./polled";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";
import { roomOf } from "./programme";
import {
  Drafts, inOrder, isOpen, lengthOf, publicNetworks, REPLY_LIMIT, waiting, whyNotPublic, type Owed, type OwedAuthor, type OwedList,
} from "./replying";
import { snippet } from "./say";

export function Replies({ onClose }: { onClose: () => void }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const asked = useMemo(() => new Polled<OwedList>(desk.options.event, desk.options.browser, () => "/replies"), [desk]);
  const drafts = useMemo(() => new Drafts(), []);
  useEffect(() => {
    asked.now();
    return () => asked.stop();
  }, [asked]);
  useEffect(() => {
    if (desk.beside.moved.value > 0) asked.soon();
  }, [desk.beside.moved.value]);
  const list = asked.answer.value;
  const unsent = new Set(desk.outbox.entries.value.map(({ step }) => (step.do === "send" ? step.about : "")));
  useEffect(() => {
    if (list) drafts.settle(list.owed, unsent);
  }, [list]);
  const mine = desk.mine.value?.id ?? null;
  const open = inOrder(list?.owed ?? [], mine).filter((one) => isOpen(one) && !drafts.gone.value.has(one.contribution));
  const sending = (list?.owed ?? []).filter((one) => !isOpen(one) && waiting(one).length > 0).length;
  return (
    <Modal title={say("desk.replies.title")} about={say("desk.replies.about")} wide onClose={onClose}>
      {list === null && <p class="quiet">{say(asked.failed.value ? "desk.replies.failed" : "desk.loading")}</p>}
      {list !== null && open.length === 0 && <p class="replies-none">{say("desk.replies.none")}</p>}
      {open.length > 0 && <List open={open} drafts={drafts} />}
      {sending > 0 && <p class="quiet" role="status">{say("desk.replies.sending", { count: sending })}</p>}
      {list && <Switches list={list} />}
      <p class="line-do"><button type="button" class="do" onClick={onClose}>{say("desk.keys.close")} <Stroke stroke="Escape" /></button></p>
    </Modal>
  );
}

function List({ open, drafts }: { open: readonly Owed[]; drafts: Drafts }): VNode {
  const { actions } = useParts();
  const say = useTell();
  const at = useSignal(0);
  const box = useRef<HTMLUListElement>(null);
  const current = Math.min(at.value, open.length - 1);
  const focus = (): void => box.current?.focus();
  useEffect(focus, []);
  const go = (to: number): void => {
    at.value = Math.min(Math.max(to, 0), open.length - 1);
    focus();
  };
  const send = (one: Owed): void => {
    if (!drafts.words(one).trim() || lengthOf(drafts.words(one)) > REPLY_LIMIT) return;
    actions.replies.do(drafts.send(one));
    focus();
  };
  const waive = (one: Owed): void => {
    actions.replies.do(drafts.waive(one));
    focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    const one = open[current];
    if (!one || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLElement && event.target.closest("textarea, input, button, a")) return;
    const run: Readonly<Record<string, () => void>> = {
      j: () => go(current + 1), ArrowDown: () => go(current + 1), k: () => go(current - 1), ArrowUp: () => go(current - 1),
      s: () => send(one), Enter: () => send(one), w: () => waive(one), p: () => drafts.togglePublic(one),
      e: () => box.current?.querySelector<HTMLTextAreaElement>(".owed-current textarea")?.focus(),
    };
    const act = run[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <>
      <p class="replies-keys" aria-hidden="true">
        <Stroke stroke="s" /> {say("desk.replies.send")} <Stroke stroke="e" /> {say("desk.replies.edit")}{" "}
        <Stroke stroke="w" /> {say("desk.replies.waive")} <Stroke stroke="p" /> {say("desk.replies.public_key")}
      </p>
      <ul class="owed-list" ref={box} tabIndex={0} aria-label={say("desk.replies.title")} onKeyDown={onKey}>
        {open.map((one, place) => (
          <Item
            key={one.contribution} one={one} drafts={drafts} current={place === current} onFocus={() => (at.value = place)}
            onSend={() => send(one)} onWaive={() => waive(one)} onLeave={focus}
          />
        ))}
      </ul>
    </>
  );
}

interface ItemProps {
  readonly one: Owed;
  readonly drafts: Drafts;
  readonly current: boolean;
  readonly onFocus: () => void;
  readonly onSend: () => void;
  readonly onWaive: () => void;
  readonly onLeave: () => void;
}

function Item({ one, drafts, current, onFocus, onSend, onWaive, onLeave }: ItemProps): VNode {
  const { desk } = useParts();
  const [words, times, say] = [useWords(), useTimes(), useTell()];
  const box = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) box.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const typed = drafts.words(one);
  const left = REPLY_LIMIT - lengthOf(typed);
  const session = desk.view.value.session(one.session);
  const at = one.closed_at === null ? "" : times.clock(Date.parse(one.closed_at));
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSend();
    else if (event.key === "Escape") onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const id = `draft-${one.contribution}`;
  return (
    <li ref={box} class={current ? "owed owed-current" : "owed"} data-owed={one.contribution} onClick={onFocus} aria-current={current ? "true" : undefined}>
      <p class="owed-said"><bdi dir="auto">{snippet(one.post, 200)}</bdi></p>
      <p class="owed-where">
        {say(`desk.replies.${one.state}`)} · <bdi dir="auto">{roomOf(session, desk.rooms.value)}</bdi>{at && ` · ${at}`}
      </p>
      <ul class="owed-authors">{waiting(one).map((author) => <li key={author.post}><AuthorView author={author} /></li>)}</ul>
      <label class="unseen" for={id}>{say("desk.replies.words")}</label>
      <textarea
        id={id} class="field owed-words" dir="auto" rows={3} value={typed} onFocus={onFocus} onKeyDown={onKey}
        onInput={(event) => drafts.type(one, event.currentTarget.value)}
      />
      {left < 100 && <p class={left < 0 ? "counted too-many" : "counted"}>{words.number(left)}</p>}
      <p class="owed-do">
        <Public one={one} drafts={drafts} />
        <button type="button" class="do do-main" aria-disabled={left < 0 || typed.trim() === ""} onClick={onSend}>{say("desk.replies.send")}</button>
        <button type="button" class="do" onClick={onWaive}>{say("desk.replies.waive")}</button>
      </p>
    </li>
  );
}

/** An author as they present themselves, and what stands in the way of telling them. */
function AuthorView({ author }: { author: OwedAuthor }): VNode {
  const words = useWords();
  const say = useTell();
  const network = `network.${author.network}`;
  return (
    <>
      <bdi dir="auto">{tidyLine(author.name) || tidyLine(author.handle) || say("desk.nobody")}</bdi>{" "}
      <span class="quiet">{words.has(network) ? words.say(network) : author.network}</span>
      {author.sending && <span class="quiet"> · {say("desk.replies.being_posted")}</span>}
      {author.problem && <span class="owed-problem"> · {say(`desk.reply_problem.${author.problem}`)}</span>}
    </>
  );
}

/** Public only where it can be and a person says so. */
function Public({ one, drafts }: { one: Owed; drafts: Drafts }): VNode | null {
  const words = useWords();
  const say = useTell();
  const networks = publicNetworks(one);
  if (networks.length === 0) {
    const why = whyNotPublic(one);
    return why ? <span class="quiet owed-public">{say(`desk.reply_public.${why}`)}</span> : null;
  }
  const names = networks.map((network) => (words.has(`network.${network}`) ? words.say(`network.${network}` as "network.x") : network)).join(", ");
  return (
    <label class="owed-public">
      <input type="checkbox" checked={drafts.isPublic(one)} onChange={() => drafts.togglePublic(one)} /> {say("desk.replies.public", { networks: names })}
    </label>
  );
}

/** Which accounts may reply at all: an organiser says. */
function Switches({ list }: { list: OwedList }): VNode | null {
  const { actions } = useParts();
  const words = useWords();
  const say = useTell();
  if (!list.may_switch || list.feeds.length === 0) return null;
  const name = (network: string): string => (words.has(`network.${network}`) ? words.say(`network.${network}` as "network.x") : network);
  const flip = (feed: string, on: boolean): void =>
    actions.replies.do({ do: "send", what: "switch", path: `/feeds/${feed}/replies`, body: { on }, about: feed });
  return (
    <fieldset class="owed-switches">
      <legend>{say("desk.replies.switches")}</legend>
      {list.feeds.map(({ feed, network, replies }) => (
        <label key={feed}><input type="checkbox" checked={replies} onChange={() => flip(feed, !replies)} /> {name(network)}</label>
      ))}
      <span class="quiet">{say("desk.replies.switches_note")}</span>
    </fieldset>
  );
}
