/** One post as a card. Everything from outside is a text node in its own direction. */
import { Component, type ComponentChildren, type VNode } from "preact";
import { useComputed, type ReadonlySignal } from "@preact/signals";
import { displayed, displayedLine, tidyLine, type Run } from "../hygiene";
import { Marks } from "../network-marks";
import { bucket, hasInk, initial, length } from "../text";
import type { MediaValue, PostValue } from "../wire";
import { Linked, Poll, Quote } from "./attached";
import { hasAttached } from "./content";
import { useTimes, useWords } from "./context";
import { described, Emoji, Picture, pictureUrl, shape } from "./picture";

/** The network of posts that were written here. */
const OWN = "web";
const TINTS = 6;
const SHORT = 72;
const LONG = 240;
/** Attachments on a card; more would crowd out what was said. */
const MOST_MEDIA = 4;

interface Shown {
  readonly post: PostValue;
  /** The event's short name, in which the server finds the pictures. */
  readonly event: string;
}

/** A card that cannot be drawn loses itself and nothing else. */
export class Guard extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ComponentChildren {
    return this.state.failed ? null : this.props.children;
  }
}

export interface CardProps extends Shown {
  readonly now: ReadonlySignal<number>;
}

export function Card({ post, event, now }: CardProps): VNode {
  return (
    <article class="card">
      <By post={post} event={event} now={now} />
      {post.warning?.trim() ? <Covered post={post} event={event} warning={post.warning} /> : <Said post={post} event={event} />}
      <About post={post} />
    </article>
  );
}

export function By({ post, event, now }: CardProps): VNode {
  const { author } = post;
  const words = useWords();
  const handle = tidyLine(author.handle.replace(/^@/, ""));
  const name = displayedLine(hasInk(author.name) ? tidyLine(author.name) : handle, codes(post));
  return (
    <header class="by">
      <Portrait post={post} event={event}>
        <span class={`initial tint-${bucket(handle, TINTS)}`} aria-hidden="true">{initial(letters(name)) || "·"}</span>
      </Portrait>
      <div class="who">
        <h2 class="name">
          {nameless(post) ? words.say("card.nobody") : <bdi dir="auto"><Runs runs={name} post={post} event={event} /></bdi>}
        </h2>
        <p class="where">
          {handle && <bdi class="handle" dir="auto">@{handle}</bdi>}
          <When at={post.created_at} now={now} />
        </p>
      </div>
      <Marks post={post} />
    </header>
  );
}

/** Whether its author chose, on this event's own page, to stay without a name. */
export function nameless({ author, network }: PostValue): boolean {
  return network === OWN && !hasInk(author.name) && !hasInk(author.handle);
}

/** The author's picture; where there is none, `children`. */
function Portrait({ post, event, children }: Shown & { children: ComponentChildren }): VNode {
  const key = post.author.avatar;
  if (key === null) return <>{children}</>;
  return <Picture class="avatar" src={pictureUrl(event, post.id, "avatar", key)} alt="">{children}</Picture>;
}

function When({ at, now }: { at: string; now: ReadonlySignal<number> }): VNode {
  const times = useTimes();
  const words = useWords();
  const since = useComputed(() => times.since(Date.parse(at), now.value) || words.say("time.now"));
  return <time dateTime={at}>{since}</time>;
}

export function Said({ post, event }: Shown): VNode {
  // Offsets of links count from the start of the text as it was sent.
  const runs = displayed(post.text.trimEnd(), post.links, codes(post));
  const said = letters(runs, "\u25a1").trim();
  const size = length(said, LONG) >= LONG ? "long" : length(said, SHORT) < SHORT ? "short" : "usual";
  return (
    <>
      {said && (
        <p class={`said said-${size}`} lang={post.lang ?? undefined}>
          <bdi dir="auto">
            <Runs runs={runs} post={post} event={event} />
          </bdi>
        </p>
      )}
      <Attachments post={post} event={event} />
    </>
  );
}

