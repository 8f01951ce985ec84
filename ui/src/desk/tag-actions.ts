/** Setting tags: by a digit, or by name; a check asks for its source first. */
import type { TagValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { snippet, tell } from "./say";
import type { Step } from "./steps";

/** As many tags come first when the finder opens. */
const MOST_RECENT = 9;

type Do = (steps: readonly Step[], post: string) => void;

export class TagActions {
  /** Ids of the tags that were set here last, the last first. */
  recent: readonly string[] = [];

  constructor(private readonly desk: Desk, private readonly words: Words, private readonly run: Do) {}

  /** Set or clear the tag of a digit. */
  digit(digit: string): void {
    const tag = this.desk.tags.value.find(({ key }) => key === digit);
    if (tag) this.toggle(tag);
    else this.#say("desk.no_such_tag", { key: digit });
  }

  /** Ask for the name of a tag. */
  find(): void {
    if (this.desk.tags.value.length === 0) return this.#say("desk.find_tag.empty");
    if (this.desk.current) this.desk.dialog.value = { kind: "finder" };
  }

  /** Set a tag on the current post, or clear it. */
  toggle(tag: TagValue): void {
    const { current, view } = this.desk;
    if (!current) return;
    const on = !view.value.contribution(current.id).tags?.includes(tag.id);
    if (on && isCheck(tag)) return this.#askSource(tag, current.id);
    const source = isCheck(tag) ? this.#source(tag, current.id) : "";
    this.#set(tag, current.id, on, source);
  }

  #askSource(tag: TagValue, post: string): void {
    this.desk.dialog.value = {
      kind: "line", title: tell(this.words, "desk.check.title", { tag: tag.name }), about: snippet(this.desk.view.value.post(post)),
      hint: tell(this.words, "desk.check.hint"), value: "",
      accept: [{ label: tell(this.words, "desk.check.set"), run: (text) => this.#checked(tag, post, text) }],
    };
  }

  #checked(tag: TagValue, post: string, source: string): void {
    if (!source) return this.#say("desk.check.needs_source");
    this.#set(tag, post, true, source);
  }

  #set(tag: TagValue, post: string, on: boolean, source: string): void {
    const shown = this.desk.view.value.post(post);
    const approves = on && shown?.state === "held" && shown.bar === null && this.desk.rights.judges;
    this.run([{ do: "tag", post, tag: tag.id, on, ...(approves && { approves }), ...(source && { source }) }], post);
    if (on) this.recent = [tag.id, ...this.recent.filter((id) => id !== tag.id)].slice(0, MOST_RECENT);
    this.#say(on ? "desk.tagged" : "desk.untagged", { tag: tag.name });
  }

  /** The source that a check has now, so that taking it off can be taken back. */
  #source({ code }: TagValue, post: string): string {
    return this.desk.checked.value.get(post)?.checks.find((check) => check.code === code)?.url ?? "";
  }

  #say(key: string, fields: Readonly<Record<string, string | number>> = {}): void {
    this.desk.said.value = tell(this.words, key, fields);
  }
}

/** Whether a tag says how a claim stands: such a one needs a source. */
export function isCheck({ set, code }: TagValue): boolean {
  return set === "check" && code !== "";
}
