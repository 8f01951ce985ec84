/** What is in the room now, in letters as large as the place allows. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { displayed } from "../hygiene";
import { Attachments, By, codes, Runs } from "../wall/card";
import { useWords } from "../wall/context";
import type { PostValue } from "../wire";
import { Agree, Checks, Examples, Where } from "./around";
import { fit } from "./fit";
import type { Stage } from "./stage";
import { elapsed, type View } from "./view";

/** Sizes of what is said, in rem: below the least nobody at the back reads it. */
const LEAST = 2.125;
const MOST = 7;

export function Floor({ stage, view }: { stage: Stage; view: View }): VNode {
  const words = useWords();
  const { floor, event } = view;
  if (!floor || !event) return <Quiet said={words.say("stage.empty")} note={words.say("stage.empty_note")} />;
  const { post, floor_at, note, wording, examples } = floor;
  return (
    <section class="floor" key={floor.id} aria-live="polite">
      <h2 class="label">
        {words.say("stage.now")}
        {floor_at && (
          <span class="since" aria-live="off">{words.fill("stage.for", { time: elapsed(Date.parse(floor_at), stage.now.value) })}</span>
        )}
      </h2>
      <div class={hasPictures(post) && !hides(post, view) ? "point with-pictures" : "point"}>
        <Large key={`${floor.id}.${post.version}.${wording}`}>{wording ? <Worded wording={wording} /> : <Spoken post={post} view={view} />}</Large>
        {!hides(post, view) && post.media.length > 0 && <div class="pictures"><Attachments post={post} event={event.slug} /></div>}
      </div>
      {wording && (
        <p class="own-words">
          <span class="label">{words.say("stage.author")}</span> <Spoken post={post} view={view} />
        </p>
      )}
      {view.translations.map(({ id, lang, text }) => (
        <p key={id} class="own-words"><span class="label">{words.say("stage.translated")}</span> <bdi dir="auto" lang={lang}>{text}</bdi></p>
      ))}
      {view.answers.map(({ id, words: asked, answer }) => (
        <p key={id} class="own-words"><span class="label"><bdi dir="auto">{asked}</bdi></span> <bdi dir="auto">{answer}</bdi></p>
      ))}
      <div class="who-said">
        <By post={post} event={event.slug} now={stage.now} />
        <Where post={post} />
        <Agree relay={floor} />
        {view.supported > 0 && <p class="others">{words.count("join.support_count", view.supported)}</p>}
        <Checks checks={view.checks} />
        {note && <p class="relay-note" tabIndex={0}><span class="label">{words.say("stage.note")}</span> <bdi dir="auto">{note}</bdi></p>}
      </div>
      <Examples posts={examples} />
    </section>
  );
}

/** How a facilitator puts it, marked as theirs: what was said stands below. */
function Worded({ wording }: { wording: string }): VNode {
  const words = useWords();
  return <><span class="warning">{words.say("stage.wording")}{"\n"}</span><bdi dir="auto">{wording}</bdi></>;
}

/** A calm page where there is nothing to discuss. */
export function Quiet({ said, note, children }: { said: string; note?: string; children?: ComponentChildren }): VNode {
  return (
    <section class="floor calm">
      <h2 class="calm-said">{said}</h2>
      {note && <p class="calm-note">{note}</p>}
      {children}
    </section>
  );
}

function Spoken({ post, view }: { post: PostValue; view: View }): VNode {
  const words = useWords();
  const { event } = view;
  const warning = post.warning?.trim();
  const said = displayed(post.text.trimEnd(), post.links, codes(post));
  return (
    <>
      {warning && <span class="warning">{words.say("card.warning")}: <bdi dir="auto">{warning}</bdi>{"\n"}</span>}
      {!hides(post, view) && (
        <bdi dir="auto" lang={post.lang ?? undefined}><Runs runs={said} post={post} event={event?.slug ?? ""} /></bdi>
      )}
    </>
  );
}

/** What its author covered is for those who brought it in, not for every screen. */
function hides(post: PostValue, { staff }: View): boolean {
  return Boolean(post.warning?.trim()) && !staff;
}

function hasPictures(post: PostValue): boolean {
  return !post.sensitive && post.media.some(({ picture }) => picture !== null);
}

function Large({ children }: { children: ComponentChildren }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const [box, words] = [place.current, text.current];
    if (!box || !words) return undefined;
    const settle = (): void => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      fit(box, words, Math.round(LEAST * rem), Math.round(MOST * rem));
      box.tabIndex = words.scrollHeight > box.clientHeight ? 0 : -1;
    };
    settle();
    const sizes = new ResizeObserver(settle);
    sizes.observe(box);
    return () => sizes.disconnect();
  }, []);
  return <div class="large" ref={place}><p class="large-text" ref={text}>{children}</p></div>;
}
