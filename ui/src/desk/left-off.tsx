/** Somebody asked to be left off the walls while this desk was open: it is done, and the staff hear of it. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useWords } from "../wall/context";
import { useParts, useTell } from "./parts";

export function LeftOff(): VNode | null {
  const { desk } = useParts();
  const [words, say] = [useWords(), useTell()];
  const known = useRef<ReadonlySet<string> | null>(null);
  const dismissed = useSignal<ReadonlySet<string>>(new Set());
  const all = desk.optOuts.value;
  if (!desk.ready.value) return null;
  known.current ??= new Set(all.keys());
  const before = known.current;
  const news = [...all.values()].filter(({ id, by }) => by === "person" && !before.has(id) && !dismissed.value.has(id));
  return (
    <>
      {news.map(({ id, network }) => (
        <section class="problem" key={id}>
          <h2>{say("desk.left_off.title")}</h2>
          <p>{say("desk.left_off.note", { network: words.has(`network.${network}`) ? say(`network.${network}`) : network })}</p>
          <p><a href={`/moderate/${encodeURIComponent(desk.options.event)}/left-off`}>{say("desk.left_off.list")}</a></p>
          <button type="button" class="do" onClick={() => (dismissed.value = new Set([...dismissed.value, id]))}>{say("desk.problem.dismiss")}</button>
        </section>
      ))}
    </>
  );
}
