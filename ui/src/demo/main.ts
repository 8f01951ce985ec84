/** The demo's first page: four faces drawn at the width that suits each, and the robots' switch. */
import "./demo.css";
import { showTour } from "./tour";

/** Narrower windows show links to the faces instead. */
const ROOMY = "(min-width: 60rem) and (min-height: 34rem)";
const SWITCH = "/api/v1/events/demo/robots";

/** Draw a face at its own width, made smaller or larger to fill its pane. */
function fit(frame: HTMLIFrameElement): void {
  const pane = frame.parentElement;
  const width = Number(frame.dataset["width"]);
  if (!pane || !width || !pane.clientWidth) return;
  const scale = Math.min(pane.clientWidth / width, 1.25);
  frame.style.width = `${pane.clientWidth / scale}px`;
  frame.style.height = `${pane.clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
}

function showFaces(): void {
  const roomy = matchMedia(ROOMY);
  const frames = [...document.querySelectorAll<HTMLIFrameElement>("iframe[data-src]")];
  const sized = new ResizeObserver(() => frames.forEach(fit));
  const load = (): void => {
    if (!roomy.matches) return;
    for (const frame of frames) {
      fit(frame);
      if (!frame.hasAttribute("src")) frame.src = frame.dataset["src"] ?? "";
    }
  };
  for (const frame of frames) if (frame.parentElement) sized.observe(frame.parentElement);
  roomy.addEventListener("change", load);
  load();
}

async function ask(on?: boolean): Promise<boolean> {
  const body = on === undefined ? {} : { method: "POST", body: JSON.stringify({ on }) };
  const response = await fetch(SWITCH, { ...body, headers: { "content-type": "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { on: boolean }).on;
}

function showRobots(): void {
  const box = document.getElementById("robots");
  const button = box?.querySelector("button");
  const said = box?.querySelector<HTMLElement>(".robots-said");
  if (!box || !button || !said) return;
  const show = (on: boolean): void => {
    button.setAttribute("aria-checked", String(on));
    said.textContent = (on ? said.dataset["saidOn"] : said.dataset["saidOff"]) ?? "";
  };
  const isOn = (): boolean => button.getAttribute("aria-checked") === "true";
  let last: Promise<boolean> | undefined;
  // Without an answer the switch stays as it is: nothing was switched. An answer that was asked for
  // before a later click is older than what that click said.
  const settle = (asked: Promise<boolean>): void => {
    last = asked;
    void asked.then(
      (on) => asked === last && show(on),
      () => asked === last && show(isOn()),
    );
  };
  button.addEventListener("click", () => settle(ask(!isOn())));
  window.addEventListener("focus", () => settle(ask()));
  show(box.dataset["on"] === "yes");
  box.hidden = false;
}

showFaces();
showRobots();
showTour();
