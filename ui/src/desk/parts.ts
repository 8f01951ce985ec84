/** What every component of the desk is given by the page around it. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Connection } from "../socket";
import { useWords } from "../wall/context";
import type { Actions } from "./actions";
import type { Desk } from "./desk";
import type { Older } from "./older";
import type { Presence } from "./presence";
import { tell } from "./say";

export interface Parts {
  readonly desk: Desk;
  readonly actions: Actions;
  readonly connection: Connection;
  readonly presence: Presence;
  readonly older: Older;
}

export const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error("the desk's components need its parts");
  return parts;
}

/** Says a key of the catalogue with its fields. */
export function useTell(): (key: string, fields?: Readonly<Record<string, string | number>>) => string {
  const words = useWords();
  return (key, fields) => tell(words, key, fields);
}
