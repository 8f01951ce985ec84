/** The bar above the list: which event, how much is left, who is here, and whether the line holds. */
import type { RefObject, VNode } from "preact";
import { useComputed } from "@preact/signals";
import { tidyLine } from "../hygiene";
import { useTimes, useWords } from "../wall/context";
import { Whom } from "./gathered";
import { SHOWS } from "./inbox";
import { Key } from "./keys";
import { Do } from "./queue";
import { useParts, useTell } from "./parts";

export function Head({ field }: { field: RefObject<HTMLInputElement | null> }): VNode {
  const { desk } = useParts();
  const say = useTell();
  return (
    <header class="head">
      <h1 class="event"><span class="face">{say("desk.title")}</span> <a href={`/events/${encodeURIComponent(desk.options.event)}`}><bdi dir="auto">{tidyLine(desk.event.value?.name ?? "")}</bdi></a></h1>
      <Search field={field} />
      <People />
      <Line />
      <Do command="help">{say("desk.keys")}</Do>
    </header>
  );
}

function Search({ field }: { field: RefObject<HTMLInputElement | null> }): VNode {
  const { desk } = useParts();
  const say = useTell();
  return (
    <div class="seek" role="search">
      <label class="search">
        <span class="unseen">{say("desk.search")}</span>
        <input
          ref={field} class="field" type="search" value={desk.criteria.value.words} placeholder={say("desk.search")} dir="auto" autocomplete="off"
          onInput={(event) => (desk.touch(), desk.look({ words: event.currentTarget.value.trim() }))}
        />
        <Key command="search" />
      </label>
      <Do command="filter">{say("desk.key.filter")}</Do>
    </div>
  );
}

function People(): VNode {
  const { desk, presence } = useParts();
  const say = useTell();
  const others = presence.people.value.filter(({ person }) => person !== desk.options.person);
  return (
    <ul class="people" aria-label={say("desk.people")}>
      <li class="person">{say("desk.you")}</li>
      {others.map(({ person, name }) => <li key={person} class="person" title={tidyLine(name)}><bdi dir="auto">{tidyLine(name)}</bdi></li>)}
    </ul>
  );
}

/** A quiet dot while all is well; words, and what is not sent yet with a way to it, when it is not. */
function Line(): VNode {
  const { desk, connection, actions } = useParts();
  const words = useWords();
  const phase = connection.phase.value;
  const { entries, stalled } = desk.outbox;
  const unsent = entries.value.filter(({ state }) => state === "failed" || (stalled.value && state !== "answered")).length;
  if (unsent > 0) {
    return (
      <p class="line line-trouble" role="status">
        <button type="button" class="do line-unsent" onClick={() => actions.run("unsent")}>
          <span class="dot" /> {words.count("desk.unsent", unsent)} <Key command="unsent" />
        </button>
      </p>
    );
  }
  if (phase === "live") return <p class="line"><span class="dot" /> {words.say("connection.live")}</p>;
  return <p class="line line-trouble" role="status"><span class="dot" /> {words.say(`connection.${phase === "stopped" ? "connecting" : phase}`)}</p>;
}

/** What is looked for, with how much there is of it. */
export function Filters(): VNode {
  const { desk, actions } = useParts();
  const [words, say] = [useWords(), useTell()];
  const { show, network, lang } = desk.criteria.value;
  const narrowed = [network !== null && say(`network.${network}`), lang !== null && (lang || say("desk.filter.unknown"))].filter(Boolean);
  return (
    <nav class="filters" aria-label={say("desk.filters")}>
      <ul class="shows">
        {SHOWS.map((one) => (
          <li key={one}>
            <button type="button" class="show" aria-current={one === show ? "true" : undefined} onClick={() => actions.show(one)}>
              {say(`desk.show.${one}`)} <span class="show-count">{words.number(desk.counts.value[one])}</span>
            </button>
          </li>
        ))}
      </ul>
      <Whom />
      <Oldest />
      {narrowed.length > 0 && <button type="button" class="narrowed" onClick={() => actions.clear()}>{narrowed.join(" · ")} ×</button>}
    </nav>
  );
}

/** How long the oldest of what is left to do has been there. */
function Oldest(): VNode | null {
  const { desk } = useParts();
  const times = useTimes();
  const say = useTell();
  const age = useComputed(() => {
    const { oldest } = desk.counts.value;
    return oldest === null ? null : times.since(oldest, desk.now.value) || say("desk.just_now");
  });
  return age.value === null ? null : <span class="oldest">{say("desk.oldest", { age: age.value })}</span>;
}
