/** The chair's one control of the walls: those of this room show no posts, or go on. */
import type { VNode } from "preact";
import { useSignal } from "@preact/signals";
import { useWords } from "../wall/context";
import type { Hold } from "../wire";
import { useOrders } from "./orders";
import type { Stage } from "./stage";
import type { View } from "./view";

export function Quieting({ stage, view: { room, event, session } }: { stage: Stage; view: View }): VNode | null {
  const words = useWords();
  const { may } = useOrders();
  const failed = useSignal(false);
  const hold: Hold = stage.controls.value.get(room?.id ?? "")?.hold ?? "live";
  if (!may.has("walls.quiet") || !room || !event || hold === "blank") return null;
  const isQuiet = hold === "quiet";
  const isOff = session?.state === "running" && session.walls === "off";
  if (isOff && !isQuiet) return <p role="status">{words.say("stage.walls_off")}</p>;
  const press = async (): Promise<void> => {
    failed.value = !(await ordered(event.slug, room.id, isQuiet ? "live" : "quiet"));
  };
  return (
    <>
      <p role="status">{failed.value ? words.say("stage.walls_failed") : isQuiet && words.say("stage.walls_are_quiet")}</p>
      <button type="button" onClick={() => void press()}>{words.say(isQuiet ? "stage.walls_on" : "stage.walls_quiet")}</button>
    </>
  );
}

/** Whether the server took the order. Sent twice it does no harm, so it needs no key. */
async function ordered(slug: string, room: string, hold: Hold): Promise<boolean> {
  try {
    const response = await fetch(`/api/v1/events/${slug}/walls`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ room, hold }),
    });
    return response.ok;
  } catch {
    return false; // no network
  }
}
