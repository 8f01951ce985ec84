/** One post as a card. Everything from outside is a text node in its own direction. */
import { Component, type ComponentChildren, type VNode } from "preact";
import { useComputed, type ReadonlySignal } from "@preact/signals";
import { bucket, initial, length, runs } from "../text";
import type { Media, PostValue } from "../wire";
import { useTimes, useWords } from "./context";

const TINTS = 6;
const SHORT = 72;
const LONG = 240;
/** Attachments named on a card; more would crowd out what was said. */
const MOST_MEDIA = 4;

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

export function Card({ post, now }: { post: PostValue; now: ReadonlySignal<number> }): VNode {
  return (
    <article class="card">
      <By post={post} now={now} />
      {post.warning?.trim() ? <Covered warning={post.warning} /> : <Said post={post} />}
      <About post={post} />
    </article>
  );
}

function By({ post, now }: { post: PostValue; now: ReadonlySignal<number> }): VNode {
  const { author, network } = post;
  const words = useWords();
  const handle = author.handle.replace(/^@/, "");
  const name = author.name.trim() || handle;
  const key = `network.${network}`;
  return (
    <header class="by">
      <span class={`initial tint-${bucket(handle, TINTS)}`} aria-hidden="true">{initial(name) || "·"}</span>
      <div class="who">
        <h2 class="name"><bdi dir="auto">{name}</bdi></h2>
        <p class="where">
          {handle && <bdi class="handle" dir="auto">@{handle}</bdi>}
          <When at={post.created_at} now={now} />
        </p>
      </div>
      <span class={`mark mark-${network}`} role="img" aria-label={words.has(key) ? words.say(key) : network} />
    </header>
  );
}

function When({ at, now }: { at: string; now: ReadonlySignal<number> }): VNode {
  const times = useTimes();
  const words = useWords();
  const since = useComputed(() => times.since(Date.parse(at), now.value) || words.say("time.now"));
  return <time dateTime={at}>{since}</time>;
}

function Said({ post }: { post: PostValue }): VNode {
  const text = post.text.trim();
  // Offsets of links count from the start of the text as it was sent.
  const parts = runs(post.text.trimEnd(), post.links);
  const size = length(text, LONG) >= LONG ? "long" : length(text, SHORT) < SHORT ? "short" : "usual";
  return (
    <>
      {text && (
        <p class={`said said-${size}`} lang={post.lang ?? undefined}>
          <bdi dir="auto">
            {parts.map((part) => (part.link ? <span class="link">{part.text}</span> : part.text))}
          </bdi>
        </p>
      )}
      <Attachments media={post.media} sensitive={post.sensitive} />
    </>
  );
}

function Covered({ warning }: { warning: string }): VNode {
  const words = useWords();
  return (
    <div class="covered">
      <p class="covered-label">{words.say("card.warning")}</p>
      <p class="said said-usual"><bdi dir="auto">{warning.trim()}</bdi></p>
      <p class="quiet">{words.say("card.covered")}</p>
    </div>
  );
}

function Attachments({ media, sensitive }: { media: readonly Media[]; sensitive: boolean }): VNode | null {
  const words = useWords();
  if (media.length === 0) return null;
  if (sensitive) return <p class="attachment">{words.say("card.covered_media")}</p>;
  return (
    <>
      {media.slice(0, MOST_MEDIA).map(({ kind, alt }) => (
        <p class="attachment">
          <span class="attachment-kind">{words.say(`card.${kind}`)}</span>
          {alt.trim() && <bdi dir="auto">{alt.trim()}</bdi>}
        </p>
      ))}
    </>
  );
}

function About({ post }: { post: PostValue }): VNode | null {
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
