/**
 * The fold that every face holds its state with: the same as `Held` in wall/entries/wire.py.
 * Pure; both pass tests/golden/fold.json.
 */
import type {
  AnswerValue, AskValue, Changes, CheckValue, ConclusionValue, ContributionValue, ControlValue, CountValue, EventValue, MemberValue, MessageValue, PinValue, PointValue, PostValue, Put,
  RelayValue, RoomValue, SceneValue, ScreenValue, SessionValue, Snapshot, TagValue, ThemeValue,
  HandoverValue, OptOutValue, PlacementValue, QuestionValue, ResourceValue, RoutingValue, SecondLookValue, SupportValue, TranslationValue,
} from "./wire";

export type Value = Put["value"];
type Change = Changes["changes"][number];

/** The values of the subject types that faces read by name. */
export interface Known {
  event: EventValue;
  count: CountValue;
  post: PostValue;
  member: MemberValue;
  room: RoomValue;
  session: SessionValue;
  tag: TagValue;
  contribution: ContributionValue;
  relay: RelayValue;
  point: PointValue;
  scene: SceneValue;
  control: ControlValue;
  opt_out: OptOutValue;
  pin: PinValue;
  placement: PlacementValue;
  screen: ScreenValue;
  answer: AnswerValue;
  check: CheckValue;
  conclusion: ConclusionValue;
  message: MessageValue;
  ask: AskValue;
  question: QuestionValue;
  translation: TranslationValue;
  routing: RoutingValue;
  handover: HandoverValue;
  resource: ResourceValue;
  theme: ThemeValue;
  support: SupportValue;
  second_look: SecondLookValue;
}

/** A frame does not continue from where the copy is: reconnect, or fetch a snapshot. */
export class Gap extends Error {
  override readonly name = "Gap";

  constructor(readonly at: number, readonly after: number) {
    super(`at ${at}, frame continues ${after}`);
  }
}

/** A reader's copy: subjects by type and id, and the journal seq up to which it is complete. */
export class Held {
  seq = 0;
  readonly subjects = new Map<string, Map<string, Value>>();
  /** What was let go of: an older page that comes late must not bring it back. */
  readonly #dropped = new Set<string>();

  /** A copy that starts from a snapshot. */
  static of(snapshot: Snapshot): Held {
    const held = new Held();
    held.seq = snapshot.seq;
    held.#fold(snapshot.puts);
    return held;
  }

  /** Fold the next frame. Throws Gap, and changes nothing, when it is not the next one. */
  apply(frame: Changes): void {
    if (frame.after !== this.seq) throw new Gap(this.seq, frame.after);
    this.#fold(frame.changes);
    this.seq = frame.seq;
  }

  /** Take in what a page of older subjects holds, as far as it is not known better already. */
  include(puts: readonly Put[]): void {
    for (const put of puts) {
      const known = this.subjects.get(put.type)?.has(put.id) || this.#dropped.has(`${put.type}/${put.id}`);
      if (!known) this.#put(put);
    }
  }

  /** Every subject of a type, by id. */
  all<T extends keyof Known>(type: T): ReadonlyMap<string, Known[T]> {
    return (this.subjects.get(type) ?? new Map()) as ReadonlyMap<string, Known[T]>;
  }

  /** Let go of the posts with the lowest `order` so that `keep` stay, and the pinned ones: a wall runs for days. */
  keepNewest(keep: number): void {
    const posts = this.subjects.get("post") as Map<string, PostValue> | undefined;
    if (!posts || posts.size <= keep) return;
    const pinned = this.all("pin");
    const byAge = [...posts].filter(([id]) => !pinned.has(id)).sort(([, a], [, b]) => b.order - a.order);
    for (const [id] of byAge.slice(keep)) posts.delete(id);
  }

  #fold(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.op === "put") this.#put(change);
      else if (change.op === "drop") this.#drop(change.type, change.id);
    }
  }

  #drop(type: string, id: string): void {
    this.subjects.get(type)?.delete(id);
    this.#dropped.add(`${type}/${id}`);
  }

  #put(change: Put): void {
    this.#dropped.delete(`${change.type}/${change.id}`);
    const ofType = this.subjects.get(change.type) ?? new Map<string, Value>();
    this.subjects.set(change.type, ofType.set(change.id, change.value));
  }
}
