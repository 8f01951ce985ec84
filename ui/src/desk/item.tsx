/** One post in the inbox: who said what, why it waits, and how far it got. Text only, nothing to click. */
import type { ComponentChildren, VNode } from "preact";
import { displayedLine, tidyLine, type Run } from "../hygiene";
import { Marks } from "../network-marks";
import { hasInk } from "../text";
import { useTimes, useWords } from "../wall/context";
import { described, Emoji, Picture, pictureUrl } from "../wall/picture";
import type { MediaValue, PostValue } from "../wire";
import { BesidePost } from "./beside-panel";
import { isWaiting, type Item } from "./inbox";
import { piecesOf } from "./marks";
import { useParts, useTell } from "./parts";
import { Backed, Declared, Wish } from "./people";
import "./attached.css";
import { NotSent } from "./queue";
import { reasonOf, relayOf } from "./say";
import { Belongs, Gathered, Worded } from "./gathered";
import { Answers } from "./sheet-panel";

const MOST_MEDIA = 4;
const NONE: ReadonlySet<string> = new Set();

interface Props {
  readonly item: Item;
  readonly current: boolean;
}

export function ItemView({ item, current }: Props): VNode {
  const { desk } = useParts();
  const { post } = item;
  const opened = current && desk.opened.value;
  return (
    <>
      <div class="top">
        <By post={post} />
        <Belongs post={post.id} />
        <Answers post={post.id} />
        <Standing item={item} />
      </div>
      {post.warning?.trim() && <p class="warning"><bdi dir="auto">{tidyLine(post.warning)}</bdi></p>}
      <Said post={post} />
      <Attachments post={post} opened={opened} />
      <Attached post={post} />
      <BesidePost post={post.id} />
      {(isWaiting(item) || post.bar) && <Reasons post={post} />}
      <Wish post={post.id} />
      <Gathered post={post} opened={opened} />
      <Worded contribution={item.contribution} />
    </>
  );
}

function By({ post }: { post: PostValue }): VNode {
  const [words, times, say] = [useWords(), useTimes(), useTell()];
  const { desk } = useParts();
  const handle = tidyLine(post.author.handle.replace(/^@/, ""));
  const name = displayedLine((hasInk(post.author.name) && tidyLine(post.author.name)) || handle || say("desk.nobody"), codesOf(post));
  return (
    <p class="by">
      <Marks post={post} />
      <bdi class="name" dir="auto"><Runs runs={name} post={post} /></bdi>
      {handle && <bdi class="handle" dir="auto">@{handle}</bdi>}
      <time dateTime={post.created_at}>{times.since(Date.parse(post.created_at), desk.now.value) || words.say("time.now")}</time>
      {post.edited && <span>{say("desk.edited")}</span>}
      {post.author.bot && <span>{say("desk.bot")}</span>}
      <Declared declared={post.declared} />
    </p>
  );
}

function Said({ post }: { post: PostValue }): VNode {
  const say = useTell();
  if (!post.text.trim()) return <p class="said quiet">{say("desk.no_text")}</p>;
  return (
    <p class="said" lang={post.lang ?? undefined}>
      <bdi dir="auto">
        {piecesOf(post).map(({ runs, marked }, at) => {
          const shown = <Runs key={at} runs={runs} post={post} />;
          return marked ? <mark key={at}>{shown}</mark> : shown;
        })}
      </bdi>
    </p>
  );
}

function Runs({ runs, post }: { runs: readonly Run[]; post: PostValue }): VNode {
  const { desk } = useParts();
  const keys = new Map(post.emoji.map(({ code, picture }) => [code, picture]));
  const one = ({ text, url, emoji }: Run): ComponentChildren => {
    if (url !== null) return <span class="link">{text}</span>;
    const key = emoji === null ? undefined : keys.get(emoji);
    return key === undefined ? text : <Emoji src={pictureOf(desk.options.event, post.id, `emoji-${emoji}`, key)} text={text} />;
  };
  return <>{runs.map(one)}</>;
}

