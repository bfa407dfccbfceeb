// Where the candidates of a beam are drawn.

import assert from "node:assert/strict";
import { test } from "node:test";

import { alive, drawn, lines } from "../../core/views/beam/layout.js";

const at = (fate, parent = null) => ({ fate, parent });
// Two are kept at each step; "0:1" leads nowhere, the sentence of the winner ends at "2:0".
const steps = [
  [at("kept"), at("kept"), at("dropped")],
  [at("kept", 0), at("dropped", 1), at("kept", 0)],
  [at("ended", 0), at("kept", 2), at("dropped", 2)],
];
const winner = [0, 0, 0];
const places = (columns) => columns.map((column) => column.map(({ place }) => place));

test("what was dropped is drawn at the step shown only", () => {
  assert.deepEqual(places(drawn(steps, 2, 3)), [[0, 1], [0, 2], [0, 1]]);
  assert.deepEqual(places(drawn(steps, 1, 1)), [
    [0, 1],
    [0, 1, 2],
  ]);
});

test("what leads nowhere is told from what leads on", () => {
  assert.deepEqual([...alive(steps, 2, winner)].sort(), ["0:0", "1:0", "1:2", "2:0", "2:1"]);
  assert.ok(alive(steps, 0, winner).has("0:1"), "while it is the newest it is alive");
});

test("a line leads from each parent's lane to its continuation's", () => {
  assert.deepEqual(lines(drawn(steps, 2, 3), winner), [
    [1, 0, 0, true],
    [1, 0, 1, false],
    [2, 0, 0, true],
    [2, 1, 1, false],
  ]);
  assert.deepEqual(lines(drawn(steps, 1, 1), winner)[1], [1, 1, 1, false], "of one that was dropped, too");
});
