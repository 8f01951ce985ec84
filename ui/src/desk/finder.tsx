/** The tag finder: type the first letters of a name, Enter sets or clears the tag on the current post. */
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { tidyLine } from "../hygiene";
import { findTags, type FoundTag } from "./finding";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";
import { snippet } from "./say";
import "./finder.css";

export function Finder(): VNode {
  const { desk, actions } = useParts();
  const say = useTell();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const found = findTags(desk.tags.value, typed, actions.tagging.recent);
  const chosen = found[Math.min(at, found.length - 1)];
  const post = desk.current;
  const set = post ? desk.view.value.contribution(post.id).tags ?? [] : [];
  const close = (): void => void (desk.dialog.value = null);
  const take = (one: FoundTag | undefined, stay: boolean): void => {
    if (!one) return;
    if (!stay) close();
    actions.tagging.toggle(one.tag);
    if (stay) look("");
  };
  const look = (text: string): void => (setTyped(text), setAt(0), void (field.current && (field.current.value = text)));
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.target instanceof HTMLButtonElement) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && found.length > 0) setAt((Math.min(at, found.length - 1) + by + found.length) % found.length);
    else if (event.key === "Enter" && !event.repeat) take(chosen, event.altKey);
    else return;
    event.preventDefault();
  };
  return (
    <Modal title={say("desk.find_tag.title")} about={post && snippet(post)} onClose={close} onKeyDown={onKey}>
      <label class="line-hint" for="find-tag">{say("desk.find_tag.hint")}</label>
      <input
        id="find-tag" class="field" type="text" dir="auto" autocomplete="off" spellcheck={false} ref={field} autofocus maxLength={60}
        role="combobox" aria-expanded="true" aria-controls="found-tags" aria-autocomplete="list"
        aria-activedescendant={chosen && `found-${chosen.tag.id}`} onInput={({ currentTarget }) => (setTyped(currentTarget.value), setAt(0))}
      />
      <ul id="found-tags" class="found" role="listbox" aria-label={say("desk.find_tag.title")}>
        {found.map((one) => (
          <Option key={one.tag.id} one={one} chosen={one === chosen} on={set.includes(one.tag.id)} onTake={() => take(one, false)} />
        ))}
      </ul>
      <p class="found-none" role="status">{found.length === 0 && say("desk.find_tag.none")}</p>
      {chosen?.tag.definition && <p class="found-about"><bdi dir="auto">{chosen.tag.definition}</bdi></p>}
      <p class="line-do">
        <button type="button" class="do do-main" disabled={!chosen} onClick={() => take(chosen, false)}>{say("desk.find_tag.set")} <Stroke stroke="Enter" /></button>
        <button type="button" class="do" disabled={!chosen} onClick={() => take(chosen, true)}>{say("desk.find_tag.more")} <kbd>Alt</kbd> <Stroke stroke="Enter" /></button>
        <button type="button" class="do" onClick={close}>{say("desk.keys.cancel")} <Stroke stroke="Escape" /></button>
      </p>
    </Modal>
  );
}

interface OptionProps {
  readonly one: FoundTag;
  readonly chosen: boolean;
  readonly on: boolean;
  readonly onTake: () => void;
}

function Option({ one: { tag, above }, chosen, on, onTake }: OptionProps): VNode {
  const say = useTell();
  return (
    <li id={`found-${tag.id}`} class={chosen ? "found-one found-chosen" : "found-one"} role="option" aria-selected={chosen} onClick={onTake}>
      <bdi class={`tag tint-${tag.colour}`} dir="auto">{tidyLine(tag.name)}</bdi>
      {above && <bdi class="quiet" dir="auto">{tidyLine(above)}</bdi>}
      <span class="found-end">
        {on && <span class="quiet">{say("desk.find_tag.on")}</span>}
        {tag.key && <Stroke stroke={tag.key} />}
      </span>
    </li>
  );
}