function Attachments({ post, opened }: { post: PostValue; opened: boolean }): VNode | null {
  const words = useWords();
  if (post.media.length === 0) return null;
  return (
    <ul class={opened ? "media media-open" : "media"}>
      {post.media.slice(0, MOST_MEDIA).map((media, place) => (
        <li key={place}>
          <Thumb media={media} place={place} post={post} opened={opened} />
          <span class="alt">
            <span class="alt-kind">{words.say(`card.${media.kind}`)}</span> <bdi dir="auto">{described(media.alt)}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A poll, a quote and a linked page, in a line each: what a facilitator has to have read. */
function Attached({ post: { poll, quote, link_card } }: { post: PostValue }): VNode | null {
  const words = useWords();
  if (!poll && !quote && !link_card) return null;
  const polled = poll?.options.map(({ text }) => tidyLine(text)).join(" · ");
  const quoted = quote && tidyLine(displayedLine(tidyLine(quote.warning || quote.text), NONE).map(({ text }) => text).join(""));
  return (
    <ul class="attached">
      {poll && <li><span class="alt-kind">{words.say("card.poll")}</span> <bdi dir="auto">{polled}</bdi></li>}
      {quote && <li><span class="alt-kind">{words.say("card.quote")}</span> <bdi dir="auto">{tidyLine(quote.name || quote.handle)}</bdi>: <bdi dir="auto">{quoted}</bdi></li>}
      {link_card && <li><span class="alt-kind">{words.say("card.link")}</span> <bdi dir="auto">{tidyLine(link_card.title)}</bdi> <bdi dir="ltr">{tidyLine(link_card.host)}</bdi></li>}
    </ul>
  );
}

/** What its author covered is shown to somebody who wants to look closer. */
function Thumb({ media, place, post, opened }: { media: MediaValue; place: number; post: PostValue; opened: boolean }): VNode | null {
  const { desk } = useParts();
  if (media.picture === null || ((post.sensitive || post.warning) && !opened)) return null;
  const src = pictureOf(desk.options.event, post.id, place, media.picture);
  return <Picture class="thumb" src={src} alt={described(media.alt)}>{null}</Picture>;
}

function Reasons({ post }: { post: PostValue }): VNode | null {
  const words = useWords();
  const sentences = [...new Set((post.reasons ?? []).map((reason) => reasonOf(words, reason)))];
  if (sentences.length === 0) return null;
  return <ul class="reasons">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>;
}

/** How far it got: beside the name, on a line that is always there, so that nothing moves when it changes. */
function Standing({ item: { post, contribution } }: { item: Item }): VNode {
  const [words, say] = [useWords(), useTell()];
  const { desk } = useParts();
  const tags = (contribution.tags ?? []).map((id) => desk.tags.value.find((tag) => tag.id === id));
  const found = desk.checked.value.get(post.id)?.checks ?? [];
  const hostOf = (code: string): string => found.filter((one) => code && one.code === code).map(({ host }) => `: ${host}`).join("");
  const { relay_state, session } = contribution;
  const there = session === null ? undefined : desk.view.value.session(session);
  return (
    <p class="standing">
      <Backed post={post.id} />
      {tags.map((tag) => tag && <bdi key={tag.id} class={`tag tint-${tag.colour}`} dir="auto">{tidyLine(tag.name)}{hostOf(tag.code)}</bdi>)}
      {relay_state !== null && (
        <bdi class={`relay relay-${relay_state}`} dir="auto">{relayOf(words, relay_state, there, desk.rooms.value)}</bdi>
      )}
      {contribution.noted && relay_state === null && <span>{say("desk.seen")}</span>}
      <NotSent id={post.id} />
      <span class={`state state-${post.state}`}>{say(`desk.state.${post.state ?? "approved"}`)}</span>
    </p>
  );
}

function codesOf(post: PostValue): ReadonlySet<string> {
  return new Set(post.emoji.map(({ code }) => code));
}

/** The desk sees pictures of posts that wait, which other faces do not. */
function pictureOf(event: string, post: string, which: string | number, key: string): string {
  return `${pictureUrl(event, post, which, key)}&face=desk`;
}
