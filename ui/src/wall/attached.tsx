/** What comes with the words of a post besides pictures: a poll, a quoted post, a linked page. All as text. */
import type { ComponentChildren, VNode } from "preact";
import { displayed, displayedLine, tidy, tidyLine } from "../hygiene";
import { hasInk } from "../text";
import type { LinkCardValue, PollValue, PostValue, QuoteValue } from "../wire";
import { useWords } from "./context";
import { described, Picture, pictureUrl } from "./picture";
import "./attached.css";

const NONE: ReadonlySet<string> = new Set();

/** A poll: nobody votes on a wall, so its answers are read like any text. Shares are those of its end. */
export function Poll({ poll }: { poll: PollValue }): VNode {
  const words = useWords();
  return (
    <div class="poll">
      <p class="attached-label">{words.say(poll.closed ? "card.poll_closed" : "card.poll")}</p>
      <ul role="list">
        {poll.options.map(({ text, share }, at) => (
          <li key={at}>
            <bdi class="poll-text" dir="auto">{tidyLine(text)}</bdi>
            {share !== null && <span class="poll-share">{words.say("card.share", share)}</span>}
            {share !== null && <span class="poll-bar" aria-hidden="true"><span style={{ width: `${share}%` }} /></span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Another's words, under their name; what they covered stays covered. */
export function Quote({ quote }: { quote: QuoteValue }): VNode {
  const words = useWords();
  const warning = tidyLine(quote.warning ?? "");
  const handle = tidyLine(quote.handle.replace(/^@/, ""));
  const name = letters(displayedLine(hasInk(quote.name) ? tidyLine(quote.name) : handle, NONE));
  return (
    <figure class="quote">
      <figcaption class="quote-by">
        <bdi class="quote-name" dir="auto">{name || words.say("card.nobody")}</bdi>{" "}
        {handle && <bdi class="quote-handle" dir="auto">@{handle}</bdi>}
      </figcaption>
      {warning
        ? <p class="quote-said">{words.say("card.warning")}: <bdi dir="auto">{warning}</bdi></p>
        : <blockquote class="quote-said" lang={quote.lang ?? undefined}><bdi dir="auto">{quoted(quote)}</bdi></blockquote>}
    </figure>
  );
}

function quoted({ text, links }: QuoteValue): ComponentChildren {
  const runs = displayed(text.trimEnd(), links, NONE);
  return runs.map((run) => (run.url === null ? run.text : <span class="link">{run.text}</span>));
}

interface LinkedProps {
  readonly post: PostValue;
  readonly link: LinkCardValue;
  readonly event: string;
}

/** A linked page by its title and its site. Its picture comes from this server, and none of a sensitive post. */
export function Linked({ post, link, event }: LinkedProps): VNode {
  const title = tidyLine(link.title);
  const src = link.picture === null || post.sensitive ? null : pictureUrl(event, post.id, "link", link.picture);
  return (
    <div class="linked">
      {src !== null && <Picture class="linked-picture" src={src} alt={described(link.alt)}>{null}</Picture>}
      <div class="linked-words">
        {title && <p class="linked-title"><bdi dir="auto">{title}</bdi></p>}
        <p class="linked-site"><bdi dir="ltr">{tidy(link.host)}</bdi></p>
      </div>
    </div>
  );
}

function letters(runs: readonly { readonly text: string }[]): string {
  return runs.map(({ text }) => text).join("");
}
