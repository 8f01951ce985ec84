/** Whole pictures in rows that fill an area: nothing is cropped, what people photograph is slides. Pure. */

/** Where a tile lies, in the unit of the area. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Area {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
  /** What stands below each picture. */
  readonly foot: number;
}

/**
 * Tiles for pictures of these shapes (width by height), in their order, in the number of rows that covers
 * most of the area. Rows are as wide as the area unless that would make them too high together; what is
 * left is shared out around them.
 */
export function tiles(shapes: readonly number[], area: Area): Rect[] {
  if (shapes.length === 0 || area.width <= 0 || area.height <= 0) return [];
  const tries = shapes.map((_, index) => laidOut(rowsOf(shapes, index + 1), area));
  const covered = (rects: readonly Rect[]): number => rects.reduce((sum, { width, height }) => sum + width * height, 0);
  return tries.reduce((best, one) => (covered(one) > covered(best) + 1e-6 ? one : best));
}

/** Shapes in so many rows whose sums of shapes are alike. */
function rowsOf(shapes: readonly number[], count: number): number[][] {
  const total = shapes.reduce((sum, shape) => sum + shape, 0);
  const rows: number[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const shape of shapes) {
    const row = Math.min(Math.floor(((before + shape / 2) / total) * count), count - 1);
    rows[row]?.push(shape);
    before += shape;
  }
  return rows.filter((row) => row.length > 0);
}

function laidOut(rows: readonly (readonly number[])[], { width, height, gap, foot }: Area): Rect[] {
  const pictures = height - foot * rows.length - gap * (rows.length - 1);
  const sums = rows.map((row) => row.reduce((sum, shape) => sum + shape, 0));
  const full = rows.map((row, at) => (width - gap * (row.length - 1)) / (sums[at] ?? 1));
  const scale = Math.max(Math.min(1, pictures / full.reduce((sum, one) => sum + one, 0)), 0);
  const heights = full.map((one) => one * scale);
  const used = heights.reduce((sum, one) => sum + one + foot, 0) + gap * (rows.length - 1);
  let top = (height - used) / 2;
  return rows.flatMap((row, at) => {
    const high = heights[at] ?? 0;
    let left = (width - high * (sums[at] ?? 0) - gap * (row.length - 1)) / 2;
    const rects = row.map((shape) => {
      const rect = { left, top, width: high * shape, height: high + foot };
      left += rect.width + gap;
      return rect;
    });
    top += high + foot + gap;
    return rects;
  });
}
