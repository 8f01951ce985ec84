/** Pausing what moves by itself (WCAG 2.2.2): the space bar, or a button that shows when wanted. */
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useWords } from "./context";
import type { Wall } from "./wall";

/** How long the pointer may rest before it, and the button, go away. */
const REST_MS = 3_000;

export function PauseControl({ wall }: { wall: Wall }): VNode {
  const words = useWords();
  const pointing = usePointing();
  const paused = wall.paused.value;
  const toggle = (): void => wall.pause(!wall.paused.value);
  useEffect(() => onSpace(toggle), [wall]);
  return (
    <div class="pause" data-shown={pointing || paused}>
      <button type="button" onClick={toggle}>
        {words.say(paused ? "wall.resume" : "wall.pause")} <kbd>{words.say("wall.key")}</kbd>
      </button>
      <p role="status">
        {paused && <strong>{words.say("wall.paused")}</strong>}
        {paused && wall.waiting.value > 0 && <> · {words.count("wall.waiting", wall.waiting.value)}</>}
      </p>
    </div>
  );
}

function onSpace(run: () => void): () => void {
  const handle = (event: KeyboardEvent): void => {
    const onControl = event.target instanceof Element && event.target.closest("button, input, a");
    if (event.key !== " " || event.repeat || onControl) return;
    event.preventDefault();
    run();
  };
  addEventListener("keydown", handle);
  return () => removeEventListener("keydown", handle);
}

/** Whether the pointer moved lately; the page hides it otherwise. */
function usePointing(): boolean {
  const pointing = useSignal(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const set = (value: boolean): void => {
      pointing.value = value;
      document.documentElement.toggleAttribute("data-pointing", value);
    };
    const moved = (): void => {
      set(true);
      clearTimeout(timer);
      timer = setTimeout(() => set(false), REST_MS);
    };
    addEventListener("pointermove", moved);
    return () => (removeEventListener("pointermove", moved), clearTimeout(timer));
  }, []);
  return pointing.value;
}
