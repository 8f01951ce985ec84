/** The overlay's entry: reads what the page says, connects, and draws. */
import { render } from "preact";
import { realBrowser } from "../browser";
import { Connection } from "../socket";
import { wear } from "../wear";
import { wordsOf } from "../languages";
import { App } from "./app";
import { Overlay } from "./overlay";
import "../wall/card.css";
import "../wall/picture.css";
import "./overlay.css";

/** Only what is on the floor is shown: the wall's posts are elsewhere. */
const KEEP = 1;
/** What the address may ask for, each with what it may be. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  side: ["left", "right", "wide"],
  size: ["small", "medium", "large"],
  theme: ["dark", "light"],
  alt: ["off"],
};

async function start(root: HTMLElement): Promise<void> {
  const asked = new URLSearchParams(location.search);
  for (const [option, values] of Object.entries(OPTIONS)) {
    const value = asked.get(option) ?? "";
    if (values.includes(value)) document.documentElement.dataset[option] = value;
  }
  const { event = "", build = "0", face = "wall", place = "" } = root.dataset;
  const overlay = new Overlay(place);
  const connection = new Connection({
    event, face, build: Number(build), keep: KEEP, browser: realBrowser(),
    onFold: (held) => {
      overlay.fold(held);
      wear([...held.all("event").values()][0] ?? null);
      connection.painted(held.seq);
    },
  });
  render(<App overlay={overlay} words={await wordsOf(document.documentElement.lang)} />, root);
  connection.start();
}

const root = document.getElementById("overlay");
if (root) void start(root);
