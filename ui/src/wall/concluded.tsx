/** What a session concluded, large, with how many endorse it. */
import type { VNode } from "preact";
import { tidyLine } from "../hygiene";
import { endorsedBy } from "../sheet-words";
import { useWords } from "./context";
import type { InRoom } from "./floor";
import { Large } from "./large";

/** More than these are not read from the back row: the newest are shown. */
const MOST = 4;

/** The conclusions of each room, in the order in which they were worded. */
export function Conclusions({ rooms }: { rooms: readonly InRoom[] }): VNode {
  const words = useWords();
  return (
    <div class="concluding" data-rooms={rooms.length}>
      {rooms.map(({ room, concluded }) => (
        <section key={room.id} class="concluding-room">
          <h2 class="floor-where">
            <span class="label label-now">{words.say("conclusion.title")}</span> <bdi class="floor-room" dir="auto">{tidyLine(room.name)}</bdi>
          </h2>
          <ol class="conclusions" role="list" data-count={Math.min(concluded.length, MOST)}>
            {concluded.slice(-MOST).map((one) => (
              <li key={one.id} class="concluding-one">
                <Large of={`${one.id}.${one.text}`} most={3.5}>{tidyLine(one.text)}</Large>
                <p class="concluding-by">{endorsedBy(words, one).join(" · ")}</p>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
