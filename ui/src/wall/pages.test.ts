import { describe, expect, it } from "vitest";
import { MOST_PAGES, paged, Pages } from "./pages";

describe("a post that is too long for its place", () => {
  it("is shown page by page, each for its time", () => {
    const pages = new Pages();
    pages.take("a", 3, 1_000, 0);
    expect([pages.page, pages.until("a")]).toEqual([0, 3_000]);
    expect(pages.tick(999)).toBe(false);
    expect(pages.tick(1_000)).toBe(true);
    expect([pages.page, pages.until("a")]).toEqual([1, 3_000]);
    expect(pages.tick(2_500)).toBe(true);
    expect([pages.page, pages.until("a")]).toEqual([2, 3_500]);
    expect(pages.tick(9_000)).toBe(false);
  });

  it("goes on where it was when a pause or a new size comes between", () => {
    const pages = new Pages();
    pages.take("a", 4, 1_000, 0);
    pages.tick(1_000);
    expect(pages.take("a", 4, 1_000, 1_500)).toBe(false);
    expect(pages.take("a", 2, 2_000, 1_500)).toBe(true);
    expect([pages.page, pages.count, pages.until("a")]).toEqual([1, 2, 3_500]);
  });

  it("begins again when it was read to its end and nothing else came", () => {
    const pages = new Pages();
    pages.take("a", 2, 1_000, 0);
    pages.tick(1_000);
    expect([pages.again("a", 1_999), pages.again("b", 5_000), pages.again("a", 2_000)]).toEqual([false, false, true]);
    expect([pages.page, pages.until("a")]).toEqual([0, 4_000]);
  });

  it("is forgotten for another, and asks for no time where one page is enough", () => {
    const pages = new Pages();
    pages.take("a", 4, 1_000, 0);
    pages.tick(1_000);
    expect(pages.take("b", 1, 1_000, 2_000)).toBe(true);
    expect([pages.page, pages.until("a"), pages.until("b")]).toEqual([0, -Infinity, -Infinity]);
  });

  it("has as many pages as its lines need, and an end", () => {
    expect(paged(10, 5)).toEqual({ lines: 5, pages: 2 });
    expect(paged(11, 5.9)).toEqual({ lines: 5, pages: 3 });
    expect(paged(3, 0.4)).toEqual({ lines: 1, pages: 3 });
    expect(paged(10_000, 5).pages).toBe(MOST_PAGES);
    expect(paged(0, 5).pages).toBe(1);
  });
});
