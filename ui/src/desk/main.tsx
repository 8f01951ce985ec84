/** The desk's entry: reads what the page says, connects, and draws. */
import { render } from "preact";
import { effect } from "@preact/signals";
import { realBrowser } from "../browser";
import { Connection } from "../socket";
import { wordsOf } from "../languages";
import { Actions } from "./actions";
import { App } from "./app";
import { asPerson } from "./person";
import { Desk } from "./desk";
import { KEEP, Older } from "./older";
import { Presence } from "./presence";
import "./words";
import "./desk.css";
import "./room.css";
import "./hints.css";
import "./list.css";
import "./asking.css";
import "./sheet.css";
import "./replies.css";
import "./gathered.css";

async function start(root: HTMLElement): Promise<void> {
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  const { event = "", build = "0", person = "", may = "" } = root.dataset;
  const browser = asPerson(realBrowser(), person);
  const words = await wordsOf(document.documentElement.lang);
  const desk = new Desk({ event, person, may: new Set(may.split(" ")), browser });
  const older = new Older(event, browser, (puts, held) => connection.include(puts, held), () => desk.touch());
  const connection: Connection = new Connection({
    event, face: "desk", build: Number(build), keep: 2 * KEEP, browser,
    onFold: (held) => (desk.fold(held), older.of(held)),
  });
  const presence = new Presence(event, browser, () => desk.working(Date.now()));
  effect(() => {
    if (desk.listed.value > 0) presence.moved();
  });
  const parts = { desk, actions: new Actions(desk, words), connection, presence, older };
  addEventListener("beforeunload", (leaving) => {
    if (!desk.outbox.safe.value && desk.outbox.entries.value.length > 0) leaving.preventDefault();
  });
  render(<App parts={parts} words={words} />, root);
  connection.start();
  presence.start();
}

const root = document.getElementById("desk");
if (root) void start(root);
