/** The join page's entry: connects, and takes over from the server's page once there is something to show. */
import { render } from "preact";
import { effect } from "@preact/signals";
import { realBrowser } from "../browser";
import type { Answer } from "../commands";
import { Connection } from "../socket";
import type { Held } from "../store";
import { wear } from "../wear";
import { wordsOf } from "../languages";
import { App } from "./app";
import { Asks } from "./asks-state";
import { Draft } from "./draft";
import type { Choices } from "./form";
import { offerApp } from "./install";
import { Join } from "./join";
import { Sheet } from "./sheet";
import "./words";
import { Supports } from "./supports";

/** Posts held for when others are taken down. */
const KEEP = 100;
/** A point that the wire has not told of by then belongs to a reader that this connection does not know. */
const UNTOLD_MS = 2_000;

async function start(root: HTMLElement): Promise<void> {
  const { event = "", build = "0", face = "join", mode = "", most = "1000", mostName = "80" } = root.dataset;
  const browser = realBrowser();
  const join = new Join(new Sheet(event, browser), new Asks(event, browser), new Supports(event, browser), reading);
  const limits = { most: Number(most), mostName: Number(mostName) };
  const draft = new Draft(event, limits, browser, sent);
  const words = await wordsOf(document.documentElement.lang);
  let drawn = false;
  const connection = new Connection({ event, face, build: Number(build), keep: KEEP, browser, onFold: fold });
  connection.start();
  effect(() => draft.follow(join.points.value));
  offerApp(event, words, document.getElementById("app"));

  function fold(held: Held): void {
    join.fold(held);
    wear([...held.all("event").values()][0] ?? null);
    if (drawn) return;
    drawn = true;
    const choices = { roles: optionsOf(root, "#role"), countries: optionsOf(root, "#country") };
    join.supports.learn(pressed(root));
    const focus = takeOver(root, draft, choices);
    render(<App join={join} connection={connection} words={words} draft={draft} pre={mode === "pre"} focus={focus} choices={choices} />, root);
  }

  function sent(text: string, answer: Answer): void {
    const unheard = { floor_at: null, joined: 0, wording: "", second: null };
    const [id, at] = [String(answer["post"]), new Date().toISOString()];
    const empty = { reasons: [], relay_state: null, detail: "", session: null, outcome: "", reply: "", told_at: null, question: null, ...unheard };
    if (!join.knows(id)) join.sent({ id, text, created_at: at, state: String(answer["state"]), version: 0, ...empty });
    setTimeout(() => join.knows(id) || connection.refresh(), UNTOLD_MS);
  }
}

/** Keep what was typed into the server's form before this page was live. Returns whether it had the focus. */
function takeOver(root: HTMLElement, draft: Draft, { roles, countries }: Choices): boolean {
  const text = root.querySelector<HTMLTextAreaElement>("#text");
  const name = root.querySelector<HTMLInputElement>("#name");
  if (text?.value) draft.type(text.value);
  if (name?.value) draft.name.value = name.value;
  draft.session.value = root.querySelector<HTMLSelectElement>("#session")?.value ?? "";
  const chosen = (at: string, from: Choices["roles"]): string => {
    const value = root.querySelector<HTMLSelectElement>(at)?.value ?? "";
    return from.some(([code]) => code === value) ? value : "";
  };
  draft.role.value = chosen("#role", roles);
  draft.country.value = chosen("#country", countries);
  const focus = text !== null && document.activeElement === text;
  root.replaceChildren();
  return focus;
}

/** What a list of the server's page offers, but for its first line, which says nothing. */
function optionsOf(root: HTMLElement, at: string): (readonly [string, string])[] {
  const options = [...(root.querySelector<HTMLSelectElement>(at)?.options ?? [])];
  return options.slice(1).map(({ value, text }) => [value, text]);
}

/** The posts of which the server's page knows that this browser thinks so too. */
function pressed(root: HTMLElement): string[] {
  const forms = root.querySelectorAll<HTMLFormElement>('form.support:has(button[aria-pressed="true"])');
  return [...forms].flatMap(({ action }) => action.split("/").pop() ?? []);
}

/** Whether the top of the list is above the screen: somebody reads further down. */
function reading(): boolean {
  const list = document.querySelector(".latest");
  return list !== null && list.getBoundingClientRect().top < 0;
}

const root = document.getElementById("join");
if (root) void start(root);
