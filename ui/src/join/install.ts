/** The join page as an app of its own: the worker behind it, and buttons to keep it and to be told. Nothing waits for it. */
import type { Words } from "../words";

/** What `wall/static/notify.js` offers: it holds the one policy by which a worker may be registered. */
interface Notify {
  canNotify(): boolean;
  worker(): Promise<ServiceWorkerRegistration>;
  subscribedHere(event: string): Promise<boolean>;
  notifyHere(event: string): Promise<"on" | "denied" | "cannot" | "failed">;
  notifyNoMore(event: string): Promise<"off" | "failed">;
}

/** Chromium's way of letting a page ask; others have their own menu for it. */
interface Installing extends Event {
  prompt(): Promise<unknown>;
}

const NOTIFY = "/static/notify.js";

/** Offer what this browser can do, in `place`, once the page is up. Where it can do nothing, nothing is shown. */
export function offerApp(event: string, words: Words, place: HTMLElement | null): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("beforeinstallprompt", (asked) => {
    asked.preventDefault();
    if (place) offerInstall(asked as Installing, words, place);
  });
  if (document.readyState === "complete") void begin(event, words, place);
  else addEventListener("load", () => void begin(event, words, place));
}

async function begin(event: string, words: Words, place: HTMLElement | null): Promise<void> {
  try {
    const notify = (await import(/* @vite-ignore */ NOTIFY)) as Notify;
    const { active } = await notify.worker();
    active?.postMessage({ keep: event });
    if (place && notify.canNotify() && Notification.permission !== "denied") await offerNotices(event, notify, words, place);
  } catch {
    // Plain HTTP beyond this machine, private windows, full disks: the page runs as it does without a worker.
  }
}

function offerInstall(asked: Installing, words: Words, place: HTMLElement): void {
  const button = buttonIn(place, "install");
  button.textContent = words.say("join.install");
  button.onclick = () => {
    button.remove();
    void asked.prompt();
  };
}

async function offerNotices(event: string, notify: Notify, words: Words, place: HTMLElement): Promise<void> {
  let on = await notify.subscribedHere(event);
  const button = buttonIn(place, "notices");
  const said = place.appendChild(document.createElement("p"));
  said.setAttribute("role", "status");
  const draw = (): void => {
    button.textContent = words.say(on ? "join.notices_off" : "join.notices_on");
  };
  button.onclick = async () => {
    button.disabled = true;
    const went = await (on ? notify.notifyNoMore(event) : notify.notifyHere(event));
    if (went === "on" || went === "off") on = went === "on";
    said.textContent = words.say(`join.notices.${went}`);
    button.disabled = false;
    draw();
  };
  draw();
}

/** The place's own button of this name, made if need be. */
function buttonIn(place: HTMLElement, name: string): HTMLButtonElement {
  place.hidden = false;
  const there = place.querySelector<HTMLButtonElement>(`[data-app="${name}"]`);
  const button = there ?? place.appendChild(document.createElement("button"));
  button.type = "button";
  button.className = "way";
  button.dataset["app"] = name;
  return button;
}
