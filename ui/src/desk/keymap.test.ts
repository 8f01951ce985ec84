import { expect, test } from "vitest";
import { bindingOf, KEYMAP, strokeOf, type Area, type Pressed } from "./keymap";

const pressed = (key: string, code = "", more: Partial<Pressed> = {}): Pressed => ({
  key, code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more,
});

test("no stroke means two things in one place", () => {
  for (const area of ["inbox", "queue"] satisfies Area[]) {
    const strokes = KEYMAP.filter(({ areas }) => areas.includes(area)).flatMap(({ strokes }) => strokes);
    expect(new Set(strokes).size).toBe(strokes.length);
  }
});

test("every command is in the table once", () => {
  const commands = KEYMAP.map(({ command }) => command);
  expect(new Set(commands).size).toBe(commands.length);
});

test("a key means what it means where the person is", () => {
  expect(bindingOf("a", "inbox")?.command).toBe("approve");
  expect(bindingOf("a", "queue")).toBeUndefined();
  expect(bindingOf("Enter", "inbox")?.command).toBe("raise");
  expect(bindingOf("Enter", "queue")?.command).toBe("make_next");
});

test("what belongs to the browser is left to it", () => {
  expect(strokeOf(pressed("a", "KeyA", { ctrlKey: true }))).toBeNull();
  expect(strokeOf(pressed("r", "KeyR", { metaKey: true }))).toBeNull();
  expect(strokeOf(pressed("x", "KeyX", { altKey: true }))).toBeNull();
  expect(strokeOf(pressed("ArrowUp", "ArrowUp", { altKey: true }))).toBe("Alt+ArrowUp");
});

test("capitals, the space bar and signs are strokes of their own", () => {
  expect(strokeOf(pressed("J", "KeyJ", { shiftKey: true }))).toBe("J");
  expect(strokeOf(pressed(" ", "Space"))).toBe("Space");
  expect(strokeOf(pressed("?", "Slash", { shiftKey: true }))).toBe("?");
});

test("digits work on a keyboard that needs Shift for them", () => {
  expect(strokeOf(pressed("&", "Digit1"))).toBe("1");
  expect(strokeOf(pressed("1", "Digit1", { shiftKey: true }))).toBe("1");
  expect(strokeOf(pressed("/", "Digit7", { shiftKey: true }))).toBe("/");
  expect(strokeOf(pressed("٣", "Digit3"))).toBe("3");
});

test("letters go by their place where no Latin ones are written", () => {
  expect(strokeOf(pressed("ф", "KeyA"))).toBe("a");
  expect(strokeOf(pressed("ش", "KeyA", { shiftKey: true }))).toBe("A");
  expect(strokeOf(pressed("a", "KeyQ"))).toBe("a");
});
