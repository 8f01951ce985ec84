/** The keymap as a person sees it: hints on the screen, and all of it in the help. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { GROUPS, KEYMAP, type Area, type Binding, type CommandName } from "./keymap";
import { useParts, useTell } from "./parts";
import { useWords } from "../wall/context";
import { Modal } from "./modal";

const SIGNS: Readonly<Record<string, string>> = {
  ArrowDown: "↓", ArrowUp: "↑", "Alt+ArrowUp": "Alt ↑", "Alt+ArrowDown": "Alt ↓",
};

/** A key as it stands on the keyboard. */
export function Stroke({ stroke }: { stroke: string }): VNode {
  const words = useWords();
  const key = `stroke.${stroke}`;
  return <kbd>{SIGNS[stroke] ?? (words.has(key) ? words.say(key) : stroke)}</kbd>;
}

/** The key of a command. */
export function Key({ command }: { command: CommandName }): VNode | null {
  const stroke = KEYMAP.find((binding) => binding.command === command)?.strokes[0];
  return stroke === undefined ? null : <Stroke stroke={stroke} />;
}

/** What the keys do here; each can be clicked too. */
export function Hints(): VNode {
  const { desk } = useParts();
  const say = useTell();
  const area = desk.area.value;
  const shown = KEYMAP.filter(({ hint, needs }) => hint.includes(area) && (!needs || desk.may(needs)));
  return (
    <footer class="hints" aria-label={say("desk.keys")}>
      <div class="hints-keys">
        {GROUPS.map((group) => (
          <span key={group} class="hints-group">
            {shown.filter((binding) => binding.group === group).map((binding) =>
              binding.command === "tag" ? <Tags key="tag" /> : <Hint key={binding.command} binding={binding} />)}
          </span>
        ))}
      </div>
    </footer>
  );
}

function Hint({ binding }: { binding: Binding }): VNode {
  const { actions } = useParts();
  const say = useTell();
  const [stroke = ""] = binding.strokes;
  return (
    <button type="button" class="hint" tabIndex={-1} onClick={() => actions.run(binding.command, stroke)}>
      <Stroke stroke={stroke} /> <span class="hint-does">{say(`desk.key.${binding.command}`)}</span>
    </button>
  );
}

/** The codebook's own keys. */
function Tags(): VNode {
  const { desk, actions } = useParts();
  const id = desk.listing.cursor;
  const set = id === null ? [] : desk.view.value.contribution(id).tags ?? [];
  void desk.listed.value;
  return (
    <span class="hint-tags">
      {desk.tags.value.filter(({ key }) => key).map((tag) => (
        <button
          key={tag.id} type="button" tabIndex={-1} class={`hint hint-tag tint-${tag.colour}`} aria-pressed={set.includes(tag.id)}
          onClick={() => actions.run("tag", tag.key)}
        >
          <Stroke stroke={tag.key} /> <bdi dir="auto">{tidyLine(tag.name)}</bdi>
        </button>
      ))}
    </span>
  );
}

interface HelpProps {
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
  readonly onClose: () => void;
}

/** All keys, by what they are for; and a switch for those who dictate or type by accident. */
export function Help({ on, onSwitch, onClose }: HelpProps): VNode {
  const { desk } = useParts();
  const say = useTell();
  return (
    <Modal title={say("desk.keys.title")} wide onClose={onClose}>
      <div class="help">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{say(`desk.group.${group}`)}</h3>
            <dl>{KEYMAP.filter((binding) => binding.group === group).map((binding) => <Line key={binding.command} binding={binding} />)}</dl>
          </section>
        ))}
      </div>
      <div class="help-switch">
        <label><input type="checkbox" checked={on} onChange={() => onSwitch(!on)} /> {say(on ? "desk.keys.on" : "desk.keys.off")}</label>
        <span class="quiet">{say("desk.keys.off_note")}</span>
        <a class="quiet" href={`/events/${encodeURIComponent(desk.options.event)}/guidance#staff`} target="_blank" rel="noopener">{say("desk.guidance")}</a>
        <button type="button" class="do" onClick={onClose}>{say("desk.keys.close")} <Stroke stroke="Escape" /></button>
      </div>
    </Modal>
  );
}

function Line({ binding }: { binding: Binding }): VNode {
  const { desk } = useParts();
  const say = useTell();
  const { command, strokes, areas, needs } = binding;
  const shown = command === "tag" ? ["1", "9"] : strokes;
  const where = areas.length === 1 && command !== "inbox" && command !== "queue" ? areas[0] : undefined;
  return (
    <div class={needs && !desk.may(needs) ? "help-line help-not" : "help-line"}>
      <dt>{shown.map((stroke, at) => <span key={stroke}>{at > 0 && (command === "tag" ? "–" : " ")}<Stroke stroke={stroke} /></span>)}</dt>
      <dd>{say(`desk.key.${command}`)}{where && where === ("queue" satisfies Area) && <span class="quiet"> {say(`desk.keys.in.${where}`)}</span>}</dd>
    </div>
  );
}
