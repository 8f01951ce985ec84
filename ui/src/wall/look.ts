/** What the page as a whole looks like: its theme, what is left out, and how large 1rem is. */
import type { SceneValue, ScreenValue } from "../wire";
import type { Layout } from "./display";
import { capital } from "../wear";
import { isTight, rootSize, type Seat } from "./legibility";

/** What the page's address says; it comes before the scene. */
export interface Wished {
  readonly theme: string | null;
  readonly alt: boolean | null;
  readonly join: boolean | null;
  readonly seat: Seat | null;
}

export type { Seat };

const THEMES = ["light", "dark", "contrast", "auto"];

export function wishedIn(asked: URLSearchParams): Wished {
  const theme = asked.get("theme") ?? "";
  const flag = (name: string): boolean | null => ({ on: true, off: false })[asked.get(name) ?? ""] ?? null;
  const [distance, diagonal] = [within(asked.get("distance"), 1, 100), within(asked.get("diagonal"), 10, 1_000)];
  return {
    theme: THEMES.includes(theme) ? theme : null,
    alt: flag("alt"),
    join: flag("join"),
    seat: distance && diagonal ? { distance, diagonal } : null,
  };
}

function within(text: string | null, least: number, most: number): number | null {
  const value = Number(text ?? "");
  return value >= least && value <= most ? value : null;
}

/** Where the farthest seat is, if anybody said so. */
export function seatOf(wished: Wished, screen: ScreenValue | null): Seat | null {
  const seat = wished.seat ?? (screen && { distance: screen.distance_m, diagonal: screen.diagonal_in });
  const own = seat && capital();
  return own ? { ...seat, capital: own } : seat;
}

type Scene = Pick<SceneValue, "theme" | "alt" | "join" | "drift">;

/** Set the page's attributes, and 1rem to what the farthest seat needs. */
export function dress(page: HTMLElement, scene: Scene, wished: Wished, seat: Seat | null, layout: Layout | "blank" | "ask" | "empty"): void {
  const data = page.dataset;
  data["theme"] = wished.theme ?? scene.theme;
  data["layout"] = layout;
  for (const [name, on] of Object.entries({ alt: wished.alt ?? scene.alt, join: wished.join ?? scene.join })) {
    if (on) delete data[name];
    else data[name] = "off";
  }
  page.toggleAttribute("data-drift", scene.drift);
  // While there is no post, none needs the room of what stands around posts.
  page.toggleAttribute("data-tight", layout !== "empty" && seat !== null && isTight(innerWidth, innerHeight, seat));
  page.style.fontSize = seat ? `${rootSize(innerWidth, innerHeight, seat).toFixed(2)}px` : "";
}
