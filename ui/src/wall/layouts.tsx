/** The layouts of a scene, and what happens to one that cannot be drawn. */
import { Component, type ComponentChildren, type VNode } from "preact";
import { later } from "../later";
import type { EventValue } from "../wire";
import { useWords } from "./context";
import { Large } from "./large";
import { Mosaic } from "./mosaic";
import { Discussed, Programme, Question } from "./rooms";
import { Hashtags, Notice, Title } from "./sheets";
import { Spotlight } from "./spotlight";
import { Stage } from "./stage";
import { Themes } from "./theme-panels";
import type { Wall } from "./wall";

/** Few scenes have this layout. */
const Resources = later(async () => (await import("./resource-sheet")).Resources);

/** What is on. */
export function Show({ wall }: { wall: Wall }): VNode {
  const { layout, words } = wall.playing.value.step;
  if (layout === "spotlight") return <Spotlight wall={wall} />;
  if (layout === "mosaic") return <Mosaic wall={wall} />;
  if (layout === "question") return <Question wall={wall} />;
  if (layout === "floor") return <Discussed wall={wall} />;
  if (layout === "themes") return <Themes wall={wall} />;
  if (layout === "resources") return <Resources wall={wall} />;
  if (layout === "programme") return <Programme plan={wall.plan.value} />;
  if (layout === "title") return <Title event={wall.event.value} text={words} />;
  if (layout === "notice") return <Notice text={words} />;
  const event = wall.event.value;
  return <><Stage wall={wall} />{event && wall.empty.value && <Empty event={event} />}</>;
}

function Empty({ event }: { event: EventValue }): VNode {
  const words = useWords();
  return (
    <section class="sheet empty">
      <p class="empty-lead">{words.say("wall.post_with")}</p>
      <Large of={event.hashtags.join()} most={9} whole><Hashtags event={event} /></Large>
      <p class="empty-lead">{words.say("wall.empty")}</p>
      <p class="empty-note">{words.say("wall.empty_note")}</p>
    </section>
  );
}

interface CarefulProps {
  readonly children: ComponentChildren;
  readonly onFailed: () => void;
}

/** A layout that throws shows nothing, and says so to whoever has the next one. */
export class Careful extends Component<CarefulProps, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(): void {
    this.props.onFailed();
  }

  override render(): ComponentChildren {
    return this.state.failed ? null : this.props.children;
  }
}
