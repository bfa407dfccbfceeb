// Cells of a grid of any number of rows and columns over a photo. Cell (r, c) covers exactly the photo's fraction
// [c / columns, (c + 1) / columns) x [r / rows, (r + 1) / rows); its number is r * columns + c.

import { clamp } from "./numbers.js";

/** The cell [row, column] under a point; `area` is the photo's rectangle, in the same pixels. */
export function cellAt(x, y, area, [rows, columns]) {
  return [
    clamp(Math.floor(((y - area.top) / area.height) * rows), rows - 1),
    clamp(Math.floor(((x - area.left) / area.width) * columns), columns - 1),
  ];
}

/** The cell `by` [rows, columns] further on, within the grid. */
export function neighbour(cell, by, grid) {
  return cell.map((place, n) => clamp(place + by[n], grid[n] - 1));
}

/** The cells of the rectangle between two corners, as numbers; and where it lies, in shares of the photo. */
export function rectangle(corner, other, [rows, columns]) {
  const [top, left] = [0, 1].map((n) => Math.min(corner[n], other[n]));
  const [height, width] = [0, 1].map((n) => Math.abs(corner[n] - other[n]) + 1);
  const cells = Array.from({ length: height * width }, (_, n) => {
    return (top + Math.floor(n / width)) * columns + left + (n % width);
  });
  return { cells, top: top / rows, left: left / columns, height: height / rows, width: width / columns };
}

/** Where the lines between cells are drawn along `length` pixels: line n, from 0 to `count`. */
export function lines(count, length) {
  return (n) => Math.round((n * length) / count);
}

/** The outline of some cells: every side on which their neighbour is not one of them, [row, column, row, column]. */
export function outline(cells, [rows, columns]) {
  const inside = new Set(cells);
  const holds = (r, c) => r >= 0 && r < rows && c >= 0 && c < columns && inside.has(r * columns + c);
  return cells.flatMap((cell) => {
    const [r, c] = [Math.floor(cell / columns), cell % columns];
    return [
      [holds(r - 1, c), r, c, r, c + 1],
      [holds(r + 1, c), r + 1, c, r + 1, c + 1],
      [holds(r, c - 1), r, c, r + 1, c],
      [holds(r, c + 1), r, c + 1, r + 1, c + 1],
    ]
      .filter(([shared]) => !shared)
      .map(([, ...side]) => side);
  });
}
