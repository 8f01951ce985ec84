/** What stands beside posts and my session: questions and translations, claims, offers of other rooms. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { tidyLine } from "../hygiene";
import { useWords } from "../wall/context";
import type { QuestionValue, RoutingValue, SessionValue, TranslationValue } from "../wire";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";
import { roomOf } from "./programme";
import { snippet } from "./say";

/** What people added to a post; and who else works at it now. */
export function BesidePost({ post }: { post: string }): VNode | null {
  const { desk, presence } = useParts();
  const say = useTell();
  const { questions, translations } = desk.beside.of(post);
  const here = presence.people.value.filter(({ person, at }) => at === post && person !== desk.options.person);
  if (questions.length + translations.length + here.length === 0) return null;
  return (
    <ul class="beside">
      {here.map(({ person, name }) => <li key={person} class="beside-here"><bdi dir="auto">{tidyLine(name)}</bdi> {say("desk.claimed")}</li>)}
      {translations.map((one) => <li key={one.id}><TranslationView one={one} /></li>)}
      {questions.map((one) => <li key={one.id}><QuestionView one={one} /></li>)}
    </ul>
  );
}

function TranslationView({ one }: { one: TranslationValue }): VNode {
  const words = useWords();
  return (
    <>
      <span class="beside-kind">{nameOf(words.lang, one.lang)}</span> <bdi dir="auto" lang={one.lang}>{one.text}</bdi>
    </>
  );
}

function QuestionView({ one }: { one: QuestionValue }): VNode {
  const say = useTell();
  return (
    <>
      <span class="beside-kind">{say(`desk.ask.state.${one.state}`)}</span> <bdi dir="auto">{one.words}</bdi>
      {one.answer && <p class="beside-answer"><bdi dir="auto">{one.answer}</bdi></p>}
    </>
  );
}

/** What other rooms offer to my session. */
export function OffersIn({ session }: { session: SessionValue }): VNode | null {
  const { desk, actions } = useParts();
  const say = useTell();
  const offered = desk.beside.offeredTo(session.id);
  if (offered.length === 0) return null;
  return (
    <section class="offers" aria-label={say("desk.offer.title")}>
      <h3>{say("desk.offer.title")}</h3>
      {offered.map((one) => (
        <div key={one.id} class="offer">
          <Offer one={one} other={one.from_session} from />
          {desk.may("point.route") && (
            <p class="room-do">
              <button type="button" class="do do-main" onClick={() => actions.replies.accept(one)}>{say("desk.offer.accept")}</button>
              <button type="button" class="do" onClick={() => actions.replies.giveBack(one)}>{say("desk.offer.return")}</button>
            </p>
          )}
        </div>
      ))}
    </section>
  );
}

/** What my session offered to others: what waits for an answer, or what came back. */
export function OffersOut({ session, state }: { session: SessionValue; state: "offered" | "returned" }): VNode | null {
  const { desk, actions } = useParts();
  const say = useTell();
  const sent = desk.beside.sentBy(session.id, desk.now.value).filter((one) => one.state === state);
  if (sent.length === 0) return null;
  return (
    <section class="offers" aria-label={say("desk.offer.sent")}>
      <h3>{say("desk.offer.sent")}</h3>
      {sent.map((one) => (
        <div key={one.id} class="offer">
          <Offer one={one} other={one.to_session} />
          {desk.may("point.route") && state === "offered" && (
            <p class="room-do"><button type="button" class="do" onClick={() => actions.replies.cancel(one)}>{say("desk.offer.cancel")}</button></p>
          )}
        </div>
      ))}
    </section>
  );
}

function Offer({ one, other, from = false }: { one: RoutingValue; other: string | null; from?: boolean }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const room = roomOf(other === null ? undefined : desk.view.value.session(other), desk.rooms.value);
  const key = from ? "desk.offer.from" : `desk.offer.${one.state}`;
  return (
    <>
      <p class="relay-said"><bdi dir="auto">{snippet(one.post, 160)}</bdi></p>
      <p class="relay-by">{room || !from ? say(key, { room }) : say("desk.offer.from_inbox")}</p>
      {one.note && <p class="offer-note"><bdi dir="auto">{one.note}</bdi></p>}
      {one.answer && <p class="offer-note"><bdi dir="auto">{one.answer}</bdi></p>}
    </>
  );
}

/** A translation: the language, and the text beside what was said. */
export function Translate({ post, onClose }: { post: string; onClose: () => void }): VNode | null {
  const { desk, actions } = useParts();
  const words = useWords();
  const say = useTell();
  const said = desk.view.value.post(post);
  // As it was when the person began: what somebody else writes meanwhile must not be replaced unseen.
  const known = useRef(desk.beside.of(post).translations).current;
  const own = said?.lang?.split("-", 1)[0] ?? "";
  const offered = [...new Set([...(desk.event.value?.languages ?? []), words.lang, "en", "fr", "es", "de", "ar", "zh"])].filter((one) => one.split("-", 1)[0] !== own);
  const lang = useSignal(offered[0] ?? "en");
  const field = useRef<HTMLTextAreaElement>(null);
  if (!said) return null;
  const earlier = known.find((one) => one.lang === lang.value);
  const send = (): void => {
    const text = field.current?.value.trim() ?? "";
    if (text === "") return;
    onClose();
    actions.replies.translated(post, lang.value, text, earlier?.version ?? 0);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  return (
    <Modal title={say("desk.translate.title")} about={snippet(said, 600)} onClose={onClose}>
      <label class="line-hint" for="translate-lang">{say("desk.translate.lang")}</label>
      <select id="translate-lang" class="field" value={lang.value} onChange={(event) => (lang.value = event.currentTarget.value)}>
        {offered.map((one) => <option key={one} value={one}>{nameOf(words.lang, one)}</option>)}
      </select>
      <label class="line-hint" for="translate-text">{say("desk.translate.hint")}</label>
      <textarea
        id="translate-text" key={lang.value} class="field" rows={4} dir="auto" lang={lang.value} ref={field} autofocus maxLength={5_000}
        defaultValue={earlier?.text ?? ""} onKeyDown={onKey}
      />
      <p class="line-do">
        <button type="button" class="do do-main" onClick={send}>{say("desk.translate.send")} <kbd>Ctrl</kbd> <Stroke stroke="Enter" /></button>
        <button type="button" class="do" onClick={onClose}>{say("desk.keys.cancel")} <Stroke stroke="Escape" /></button>
      </p>
    </Modal>
  );
}

function nameOf(spoken: string, lang: string): string {
  try {
    return new Intl.DisplayNames([spoken], { type: "language" }).of(lang) ?? lang;
  } catch {
    return lang;
  }
}
