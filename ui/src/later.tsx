/** Parts of a face that are loaded when they are first drawn: most days nobody needs them. */
import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Between two tries, where the network is away just then. */
const AGAIN_MS = 3_000;

/** A component that comes when it is there; until then it shows nothing. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => VNode | null {
  let Found: ComponentType<Props> | null = null;
  return (props) => {
    const [, came] = useState(Found !== null);
    useEffect(() => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const take = (found: ComponentType<Props>): void => {
        Found = found;
        came(true);
      };
      const fetch = (): void => void load().then(take, () => (timer = setTimeout(fetch, AGAIN_MS)));
      if (!Found) fetch();
      return () => clearTimeout(timer);
    }, []);
    return Found && <Found {...props} />;
  };
}
