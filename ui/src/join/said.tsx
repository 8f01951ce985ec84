/** One post in few words and without pictures: it has to be read on a phone with slow data. */
import type { VNode } from "preact";
import { displayed, displayedLine, tidyLine } from "../hygiene";
import { networkNames } from "../networks";
import { hasInk } from "../text";
import { described } from "../wall/picture";
import { useTimes, useWords } from "../wall/context";
import type { PostValue } from "../wire";

const NONE: ReadonlySet<string> = new Set();
const MOST_MEDIA = 4;

export function By({ post }: { post: PostValue }): VNode {
  const words = useWords();
  const times = useTimes();
  return (
    <p class="by">
      <bdi class="name" dir="auto">{nameOf(post) || words.say("join.unnamed")}</bdi>{" "}
      <span class="from">
        {networkNames(words, post)} ·{" "}
        <time dateTime={post.created_at}>{times.clock(Date.parse(post.created_at))}</time>
      </span>
    </p>
  );
}

/** An author as they present themselves; "" for somebody without a name. */
function nameOf({ author }: PostValue): string {
  const name = displayedLine((hasInk(author.name) && tidyLine(author.name)) || author.handle.replace(/^@/, ""), NONE);
  return name.map((run) => run.text).join("");
}

/** One post as it is read out: who, and what. Nothing in it can be focused, because nobody sees it. */
export function Heard({ post }: { post: PostValue }): VNode {
  const words = useWords();
  const warning = tidyLine(post.warning ?? "");
  const text = displayed(post.text.trimEnd(), post.links, NONE).map((run) => run.text).join("");
  return (
    <p>
      <bdi dir="auto">{nameOf(post) || words.say("join.unnamed")}</bdi>:{" "}
      {warning
        ? <>{words.say("card.warning")}: <bdi dir="auto">{warning}</bdi></>
        : <bdi dir="auto" lang={post.lang ?? undefined}>{text}</bdi>}
    </p>
  );
}

/** What was said; of what its author covered, only the warning. */
export function Said({ post }: { post: PostValue }): VNode {
  const words = useWords();
  const warning = post.warning?.trim();
  if (warning) {
    return <p class="quiet">{words.say("card.warning")}: <bdi dir="auto">{tidyLine(warning)}</bdi></p>;
  }
  const text = post.text.trimEnd();
  return (
    <>
      {text && <p class="text" lang={post.lang ?? undefined}><bdi dir="auto"><Text post={post} text={text} /></bdi></p>}
      {post.media.slice(0, MOST_MEDIA).map((media, index) => (
        <p class="attached" key={index}>
          {words.say(`card.${media.kind}`)}
          {described(media.alt) && <>: <bdi dir="auto">{described(media.alt)}</bdi></>}
        </p>
      ))}
      <Attached post={post} />
    </>
  );
}

/** A poll, a quote and a linked page in few words. */
function Attached({ post: { poll, quote, link_card } }: { post: PostValue }): VNode {
  const words = useWords();
  const covered = tidyLine(quote?.warning ?? "");
  const quoted = quote && displayed(quote.text.trimEnd(), quote.links, NONE).map(({ text }) => text).join("");
  return (
    <>
      {poll && (
        <p class="attached">
          {words.say(poll.closed ? "card.poll_closed" : "card.poll")}:{" "}
          {poll.options.map(({ text, share }, at) => (
            <span key={at}>{at > 0 && " · "}<bdi dir="auto">{tidyLine(text)}</bdi>{share !== null && ` ${words.say("card.share", share)}`}</span>
          ))}
        </p>
      )}
      {quote && (
        <blockquote class="attached">
          <bdi dir="auto">{tidyLine(quote.name || quote.handle)}</bdi>:{" "}
          {covered ? `${words.say("card.warning")}: ` : ""}<bdi dir="auto" lang={quote.lang ?? undefined}>{covered || quoted}</bdi>
        </blockquote>
      )}
      {link_card && !quote && (
        <p class="attached"><bdi dir="auto">{tidyLine(link_card.title)}</bdi> <bdi dir="ltr">{tidyLine(link_card.host)}</bdi></p>
      )}
    </>
  );
}

function Text({ post, text }: { post: PostValue; text: string }): VNode {
  const runs = displayed(text, post.links, NONE).map((run) =>
    run.url !== null && /^https?:/i.test(run.url)
      ? <a href={run.url} target="_blank" rel="noopener noreferrer nofollow">{run.text}</a>
      : run.text,
  );
  return <>{runs}</>;
}
