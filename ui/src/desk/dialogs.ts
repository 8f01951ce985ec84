/** What the desk asks a person: one of several, each by one key, or one line. */

export interface Option {
  /** One key; "" where it is only clicked or chosen with the arrows. */
  readonly key: string;
  readonly label: string;
  /** Words beside the label. */
  readonly note?: string;
  readonly on?: boolean;
  readonly danger?: boolean;
  readonly run: () => void;
}

export interface Choice {
  readonly kind: "choice";
  readonly title: string;
  readonly about?: string;
  readonly options: readonly Option[];
}

export interface Line {
  readonly kind: "line";
  readonly title: string;
  readonly about?: string;
  readonly hint: string;
  readonly value: string;
  /** What Enter does, and Alt with Enter where there is a second one. */
  readonly accept: readonly { readonly label: string; readonly run: (text: string) => void }[];
}

export interface Help {
  readonly kind: "help";
}

/** Looking for a tag by its name. */
export interface Finder {
  readonly kind: "finder";
}

/** A window of its own over the desk; `post`: what it is about. */
export interface Panel {
  readonly kind: "panel";
  readonly panel: "replies" | "heard" | "translate" | "unsent" | "asks";
  readonly post?: string;
}

export type Dialog = Choice | Line | Help | Finder | Panel;

/** Longest outcome or note, in code points: the server keeps no longer one. */
export const LINE_LIMIT = 1_000;

/** Keys for a list whose entries have none of their own: 1 to 9, then letters. */
export function keyAt(index: number): string {
  return "123456789abcdefghijklmnopqrstuvwxyz"[index] ?? "";
}
