/** What is in the room of my session, what is next, and the queue. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { tidyLine } from "../hygiene";
import { useComputed } from "@preact/signals";
import { useTimes, useWords } from "../wall/context";
import type { RelayValue } from "../wire";
import type { CommandName } from "./keymap";
import { Key } from "./keys";
import { useParts, useTell } from "./parts";
import { Backed } from "./people";
import { timer } from "./programme";
import { relaySnippet } from "./say";

export function Queue(): VNode {
  const { desk, actions } = useParts();
  const say = useTell();
  void desk.view.value;
  const queue = actions.room.queue();
  const of = (state: string): readonly RelayValue[] => queue.filter((relay) => relay.state === state);
  const [floor, next, queued] = [of("on_floor"), of("next"), of("queued")];
  const chosen = desk.area.value === "queue" ? desk.picked.value : null;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever works at the list sees what is in the room, however far down the queue they were.
    if (chosen === null && box.current) box.current.scrollTop = 0;
  }, [chosen === null]);
  return (
    <div
      ref={box} class="floor" role={queue.length > 0 ? "listbox" : "group"} tabIndex={queue.length > 0 ? 0 : -1} aria-label={say("desk.queue_list")}
      aria-activedescendant={chosen === null ? undefined : `relay-${chosen}`} id="queue"
      onFocus={() => queue.length > 0 && desk.area.value !== "queue" && actions.room.enter()}
    >
      <Part title={say("desk.now")} empty={say("desk.now_empty")} name="part-now" relays={floor} />
      <Part title={say("desk.next")} empty={say("desk.next_empty")} name="part-next" relays={next} />
      <Part title={say("desk.queue")} empty={say("desk.queue_empty")} name="part-queue" relays={queued} count={queued.length} />
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly empty: string;
  readonly name: string;
  readonly relays: readonly RelayValue[];
  readonly count?: number;
}

function Part({ title, empty, name, relays, count }: PartProps): VNode {
  const words = useWords();
  return (
    <div class={`part ${name}`} role="group" aria-label={title}>
      <h3 role="presentation">{title}{count ? <span class="part-count">{words.number(count)}</span> : null}</h3>
      {relays.length === 0 && <p class="quiet" role="presentation">{empty}</p>}
      {relays.map((relay, at) => <Relay key={relay.id} relay={relay} place={count ? at + 1 : null} />)}
    </div>
  );
}

/** Letters of a point that are shown: of what is in the room most. */
const LETTERS: Readonly<Record<string, number>> = { on_floor: 260, next: 180 };

function Relay({ relay, place }: { relay: RelayValue; place: number | null }): VNode {
  const { desk } = useParts();
  const chosen = desk.area.value === "queue" && desk.picked.value === relay.id;
  const { author } = relay.post;
  const name = tidyLine(author.name) || tidyLine(author.handle);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (chosen) box.current?.scrollIntoView({ block: "nearest" });
  }, [chosen, place]);
  const choose = (): void => {
    desk.relay.value = relay.id;
    desk.area.value = "queue";
  };
  return (
    <div
      ref={box} class={chosen ? "relay-row relay-chosen" : "relay-row"} id={`relay-${relay.id}`} role="option" aria-selected={chosen}
      data-relay={relay.id} data-state={relay.state} onClick={choose}
    >
      {place !== null && <span class="place" aria-hidden="true">{place}</span>}
      <p class="relay-said"><bdi dir="auto">{relaySnippet(relay, LETTERS[relay.state] ?? 110)}</bdi></p>
      <p class="relay-by">
        <bdi dir="auto">{name}</bdi>
        <Backed post={relay.post.id} others={relay.others} />
        {relay.state === "on_floor" && relay.floor_at !== null && (
          <span class="timer">{timer(desk.now.value - Date.parse(relay.floor_at))}</span>
        )}
        {relay.state !== "on_floor" && <Raised at={relay.raised_at} />}
        <NotSent id={relay.id} />
      </p>
    </div>
  );
}

/** A mark on what was done here and is not sent yet. */
export function NotSent({ id }: { id: string }): VNode | null {
  const { desk } = useParts();
  const say = useTell();
  if (!desk.outbox.stalled.value || !desk.view.value.isPending(id)) return null;
  return <span class="unsent">{say("desk.state.pending")}</span>;
}

/** How long ago it was raised: its text changes once a minute, and nothing else of the row. */
function Raised({ at }: { at: string }): VNode {
  const { desk } = useParts();
  const [times, say] = [useTimes(), useTell()];
  const since = useComputed(() => times.since(Date.parse(at), desk.now.value) || say("desk.just_now"));
  return <span class="timer" title={say("desk.raised")}>{since}</span>;
}

/** A button that does what a key does. */
export function Do({ command, children }: { command: CommandName; children: ComponentChildren }): VNode {
  const { actions } = useParts();
  return <button type="button" class="do" onClick={() => actions.run(command)}>{children} <Key command={command} /></button>;
}

