/** A card to set a screen up by: are its edges seen, and can the last row read the smallest text? */
import type { VNode } from "preact";
import { useComputed } from "@preact/signals";
import { useTimes, useWords } from "./context";
import { arcMinutes, bodyArcMinutes, LEAST_ARC_MINUTES, rootSize, SMALLEST_BODY } from "./legibility";
import type { Seat } from "./look";
import type { Wall } from "./wall";

export function TestCard({ wall, seat }: { wall: Wall; seat: Seat | null }): VNode {
  const words = useWords();
  const times = useTimes();
  const clock = useComputed(() => times.clock(wall.now.value));
  const [width, height] = [innerWidth, innerHeight];
  const root = rootSize(width, height, seat ?? undefined);
  const screen = seat && { width, height, ...seat };
  const size = Math.round(SMALLEST_BODY * root);
  const figures = { width, height, scale: devicePixelRatio, ...(seat ?? {}) };
  return (
    <main class="testcard">
      <div class="testcard-edge" aria-hidden="true" /><div class="testcard-safe" aria-hidden="true" />
      <h1 class="testcard-title">{words.say("wall.card_title")}</h1>
      <p class="testcard-read">{words.say("wall.card_read")}</p>
      <p class="testcard-body">{words.say("wall.card_body")}</p>
      {screen ? (
        <>
          <p class="testcard-note">{words.fill("wall.card_angle", { size, angle: rounded(bodyArcMinutes(root, screen)), distance: screen.distance })}</p>
          {bodyArcMinutes(root, screen) < LEAST_ARC_MINUTES - 0.5 && (
            <p class="testcard-note trouble">{words.fill("wall.card_small", { distance: farthest(root, screen) })}</p>
          )}
        </>
      ) : <p class="testcard-note">{words.say("wall.card_unknown")}</p>}
      <p class="testcard-note">{words.fill(seat ? "wall.card_screen" : "wall.card_size", figures)}</p>
      <p class="testcard-note">{words.say("wall.card_margins")}</p>
      <div class="testcard-tones" aria-hidden="true">{Array.from({ length: 11 }, (_, step) => <span key={step} class={`tone tone-${step}`} />)}</div>
      <div class="testcard-tones" aria-hidden="true">{[0, 1, 2, 3, 4, 5].map((tint) => <span key={tint} class={`tone tint tint-${tint}`} />)}</div>
      <p class="testcard-clock"><time>{clock}</time></p>
    </main>
  );
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** From how far, in metres, this text is seen under the least angle. */
function farthest(root: number, screen: Seat & { width: number; height: number }): number {
  const angle = arcMinutes(root * SMALLEST_BODY, screen);
  return Math.floor((screen.distance * angle) / LEAST_ARC_MINUTES);
}
