/** The one table of the desk's keys: what they do, where they are shown, and what is pressed. Pure. */

/** What the keys act on: the list of posts, or the session's queue. */
export type Area = "inbox" | "queue";
export type Group = "move" | "judge" | "channel" | "room" | "see";

export type CommandName =
  | "down" | "up" | "first" | "last" | "fresh" | "inbox" | "queue" | "back"
  | "approve" | "refuse" | "take_down" | "leave_off" | "trust" | "approve_all" | "tag" | "find_tag" | "seen" | "undo" | "open"
  | "mark" | "join" | "split" | "word" | "belong" | "take" | "pin"
  | "raise" | "raise_into" | "earlier" | "later" | "make_next" | "close"
  | "advance" | "session" | "run" | "note" | "next_prompt" | "last_prompt"
  | "room_note" | "quick_ask" | "conclude" | "message"
  | "replies" | "ask" | "translate" | "route" | "heard"
  | "search" | "filter" | "unsent" | "help";

export interface Binding {
  readonly command: CommandName;
  /** As `strokeOf` gives them; the first is the one that is shown. */
  readonly strokes: readonly string[];
  readonly areas: readonly Area[];
  readonly group: Group;
  /** Where it is shown on the screen itself, besides the help. */
  readonly hint: readonly Area[];
  /** The right, of those that the page names, without which it is refused. */
  readonly needs?: string;
}

const BOTH: readonly Area[] = ["inbox", "queue"];
const INBOX: readonly Area[] = ["inbox"];
const QUEUE: readonly Area[] = ["queue"];
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const of = (
  command: CommandName, strokes: readonly string[], areas: readonly Area[], group: Group, more: Partial<Binding> = {},
): Binding => ({ command, strokes, areas, group, hint: [], ...more });

export const KEYMAP: readonly Binding[] = [
  of("down", ["j", "ArrowDown"], BOTH, "move", { hint: BOTH }),
  of("up", ["k", "ArrowUp"], BOTH, "move", { hint: BOTH }),
  of("first", ["g", "Home"], BOTH, "move"),
  of("last", ["G", "End"], BOTH, "move"),
  of("fresh", ["p"], INBOX, "move"),
  of("queue", ["o"], INBOX, "move", { hint: INBOX }),
  of("inbox", ["i", "o"], QUEUE, "move", { hint: QUEUE }),
  of("back", ["Escape"], BOTH, "move"),
  of("approve", ["a"], INBOX, "judge", { hint: INBOX, needs: "post.approve" }),
  of("refuse", ["x"], INBOX, "judge", { hint: INBOX, needs: "post.reject" }),
  of("take_down", ["t"], INBOX, "judge", { hint: INBOX, needs: "post.hide" }),
  of("leave_off", ["E"], INBOX, "judge", { needs: "author.leave_off" }),
  of("trust", ["T"], INBOX, "judge", { needs: "author.trust" }),
  of("approve_all", ["A"], INBOX, "judge", { hint: INBOX, needs: "point.note" }),
  of("seen", ["Space"], INBOX, "judge", { hint: INBOX }),
  of("undo", ["u"], BOTH, "judge", { hint: BOTH }),
  of("tag", DIGITS, INBOX, "channel", { hint: INBOX, needs: "point.tag" }),
  of("find_tag", ["#"], INBOX, "channel", { hint: INBOX, needs: "point.tag" }),
  of("mark", ["+"], INBOX, "channel", { needs: "point.join" }),
  of("join", ["="], INBOX, "channel", { hint: INBOX, needs: "point.join" }),
  of("split", ["-"], INBOX, "channel"),
  of("word", ["e"], INBOX, "channel", { needs: "point.word" }),
  of("belong", ["m"], INBOX, "channel", { hint: INBOX, needs: "point.place" }),
  of("take", ["Y"], INBOX, "channel", { needs: "point.place" }),
  of("pin", ["z"], INBOX, "room", { needs: "post.pin" }),
  of("raise", ["q", "Enter"], INBOX, "channel", { hint: INBOX, needs: "point.raise" }),
  of("raise_into", ["r"], INBOX, "channel", { needs: "point.raise" }),
  of("earlier", ["K", "Alt+ArrowUp"], BOTH, "channel", { hint: QUEUE, needs: "queue.move" }),
  of("later", ["J", "Alt+ArrowDown"], BOTH, "channel", { hint: QUEUE, needs: "queue.move" }),
  of("make_next", ["Enter"], QUEUE, "channel", { hint: QUEUE, needs: "queue.move" }),
  of("route", [">"], BOTH, "channel", { needs: "point.route" }),
  of("ask", ["B"], INBOX, "channel", { needs: "question.ask" }),
  of("translate", ["L"], INBOX, "channel", { needs: "translation.write" }),
  of("replies", ["R"], BOTH, "channel", { hint: BOTH, needs: "reply.send" }),
  of("close", ["c"], BOTH, "room", { hint: QUEUE, needs: "queue.move" }),
  of("advance", ["n"], BOTH, "room", { hint: BOTH, needs: "session.run" }),
  of("session", ["s"], BOTH, "room"),
  of("run", ["b"], BOTH, "room", { needs: "session.run" }),
  of("note", ["w"], BOTH, "room", { needs: "session.run" }),
  of("next_prompt", ["."], BOTH, "room", { needs: "session.run" }),
  of("last_prompt", [","], BOTH, "room", { needs: "session.run" }),
  of("room_note", ["l"], BOTH, "room", { needs: "room.note" }),
  of("quick_ask", ["Q"], BOTH, "room", { needs: "ask.judge" }),
  of("conclude", ["C"], BOTH, "room", { needs: "conclusion.word" }),
  of("message", ["M"], BOTH, "room", { needs: "message.send" }),
  of("search", ["/"], BOTH, "see"),
  of("filter", ["f"], BOTH, "see"),
  of("open", ["v"], INBOX, "see"),
  of("heard", ["H"], BOTH, "see"),
  of("unsent", ["U"], BOTH, "see"),
  of("help", ["?"], BOTH, "see"),
];

export const GROUPS: readonly Group[] = ["move", "judge", "channel", "room", "see"];

/** The binding of a stroke in an area; undefined if it does nothing there. */
export function bindingOf(stroke: string, area: Area): Binding | undefined {
  return KEYMAP.find(({ strokes, areas }) => areas.includes(area) && strokes.includes(stroke));
}

export type Pressed = Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/**
 * What was pressed, as the table has it: "a", "J", "?", "Space", "Alt+ArrowUp". Null for what belongs
 * to the browser. Letters of a keyboard that writes no Latin ones, and digits that need Shift on some,
 * go by their place.
 */
export function strokeOf(pressed: Pressed): string | null {
  // Many keyboards have this sign behind AltGr, which some systems report as Ctrl with Alt.
  if (pressed.key === "#") return pressed.key;
  if (pressed.ctrlKey || pressed.metaKey) return null;
  const key = plainKey(pressed);
  if (!pressed.altKey) return key;
  return key.startsWith("Arrow") ? `Alt+${key}` : null;
}

function plainKey({ key, code, shiftKey }: Pressed): string {
  if (key === " ") return "Space";
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  if (digit && (!shiftKey || /^[0-9]$/.test(key))) return digit;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter && key.length === 1 && !/[a-z/?.,]/i.test(key)) return shiftKey ? letter : letter.toLowerCase();
  return key;
}
