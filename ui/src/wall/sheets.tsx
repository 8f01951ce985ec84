/** What fills a whole wall with few words: its title, a notice, and what stands in while nothing is heard. */
import type { ComponentChildren, VNode } from "preact";
import { tidyLine } from "../hygiene";
import type { EventValue } from "../wire";
import { useTimes, useWords } from "./context";
import { Large } from "./large";
import type { Last } from "./offline";
import { planOf } from "./plan";
import { Programme } from "./rooms";

export function Hashtags({ event }: { event: Pick<EventValue, "hashtags"> }): VNode {
  const words = useWords();
  const parts: ComponentChildren[] = event.hashtags.map((tag, index) => [
    index > 0 && <> {words.say("wall.or")} </>,
    <bdi class="hashtag" dir="auto">#{tag.replace(/^#/, "")}</bdi>,
  ]);
  return <>{parts}</>;
}

/** Who meets here; or words of the organiser's own. */
export function Title({ event, text }: { event: EventValue | null; text: string }): VNode {
  const title = tidyLine(text) || event?.name || "";
  return (
    <section class="sheet title">
      <Large of={title} most={9} class="title-name">{title}</Large>
      {event && event.hashtags.length > 0 && <p class="title-tags"><Hashtags event={event} /></p>}
    </section>
  );
}

/** Words of the organiser's: a sponsor, where lunch is. */
export function Notice({ text }: { text: string }): VNode {
  return <section class="sheet notice-sheet"><Large of={text} most={7.5}>{text.trim()}</Large></section>;
}

/** What holds for these walls now, above whatever is on. */
export function Announced({ notices, isPrivate = false }: { notices: readonly string[]; isPrivate?: boolean }): VNode {
  const words = useWords();
  return (
    <div class="announced" role="status" aria-label={words.say("wall.notice")}>
      {isPrivate && <p class="announcement announcement-private">{words.say("wall.slides_private")}</p>}
      {notices.map((text) => <p key={text} class="announcement"><bdi dir="auto">{text}</bdi></p>)}
    </div>
  );
}

/** Nothing is heard: no posts, which may have been withdrawn meanwhile, but what stays true without a network. */
export function Offline({ last, now }: { last: Last; now: number }): VNode {
  const words = useWords();
  const times = useTimes();
  const plan = planOf(new Map(last.rooms.map((one) => [one.id, one])), new Map(last.sessions.map((one) => [one.id, one])), now);
  return (
    <>
      <header class="head">
        <span class="event-logo" aria-hidden="true" />
        <h1 class="event-name"><bdi dir="auto">{last.event.name}</bdi></h1>
        <div class="now"><p class="clock"><time>{times.clock(now)}</time></p></div>
      </header>
      <Announced notices={last.notices} />
      <main class="posts" data-layout={plan.length > 0 ? "programme" : "title"}>
        {plan.length > 0 ? <Programme plan={plan} /> : <Title event={last.event} text="" />}
      </main>
      <p class="unheard" role="status">
        <span class="dot" /> {words.fill("wall.unheard", { time: times.clock(last.at) })}
      </p>
    </>
  );
}

/** The number of this screen, when it is asked which one it is. */
export function Flash({ number, name }: { number: number; name: string }): VNode {
  return (
    <div class="flash" role="status">
      <p class="flash-number">{number}</p>
      <p class="flash-name"><bdi dir="auto">{tidyLine(name)}</bdi></p>
    </div>
  );
}
