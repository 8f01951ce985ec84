/** Taking apart what is shown as one person's same post on two networks, and is not: loaded when it is asked for. */
import { networkNames } from "../networks";
import type { PostValue } from "../wire";
import type { Words } from "../words";
import type { Desk } from "./desk";
import { keyAt, type Option } from "./dialogs";
import { snippet, stepOf, tell } from "./say";
import type { Step } from "./steps";

/** What says that they are one person's, in fewer words than there are codes of it. */
const SIGNS: Readonly<Record<string, string>> = { origin: "bridge", bridge: "bridge", name: "name", told: "told" };

/** Ask which of the posts that this one stands for is somebody else's; `more` are other ways to take it apart. */
export function part(desk: Desk, words: Words, post: PostValue, more: readonly Option[]): void {
  const away = post.also.map(({ network, post: twin, why }, at): Option => ({
    key: keyAt(at),
    label: tell(words, "desk.part.away", { network: networkNames(words, { network }) }),
    note: tell(words, `desk.part.why.${SIGNS[why ?? ""] ?? "profile"}`),
    run: () => {
      const step = steps(post, twin ?? "");
      const what = stepOf(words, step);
      desk.do([step], what, post.id);
      desk.said.value = tell(words, "desk.did", { step: what });
    },
  }));
  const others = more.map((option, at): Option => ({ ...option, key: keyAt(away.length + at) }));
  desk.dialog.value = { kind: "choice", title: tell(words, "desk.split.title"), about: snippet(post), options: [...away, ...others] };
}

function steps({ id, version }: PostValue, twin: string): Step {
  const path = `/posts/${encodeURIComponent(id)}`;
  const back: Step = { do: "send", what: "pair", path: `${path}/pair`, body: { version, twin }, about: id };
  return { ...back, what: "part", path: `${path}/part`, back };
}
