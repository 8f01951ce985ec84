import { describe, expect, test } from "vitest";
import type { PostValue, RelayValue, RoomValue, SessionValue } from "../wire";
import { holdDuring, NO_TALK, putAsQuestions, shownDuring, suits, talkIn } from "./talk";

const room = (id: string) => ({ id, name: id, position: 0, version: 1 }) as RoomValue;
const session = (id: string, more: Partial<SessionValue> = {}) =>
  ({ id, room: "hall", state: "running", walls: "on", slides_private: false, ...more }) as SessionValue;
const post = (id: string, text: string, by_hand = false, picture: string | null = null) =>
  ({ id, text, by_hand, media: picture === null ? [] : [{ kind: "image", alt: "", width: 1, height: 1, picture }] }) as unknown as PostValue;
const all = <T extends { id: string }>(...of: T[]) => new Map(of.map((one) => [one.id, one]));
const talk = (walls: string, isPrivate = false) => ({ walls, isPrivate });
const NONE = new Set<string>();

describe("the talk in a wall's room", () => {
  const rooms = all(room("hall"), room("annex"));

  test("is that of the session that runs there, and of no other", () => {
    const sessions = all(
      session("over", { state: "ended", walls: "off" }), session("now", { walls: "curated", slides_private: true }),
      session("beside", { room: "annex", walls: "off" }), session("later", { state: "planned", walls: "off" }),
    );
    expect(talkIn(rooms, sessions, "hall")).toEqual(talk("curated", true));
    expect(talkIn(rooms, sessions, "annex")).toEqual(talk("off"));
  });

  test("is nobody's on a wall of all rooms, unless there is only one", () => {
    const sessions = all(session("now", { walls: "off" }));
    expect(talkIn(rooms, sessions, null)).toEqual(NO_TALK);
    expect(talkIn(all(room("hall")), sessions, null)).toEqual(talk("off"));
    expect(talkIn(all<RoomValue>(), sessions, null)).toEqual(NO_TALK);
  });
});

test("walls that are off are quiet, and what holds them more stays", () => {
  expect(holdDuring(talk("off"), "live")).toBe("quiet");
  expect(holdDuring(talk("off"), "frozen")).toBe("quiet");
  expect(holdDuring(talk("off"), "blank")).toBe("blank");
  expect(holdDuring(talk("curated"), "live")).toBe("live");
});

describe("what suits a talk", () => {
  const said = post("said", "I agree");
  const asked = post("asked", "Is it free?");
  const chosen = post("chosen", "Read by a person", true);
  const chosenAsked = post("both", "Why?", true);
  const shown = (walls: string, pinned = NONE, asking = NONE) =>
    [said, asked, chosen, chosenAsked].filter(suits(talk(walls), pinned, asking)).map(({ id }) => id);

  test("is everything, what a person chose, what asks something, or both", () => {
    expect(shown("on")).toEqual(["said", "asked", "chosen", "both"]);
    expect(shown("curated")).toEqual(["chosen", "both"]);
    expect(shown("questions")).toEqual(["asked", "both"]);
    expect(shown("curated_questions")).toEqual(["both"]);
  });

  test("is what is pinned where a person's choice counts, and no statement where questions do", () => {
    expect(shown("curated", new Set(["said"]))).toEqual(["said", "chosen", "both"]);
    expect(shown("questions", new Set(["said"]))).toEqual(["asked", "both"]);
    expect(shown("curated_questions", new Set(["asked"]))).toEqual(["asked", "both"]);
  });

  test("is a point that a facilitator put as a question, whatever its posts say", () => {
    const relay = { id: "r", post: said, others: ["more"], wording: "Does everybody agree?" } as unknown as RelayValue;
    const plain = { id: "p", post: chosen, others: [], wording: "All agree" } as unknown as RelayValue;
    const asking = putAsQuestions(all(relay, plain));
    expect([...asking]).toEqual(["said", "more"]);
    expect(shown("questions", NONE, asking)).toEqual(["said", "asked", "both"]);
  });

  test("shows everything for a word that this wall does not know yet", () => {
    expect(shown("whispering")).toEqual(["said", "asked", "chosen", "both"]);
  });
});

describe("pictures while slides are not for sharing", () => {
  test("are left out of posts that no person looked at, and the rest stays", () => {
    const photo = post("photo", "Look", false, "abcd");
    const bare = shownDuring(talk("on", true), photo);
    expect(bare.media).toEqual([{ kind: "image", alt: "", width: 1, height: 1, picture: null }]);
    expect(bare.text).toBe("Look");
    expect(shownDuring(talk("on", true), photo)).toBe(bare);
  });

  test("are shown where a person approved them, or slides may be shared", () => {
    const looked = post("looked", "Look", true, "abcd");
    const photo = post("photo", "Look", false, "abcd");
    expect(shownDuring(talk("on", true), looked)).toBe(looked);
    expect(shownDuring(talk("on"), photo)).toBe(photo);
    const words = post("words", "Only words");
    expect(shownDuring(talk("on", true), words)).toBe(words);
  });
});
