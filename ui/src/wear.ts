/** The style sheet of an event's own look, put on and changed while a page runs. */
import type { EventValue } from "./wire";

type Dressed = Pick<EventValue, "slug" | "look">;

const ID = "look";
/** Whether a sheet that nobody saved is worn: the look's editor shows it. */
let isTrial = false;

/** Wear what the event looks like now; the old sheet stays until the new one is there. */
export function wear(event: Dressed | null, page: Document = document): void {
  if (event && !isTrial) put(event.look ? `/look/${event.slug}/${event.look}.css` : null, page);
}

/** Wear what would become of these colours, whatever the event looks like. */
export function tryOn(slug: string, query: string, page: Document = document): void {
  isTrial = true;
  put(`/look/${slug}/try.css?of=page&${new URLSearchParams(query)}`, page);
}

function put(href: string | null, page: Document): void {
  const worn = [...page.querySelectorAll<HTMLLinkElement>(`link[id="${ID}"]`)];
  if ((worn.at(-1)?.getAttribute("href") ?? null) === href) return;
  const takeOff = (): void => worn.forEach((link) => link.remove());
  if (href === null) return takeOff();
  const link = page.createElement("link");
  Object.assign(link, { id: ID, rel: "stylesheet" });
  link.setAttribute("href", href);
  link.addEventListener("load", takeOff);
  // One that cannot be had is asked for again with the next change; until then the old one stays.
  link.addEventListener("error", () => link.remove());
  page.head.append(link);
}

/** How high a capital of the event's own font is, in em; null while it has none, or it is not there yet. */
export function capital(page: Document = document): number | null {
  const isOwn = ({ family, status }: FontFace): boolean => family.replaceAll('"', "") === "Event" && status === "loaded";
  if (![...page.fonts].some(isOwn)) return null;
  const pen = page.createElement("canvas").getContext("2d");
  if (!pen) return null;
  pen.font = "100px Event";
  const height = pen.measureText("H").actualBoundingBoxAscent / 100;
  return height > 0.3 && height < 1.2 ? height : null;
}
