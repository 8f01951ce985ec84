/** The wall's entry: reads what the page says, connects, and draws. */
import { render } from "preact";
import { realBrowser } from "../browser";
import { Connection } from "../socket";
import { Words } from "../words";
import { App } from "./app";
import { Wall } from "./wall";
import "./wall.css";
import "./card.css";
import "./banner.css";
import "./join.css";
import "./picture.css";

/** Posts held for when others leave; a wall shows far fewer. */
const KEEP = 500;

function start(root: HTMLElement): void {
  const [asked, page] = [new URLSearchParams(location.search), document.documentElement.dataset];
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark" || theme === "auto") page["theme"] = theme;
  if (asked.get("alt") === "off") page["alt"] = "off";
  if (asked.get("join") === "off") page["join"] = "off";
  const { event = "", build = "0", face = "wall" } = root.dataset;
  const wall = new Wall((seq) => connection.painted(seq), asked.get("room") ?? "");
  const connection = new Connection({
    event, face, build: Number(build), keep: KEEP, browser: realBrowser(), onFold: (held) => wall.fold(held),
  });
  const words = new Words(document.documentElement.lang || "en");
  render(<App wall={wall} connection={connection} words={words} />, root);
  connection.start();
}

const root = document.getElementById("wall");
if (root) start(root);
