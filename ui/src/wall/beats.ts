/** What a paired screen says of itself, every few seconds and whenever something left it. */
import type { Connection } from "../socket";
import type { Wall } from "./wall";

export const BEAT_MS = 5_000;
/** Removals are acknowledged at once, but no more often than this. */
const BETWEEN_MS = 250;

export class Beats {
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connection: Connection, private readonly wall: Wall, private readonly build: number) {}

  start(): void {
    setInterval(() => this.#beat(), BEAT_MS);
    this.connection.phase.subscribe((phase) => phase === "live" && this.soon());
  }

  /** Something left this screen: whoever asked for that wants to know. */
  soon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#beat();
    }, BETWEEN_MS);
  }

  #beat(): void {
    this.connection.tell((seq) => ({ type: "beat", seq, at: Date.now(), build: this.build, ...this.#shows() }));
  }

  #shows(): object {
    const { index } = this.wall.playing.value;
    const size = { width: Math.round(innerWidth), height: Math.round(innerHeight), scale: devicePixelRatio };
    return { ...size, scene: this.wall.scene.value.id, ...(index >= 0 ? { step: index } : {}) };
  }
}
