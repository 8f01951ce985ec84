/** Questions to the person at the desk: one of several by one key, or one line. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { LINE_LIMIT, type Choice, type Line, type Option } from "./dialogs";
import { Stroke } from "./keys";
import { Modal } from "./modal";
import { useParts, useTell } from "./parts";

/** Close the question, then do what was chosen: that may ask another one. */
function useAnswer(): (run: () => void) => void {
  const { desk } = useParts();
  return (run) => {
    desk.dialog.value = null;
    run();
  };
}

export function ChoiceView({ choice }: { choice: Choice }): VNode {
  const answer = useAnswer();
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const option = choice.options.find(({ key }) => key === event.key);
    if (option) answer(option.run);
    else if (!step(event)) return;
    event.preventDefault();
  };
  return (
    <Modal title={choice.title} about={choice.about} onClose={() => answer(() => undefined)} onKeyDown={onKey}>
      <ul class="options">
        {choice.options.map((option) => <li key={option.key + option.label}><OptionView option={option} onChoose={() => answer(option.run)} /></li>)}
      </ul>
      <Cancel onCancel={() => answer(() => undefined)} />
    </Modal>
  );
}

function OptionView({ option, onChoose }: { option: Option; onChoose: () => void }): VNode {
  const { key, label, note, on, danger } = option;
  return (
    <button type="button" class={danger ? "option option-danger" : "option"} aria-current={on ? "true" : undefined} onClick={onChoose}>
      <Stroke stroke={key} />
      <bdi class="option-label" dir="auto">{label}</bdi>
      {note && <span class="quiet">{note}</span>}
    </button>
  );
}

function Cancel({ onCancel }: { onCancel: () => void }): VNode {
  const say = useTell();
  return <button type="button" class="do" onClick={onCancel}>{say("desk.keys.cancel")} <Stroke stroke="Escape" /></button>;
}

/** Arrows go from one option to the next. Returns whether this was one. */
function step(event: KeyboardEvent): boolean {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return false;
  const options = [...document.querySelectorAll<HTMLElement>("dialog[open] .option")];
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[(at + by + options.length) % options.length]?.focus();
  return true;
}

export function LineView({ line }: { line: Line }): VNode {
  const field = useRef<HTMLInputElement>(null);
  const answer = useAnswer();
  const accept = (at: number): void => {
    const text = field.current?.value.trim() ?? "";
    const chosen = line.accept[at];
    if (chosen) answer(() => chosen.run(text));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing || event.repeat) return;
    if (event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    accept(event.altKey ? line.accept.length - 1 : 0);
  };
  return (
    <Modal title={line.title} about={line.about} onClose={() => answer(() => undefined)} onKeyDown={onKey}>
      <label class="line-hint" for="line">{line.hint}</label>
      <input id="line" class="field" type="text" maxLength={LINE_LIMIT} dir="auto" autocomplete="off" defaultValue={line.value} ref={field} autofocus />
      <p class="line-do">
        {line.accept.map(({ label }, at) => (
          <button key={label} type="button" class="do do-main" onClick={() => accept(at)}>
            {label} {at > 0 && <kbd>Alt</kbd>} <Stroke stroke="Enter" />
          </button>
        ))}
        <Cancel onCancel={() => answer(() => undefined)} />
      </p>
    </Modal>
  );
}
