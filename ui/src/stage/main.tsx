/** The chair view's entry: reads what the page says, connects, and draws. */
import { render } from "preact";
import { realBrowser } from "../browser";
import { Connection } from "../socket";
import { wordsOf } from "../languages";
import { App } from "./app";
import { Stage } from "./stage";
import { showAskedTheme } from "./theme";
import "../wall/card.css";
import "../wall/picture.css";
import "./stage.css";
import "./controls.css";
import "./chair.css";
import "./small.css";

/** Only what is in the queue is shown: the wall's posts are elsewhere. */
const KEEP = 1;

async function start(root: HTMLElement): Promise<void> {
  showAskedTheme();
  const { event = "", build = "0", face = "stage", session = "", room = "", may = "" } = root.dataset;
  const browser = realBrowser();
  const stage = new Stage({ session, room });
  const connection = new Connection({
    event, face, build: Number(build), keep: KEEP, browser, onFold: (held) => stage.fold(held),
  });
  const words = await wordsOf(document.documentElement.lang);
  const orders = { may: new Set(may.split(" ")), browser, event };
  render(<App stage={stage} connection={connection} words={words} orders={orders} />, root);
  connection.start();
}

const root = document.getElementById("stage");
if (root) void start(root);
