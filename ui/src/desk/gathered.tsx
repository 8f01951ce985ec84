/** What a point is made of and where it belongs, as the list shows it; and whose posts the list shows. */
import type { VNode } from "preact";
import { useComputed } from "@preact/signals";
import { tidyLine } from "../hygiene";
import { useTimes, useWords } from "../wall/context";
import type { ContributionValue, PostValue } from "../wire";
import { WHOSE, within } from "./gathering";
import { Key } from "./keys";
import { useParts, useTell } from "./parts";
import { roomOf } from "./programme";
import { snippet } from "./say";

/** Posts of a card that are shown before it is opened. */
const FEW = 3;
/** Letters of what is offered, and of a post within a card that is not opened. */
const SHORT = 140;

/** The other posts of a point: what they add, and who said it. */
export function Gathered({ post, opened }: { post: PostValue; opened: boolean }): VNode | null {
  const { desk } = useParts();
  const words = useWords();
  const say = useTell();
  const all = within(post.id, desk.view.value);
  if (all.length === 0) return null;
  const shown = opened ? all : all.slice(0, FEW);
  return (
    <div class="gathered">
      <p class="gathered-count">{words.count("desk.gathered", all.length)} <Key command="split" /></p>
      <ul>
        {shown.map((one) => (
          <li key={one.id}>
            <bdi class="name" dir="auto">{tidyLine(one.author.name || one.author.handle) || say("desk.nobody")}</bdi>{" "}
            <bdi dir="auto">{snippet(one, opened ? Infinity : SHORT)}</bdi>
          </li>
        ))}
      </ul>
      {shown.length < all.length && <p class="quiet">{words.count("desk.gathered.more", all.length - shown.length)}</p>}
    </div>
  );
}

/** A facilitator's words for it, marked as such. */
export function Worded({ contribution: { wording } }: { contribution: ContributionValue }): VNode | null {
  const say = useTell();
  if (!wording) return null;
  return <p class="worded"><span class="worded-by">{say("desk.worded")}</span> <bdi dir="auto">{wording}</bdi></p>;
}

/** Where it belongs, and how that is known; nothing where all belongs to one session. */
export function Belongs({ post }: { post: string }): VNode | null {
  const { desk } = useParts();
  const say = useTell();
  if (desk.sessions.value.length < 2) return null;
  const placement = desk.view.value.placement(post);
  const place = desk.place(post);
  const session = placement?.session ? desk.view.value.session(placement.session) : undefined;
  const where = session ? roomOf(session, desk.rooms.value) || tidyLine(session.title) : say(placement?.claimed_by && place === "own" ? "desk.taken" : "desk.tray");
  return (
    <p class={`belongs belongs-${place}`} title={placement?.reason ? say(`desk.placed.${placement.reason}`) : undefined}>
      <bdi dir="auto">{where}</bdi>
      {placement?.reason && <span class="unseen"> {say(`desk.placed.${placement.reason}`)}</span>}
    </p>
  );
}

/** What says much the same as the current post: one key makes them one point. It stands below the list, for it comes
 * late: in the card it would push what is read there down. */
export function Similar({ post }: { post: string }): VNode | null {
  const { actions } = useParts();
  const say = useTell();
  void actions.similar.offer.value;
  const offer = actions.similar.of(post);
  if (!offer) return null;
  return (
    <p class="similar">
      <button type="button" class="do" tabIndex={-1} onClick={() => actions.run("join")}><Key command="join" /> {say("desk.similar")}</button>{" "}
      <bdi class="name" dir="auto">{tidyLine(offer.author.name || offer.author.handle) || say("desk.nobody")}</bdi>{" "}
      <bdi dir="auto">{snippet(offer, SHORT)}</bdi>
    </p>
  );
}

/** Whose posts are shown, and what lies in the shared tray, with how long the oldest has lain there. */
export function Whom(): VNode | null {
  const { desk, actions } = useParts();
  const [words, times, say] = [useWords(), useTimes(), useTell()];
  const age = useComputed(() => {
    const { trayOldest } = desk.counts.value;
    return trayOldest === null ? "" : times.since(trayOldest, desk.now.value) || say("desk.just_now");
  });
  const shared = desk.sessions.value.filter(({ state }) => state !== "ended").length > 1;
  if (!shared || desk.mine.value === null) return null;
  const looking = desk.looking;
  return (
    <ul class="shows whose" aria-label={say("desk.whose")}>
      {WHOSE.map((one) => (
        <li key={one}>
          <button type="button" class="show" aria-current={one === looking ? "true" : undefined} onClick={() => actions.look(one)}>
            {say(`desk.whose.${one}`)}
            {one === "tray" && <> <span class="show-count">{words.number(desk.counts.value.tray)}</span>{age.value && <span class="tray-age"> {age.value}</span>}</>}
          </button>
        </li>
      ))}
    </ul>
  );
}
