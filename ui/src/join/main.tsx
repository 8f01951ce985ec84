/** The join page's entry: connects, and takes over from the server's page once there is something to show. */
import { render } from "preact";
import { realBrowser } from "../browser";
import type { Answer } from "../commands";
import { Connection } from "../socket";
import type { Held } from "../store";
import { wear } from "../wear";
import { Words } from "../words";
import { App } from "./app";
import { Draft } from "./draft";
import { Join } from "./join";
import { Sheet } from "./sheet";

/** Posts held for when others are taken down. */
const KEEP = 100;
/** A point that the wire has not told of by then belongs to a reader that this connection does not know. */
const UNTOLD_MS = 2_000;

function start(root: HTMLElement): void {
  const { event = "", build = "0", face = "join", mode = "", most = "1000", mostName = "80" } = root.dataset;
  const browser = realBrowser();
  const join = new Join(new Sheet(event, browser), reading);
  const limits = { most: Number(most), mostName: Number(mostName) };
  const draft = new Draft(event, limits, browser, sent);
  const words = new Words(document.documentElement.lang || "en");
  let drawn = false;
  const connection = new Connection({ event, face, build: Number(build), keep: KEEP, browser, onFold: fold });
  connection.start();

  function fold(held: Held): void {
    join.fold(held);
    wear([...held.all("event").values()][0] ?? null);
    if (drawn) return;
    drawn = true;
    const focus = takeOver(root, draft);
    render(<App join={join} connection={connection} words={words} draft={draft} pre={mode === "pre"} focus={focus} />, root);
  }

  function sent(text: string, answer: Answer): void {
    const [id, at] = [String(answer["post"]), new Date().toISOString()];
    const empty = { reasons: [], relay_state: null, detail: "", session: null, outcome: "", reply: "", told_at: null, question: null };
    if (!join.knows(id)) join.sent({ id, text, created_at: at, state: String(answer["state"]), version: 0, ...empty });
    setTimeout(() => join.knows(id) || connection.refresh(), UNTOLD_MS);
  }
}

/** Keep what was typed into the server's form before this page was live. Returns whether it had the focus. */
function takeOver(root: HTMLElement, draft: Draft): boolean {
  const text = root.querySelector<HTMLTextAreaElement>("#text");
  const name = root.querySelector<HTMLInputElement>("#name");
  if (text?.value) draft.type(text.value);
  if (name?.value) draft.name.value = name.value;
  draft.session.value = root.querySelector<HTMLSelectElement>("#session")?.value ?? "";
  const focus = text !== null && document.activeElement === text;
  root.replaceChildren();
  return focus;
}

/** Whether the top of the list is above the screen: somebody reads further down. */
function reading(): boolean {
  const list = document.querySelector(".latest");
  return list !== null && list.getBoundingClientRect().top < 0;
}

const root = document.getElementById("join");
if (root) start(root);
