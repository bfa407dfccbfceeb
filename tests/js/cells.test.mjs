// Between pixels and cells, on a grid that is not square.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cellAt, lines, neighbour, outline, rectangle } from "../../core/views/player/cells.js";

const grid = [7, 9];
const area = { left: 30, top: -12, width: 451, height: 299 };

test("a pixel belongs to the cell that is drawn there", () => {
  const [across, down] = [lines(grid[1], area.width), lines(grid[0], area.height)];
  for (let r = 0; r < grid[0]; r++)
    for (let c = 0; c < grid[1]; c++)
      for (const share of [0.05, 0.5, 0.95]) {
        const x = area.left + across(c) + share * (across(c + 1) - across(c));
        const y = area.top + down(r) + share * (down(r + 1) - down(r));
        assert.deepEqual(cellAt(x, y, area, grid), [r, c]);
      }
});

test("beyond the photo the nearest cell is meant", () => {
  assert.deepEqual(cellAt(-1e3, -1e3, area, grid), [0, 0]);
  assert.deepEqual(cellAt(1e3, 1e3, area, grid), [6, 8]);
  assert.deepEqual(cellAt(area.left + area.width, area.top, area, grid), [0, 8]);
});

test("the lines between cells cover the photo without a gap", () => {
  const across = lines(9, 451);
  const widths = Array.from({ length: 9 }, (_, c) => across(c + 1) - across(c));
  assert.equal(across(0), 0);
  assert.equal(across(9), 451);
  assert.ok(widths.every((width) => width === 50 || width === 51));
});

test("a rectangle is the same from whichever corner it is drawn", () => {
  const expected = [2 * 9 + 5, 2 * 9 + 6, 2 * 9 + 7, 3 * 9 + 5, 3 * 9 + 6, 3 * 9 + 7];
  const corners = [
    [2, 5],
    [3, 7],
    [2, 7],
    [3, 5],
  ];
  for (const [from, to] of [
    [0, 1],
    [1, 0],
    [2, 3],
    [3, 2],
  ]) {
    const found = rectangle(corners[from], corners[to], grid);
    assert.deepEqual(found.cells, expected);
    assert.deepEqual([found.top, found.left, found.height, found.width], [2 / 7, 5 / 9, 2 / 7, 3 / 9]);
  }
  assert.deepEqual(rectangle([6, 8], [6, 8], grid).cells, [62]);
  assert.equal(rectangle([0, 0], [6, 8], grid).cells.length, 63);
});

test("the arrow keys stay within the grid", () => {
  assert.deepEqual(neighbour([6, 4], [1, 0], grid), [6, 4]);
  assert.deepEqual(neighbour([6, 8], [0, 1], grid), [6, 8]);
  assert.deepEqual(neighbour([0, 0], [-1, 0], grid), [0, 0]);
  assert.deepEqual(neighbour([3, 4], [0, -1], grid), [3, 3]);
});

test("an outline has no sides between its own cells, nor across the photo's edge", () => {
  assert.deepEqual(outline([10], grid), [
    [1, 1, 1, 2],
    [2, 1, 2, 2],
    [1, 1, 2, 1],
    [1, 2, 2, 2],
  ]);
  assert.equal(outline(rectangle([2, 5], [3, 7], grid).cells, grid).length, 10);
  assert.equal(outline([8, 9], grid).length, 8); // the end of a row and the beginning of the next are no neighbours
});
