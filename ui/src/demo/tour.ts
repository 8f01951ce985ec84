/** The guided tour of the made-up summit: steps that point at a face and say why it matters. */

/** Keys that move the tour while the focus is in it. */
const KEYS: Record<string, Deed> = { ArrowRight: "next", ArrowLeft: "back", Escape: "end", p: "pause" };
const TICK_MS = 100;

type Deed = "next" | "back" | "pause" | "end";

/** Where a tour is. `left` counts the milliseconds that the step still stays; it stands still while paused. */
export interface At {
  step: number;
  left: number;
  paused: boolean;
}

/** The tour after so many milliseconds. It stays at its last step. */
export function later(at: At, ms: number, steps: number, stay: number): At {
  if (at.paused || at.step >= steps - 1) return at;
  const left = at.left - ms;
  return left > 0 ? { ...at, left } : { ...at, step: at.step + 1, left: stay };
}

/** The tour after a person pressed something; null: it is ended. Going on from the last step ends it too. */
export function pressed(at: At, deed: Deed, steps: number, stay: number): At | null {
  switch (deed) {
    case "end":
      return null;
    case "pause":
      return { ...at, paused: !at.paused };
    case "back":
      return { ...at, step: Math.max(0, at.step - 1), left: stay };
    case "next":
      return at.step + 1 < steps ? { ...at, step: at.step + 1, left: stay } : null;
  }
}

/** Let a page's tour be started, by its button or by `#tour` in the address. */
export function showTour(): void {
  const box = document.getElementById("tour");
  const opener = document.getElementById("tour-open");
  if (!box || !opener) return;
  const tour = new Tour(box, opener);
  opener.hidden = false;
  opener.addEventListener("click", () => (tour.running ? tour.end() : tour.begin()));
  if (location.hash === "#tour") tour.begin();
}

class Tour {
  readonly #steps: HTMLElement[];
  readonly #stay: number;
  #at: At | null = null;
  #timer = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly opener: HTMLElement,
  ) {
    this.#steps = [...box.querySelectorAll<HTMLElement>("li[data-face]")];
    this.#stay = Number(box.dataset["seconds"]) * 1000;
    box.addEventListener("click", (event) => {
      const deed = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
      if (deed) this.#press(deed as Deed);
    });
    box.addEventListener("keydown", (event) => {
      const deed = KEYS[event.key];
      if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#press(deed);
    });
    // A face that loads takes the focus. Until somebody has done anything here, the tour's keys come first.
    window.addEventListener("blur", () => {
      if (this.running && !navigator.userActivation?.hasBeenActive) setTimeout(() => this.#focus());
    });
  }

  get running(): boolean {
    return this.#at !== null;
  }

  /** Begin at the first step. Who wants less motion moves on by hand. */
  begin(): void {
    const paused = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#set({ step: 0, left: this.#stay, paused });
    this.#focus();
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#set(null);
    this.opener.focus();
  }

  #focus(): void {
    this.box.focus({ preventScroll: true });
  }

  #tick(): void {
    // In a window that nobody sees, nothing is told.
    if (this.#at && !document.hidden) this.#set(later(this.#at, TICK_MS, this.#steps.length, this.#stay));
  }

  #press(deed: Deed): void {
    const now = this.#at && pressed(this.#at, deed, this.#steps.length, this.#stay);
    if (now) this.#set(now);
    else this.end();
  }

  #set(at: At | null): void {
    const before = this.#at;
    this.#at = at;
    this.box.hidden = !at;
    this.opener.setAttribute("aria-expanded", String(Boolean(at)));
    document.body.classList.toggle("touring", Boolean(at));
    if (at?.step !== before?.step) this.#point(at);
    if (!at) return;
    const words = this.box.dataset;
    this.#put("[data-do=pause]", (at.paused ? words["go"] : words["pause"]) ?? "");
    (this.box.querySelector("[data-do=back]") as HTMLButtonElement).disabled = at.step === 0;
    const passed = at.step >= this.#steps.length - 1 ? 1 : 1 - at.left / this.#stay;
    const bar = this.box.querySelector<HTMLElement>(".tour-time span");
    if (bar) bar.style.transform = `scaleX(${passed})`;
  }

  /** Show a step's words, and mark the face that it is about. */
  #point(at: At | null): void {
    this.#steps.forEach((step, number) => (step.hidden = number !== at?.step));
    const face = at ? this.#steps[at.step]?.dataset["face"] : "";
    for (const one of document.querySelectorAll(".face")) one.classList.toggle("shown", one.id === face);
    if (!at) return;
    const place = (this.box.dataset["place"] ?? "").replace("{at}", String(at.step + 1)).replace("{of}", String(this.#steps.length));
    this.#put(".tour-place", place);
  }

  #put(selector: string, words: string): void {
    const there = this.box.querySelector(selector);
    if (there && there.textContent !== words) there.textContent = words;
  }
}
