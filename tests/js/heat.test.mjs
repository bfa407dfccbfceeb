// Heat against `core.views.figures`, whose pictures `tests/test_javascript.py` writes into the file $FIGURES.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { enlarge, rgba, sharesOf } from "../../core/views/player/heat.js";

const look = { ramp: Array.from({ length: 768 }, (_, n) => n % 256), opacity: 0.75, fade: 0.7 };
const skip = process.env.FIGURES ? false : "pytest writes the figures";

/** The largest difference between colours (each level of a channel), and between opacities. */
function apart(ours, theirs) {
  const most = (channels) =>
    Math.max(...theirs.map((value, n) => (channels.includes(n % 4) ? Math.abs(value - ours[n]) : 0)));
  return { colour: most([0, 1, 2]), opacity: most([3]) };
}

test("cells have the colours and opacities of the figures", { skip }, () => {
  for (const { heat, grid, alpha, full, cells } of JSON.parse(readFileSync(process.env.FIGURES))) {
    const shares = sharesOf(alpha, full);
    const { colour, opacity } = apart(rgba(shares, heat), cells);
    assert.equal(colour, 0, `grid ${grid}`);
    assert.ok(opacity <= 1, `grid ${grid}: ${opacity}`); // halves are rounded up here, there to even
  }
});

test("smooth heat is the figures' away from the edges, where they weigh otherwise", { skip }, () => {
  for (const { heat, grid, alpha, full, times, smooth } of JSON.parse(readFileSync(process.env.FIGURES))) {
    const shares = sharesOf(alpha, full);
    const [rows, columns] = grid;
    const ours = rgba(enlarge(shares, rows, columns, times), heat);
    const inner = (y, x) => {
      return y >= 2 * times && y < (rows - 2) * times && x >= 2 * times && x < (columns - 2) * times;
    };
    const kept = smooth.flatMap((_, n) => {
      const pixel = Math.floor(n / 4);
      return inner(Math.floor(pixel / (columns * times)), pixel % (columns * times)) ? [n] : [];
    });
    assert.ok(kept.length > 100);
    const { colour, opacity } = apart(
      kept.map((n) => ours[n]),
      kept.map((n) => smooth[n]),
    );
    assert.ok(colour <= 4 && opacity <= 1, `grid ${grid}: ${colour}, ${opacity}`); // a level of the ramp at most
  }
});

test("no heat is clear, the most is the ramp's last colour", () => {
  assert.equal(rgba([0], look)[3], 0);
  assert.deepEqual([...rgba([1], look)], [253, 254, 255, 191]);
});

test("an even look stays even when it is enlarged, whatever the grid", () => {
  for (const [rows, columns] of [
    [1, 1],
    [7, 9],
    [12, 12],
  ]) {
    const fine = enlarge(Array(rows * columns).fill(0.4), rows, columns, 3);
    assert.equal(fine.length, 9 * rows * columns);
    assert.ok(fine.every((share) => Math.abs(share - 0.4) < 1e-12));
  }
});

test("rows and columns are not mixed up", () => {
  const [rows, columns] = [7, 9];
  const shares = Array(rows * columns).fill(0);
  shares[2 * columns + 6] = 1;
  const fine = enlarge(shares, rows, columns, 3);
  const brightest = fine.indexOf(Math.max(...fine));
  assert.deepEqual([Math.floor(brightest / 27), brightest % 27], [7, 19]);
});