/** Text in runs: what leads somewhere stands out, and custom emoji are pictures. */
export function Runs({ runs, post, event }: Shown & { runs: readonly Run[] }): VNode {
  const keys = new Map(post.emoji.map(({ code, picture }) => [code, picture]));
  const one = ({ text, url, emoji }: Run): ComponentChildren => {
    if (url !== null) return <span class="link">{text}</span>;
    const key = emoji === null ? undefined : keys.get(emoji);
    return key === undefined ? text : <Emoji src={pictureUrl(event, post.id, `emoji-${emoji}`, key)} text={text} />;
  };
  return <>{runs.map(one)}</>;
}

/** The codes that this post's server has a picture for. */
export function codes(post: PostValue): ReadonlySet<string> {
  return new Set(post.emoji.map(({ code }) => code));
}

/** What is written, with this in the place of each custom emoji. */
export function letters(runs: readonly Run[], emoji = ""): string {
  return runs.map((run) => (run.emoji === null ? run.text : emoji)).join("");
}

export function Covered({ post, event, warning }: Shown & { warning: string }): VNode {
  const words = useWords();
  const runs = displayed(warning.trim(), [], codes(post));
  return (
    <div class="covered">
      <p class="covered-label">{words.say("card.warning")}</p>
      <p class="said said-usual"><bdi dir="auto"><Runs runs={runs} post={post} event={event} /></bdi></p>
      <p class="quiet">{words.say("card.covered")}</p>
    </div>
  );
}

/** What is attached: a poll, pictures, a quote, or else the page that is linked to. */
export function Attachments({ post, event }: Shown): VNode | null {
  if (!hasAttached(post)) return null;
  const { poll, quote, link_card } = post;
  const alone = post.media.length === 0 && quote === null;
  return (
    <>
      {poll && <Poll poll={poll} />}
      <Pictures post={post} event={event} />
      {quote && <Quote quote={quote} />}
      {link_card && alone && <Linked post={post} link={link_card} event={event} />}
    </>
  );
}

/** Of a sensitive post nothing is loaded. */
function Pictures({ post, event }: Shown): VNode | null {
  const words = useWords();
  const media = post.media.slice(0, MOST_MEDIA);
  if (media.length === 0) return null;
  if (post.sensitive) return <p class="attachment">{words.say("card.covered_media")}</p>;
  return (
    <div class={media.filter(hasPicture).length > 1 ? "media media-many" : "media"}>
      {media.map((one, index) => <Attachment key={index} media={one} place={index} post={post} event={event} />)}
    </div>
  );
}

/** An image is shown as itself; a film as its preview with a line that says so, the rest as a line. */
function Attachment({ media, place, post, event }: Shown & { media: MediaValue; place: number }): VNode {
  const line = <Line media={media} />;
  if (!hasPicture(media)) return line;
  const isImage = media.kind === "image";
  const picture = (
    <Picture
      class="photo"
      src={pictureUrl(event, post.id, place, media.picture)}
      alt={isImage ? described(media.alt) : ""}
      shape={shape(media.width, media.height)}
      captioned
    >
      {isImage && line}
    </Picture>
  );
  return isImage ? picture : <div><div class="film">{picture}</div>{line}</div>;
}

function Line({ media }: { media: MediaValue }): VNode {
  const words = useWords();
  const alt = described(media.alt);
  return (
    <p class={media.kind === "video" ? "attachment attachment-film" : "attachment"}>
      <span class="attachment-kind">{words.say(`card.${media.kind}`)}</span>
      {alt && <bdi dir="auto">{alt}</bdi>}
    </p>
  );
}

function hasPicture(media: MediaValue): media is MediaValue & { picture: string } {
  return media.picture !== null;
}

export function About({ post }: { post: PostValue }): VNode | null {
  const words = useWords();
  const { reposts, edited, author } = post;
  if (!reposts && !edited && !author.bot) return null;
  return (
    <footer class="about">
      {reposts > 0 && (
        <span role="img" aria-label={words.say("card.reposts", reposts)}>↻ {words.number(reposts)}</span>
      )}
      {edited && <span>{words.say("card.edited")}</span>}
      {author.bot && <span>{words.say("card.bot")}</span>}
    </footer>
  );
}
