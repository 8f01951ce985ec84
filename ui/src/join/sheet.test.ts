import { expect, test } from "vitest";
import type { Browser } from "../browser";
import { Held } from "../store";
import type { ConclusionValue, Put } from "../wire";
import { Sheet } from "./sheet";

const put = (type: string, value: { id: string }): Put => ({ op: "put", type, version: 1, value, id: value.id }) as unknown as Put;
const one = { id: "c", session: "s", position: 0, text: "Teach it.", endorsed: 0, room: null, version: 1 } as ConclusionValue;

function browser(answer: () => Response): { browser: Browser; kept: Map<string, string>; sent: unknown[] } {
  const [kept, sent]: [Map<string, string>, unknown[]] = [new Map(), []];
  const made = {
    fetch: (path: string, init: RequestInit) => (sent.push([path, JSON.parse(String(init.body))]), Promise.resolve(answer())),
    recall: (key: string) => kept.get(key) ?? null, remember: (key: string, value: string) => !!kept.set(key, value),
  } as unknown as Browser;
  return { browser: made, kept, sent };
}

test("an endorsement is kept with the words that were endorsed, and taken back", async () => {
  const { browser: phone, sent } = browser(() => Response.json({ seq: 1 }));
  const sheet = new Sheet("e", phone);
  await sheet.endorse(one, true);
  expect(sent).toEqual([["/api/v1/events/e/conclusions/c/endorse", { on: true }]]);
  expect([sheet.isMine(one), sheet.isMine({ ...one, text: "Teach it now." })]).toEqual([true, false]);
  expect(new Sheet("e", phone).isMine(one)).toBe(true);
  await sheet.endorse(one, false);
  expect([sheet.isMine(one), new Sheet("e", phone).isMine(one)]).toEqual([false, false]);
});

test("what was not saved is said, and the button stays as it was", async () => {
  const sheet = new Sheet("e", browser(() => Response.json({ error: { code: "too_many" } }, { status: 429 })).browser);
  await sheet.endorse(one, true);
  expect([sheet.isMine(one), sheet.failed.value]).toEqual([false, "c"]);
});

test("conclusions are listed until an hour after their session's end", () => {
  const sheet = new Sheet("e", browser(() => Response.json({})).browser);
  const session = { id: "s", state: "ended", ended_at: "2026-05-04T10:00:00Z" };
  const held = Held.of({ type: "snapshot", v: 1, cursor: "e.s.1", seq: 1, puts: [put("session", session), put("conclusion", one)] });
  sheet.fold(held, Date.parse("2026-05-04T10:59:00Z"));
  expect(sheet.concluded.value.map(({ all }) => all.map(({ id }) => id))).toEqual([["c"]]);
  sheet.fold(held, Date.parse("2026-05-04T11:01:00Z"));
  expect(sheet.concluded.value).toEqual([]);
});
