/** Prompts and conclusions in words. Pure. */
import type { Asked } from "./sheet";
import type { ConclusionValue } from "./wire";
import type { Words } from "./words";

/** Who endorses a conclusion; nothing where nobody does. */
export function endorsedBy(words: Words, { endorsed, room }: ConclusionValue): readonly string[] {
  return [
    ...(endorsed > 0 ? [words.count("conclusion.phones", endorsed)] : []),
    ...(room !== null ? [words.count("conclusion.room", room)] : []),
  ];
}

/** What a question is called: by its code, its number, or as the break that it is. */
export function labelOf(words: Words, { code, number }: Asked): string {
  return code || (number > 0 ? words.say("wall.question", number) : words.say("stage.break_on"));
}
