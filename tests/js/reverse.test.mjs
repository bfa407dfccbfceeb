// The look in reverse: which words looked at a place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { percent } from "../../core/views/player/format.js";
import { describe, levels, weightsOn } from "../../core/views/player/reverse.js";

const steps = [
  { word: "a", alpha: [0.25, 0.25, 0.25, 0.25] },
  { word: "dog", alpha: [0.7, 0.2, 0.1, 0] },
  { word: "runs", alpha: [0, 0.1, 0.1, 0.8] },
];

test("the weight on some cells is the sum of theirs, for every word", () => {
  assert.deepEqual(weightsOn([0], steps), [0.25, 0.7, 0]);
  assert.deepEqual(
    weightsOn([0, 1], steps).map((weight) => Math.round(10 * weight)),
    [5, 9, 1],
  );
  assert.deepEqual(weightsOn([], steps), [0, 0, 0]);
});

test("words fill up to the one that looked there most, and hardly where none did", () => {
  assert.deepEqual(levels([0.25, 0.75, 0], 0.25), [1 / 3, 1, 0]);
  assert.deepEqual(levels([0.25, 0.25, 0.25], 0.25), [0.5, 0.5, 0.5]);
  assert.deepEqual(levels([0, 0], 0.25), [0, 0]);
});

test("only words that looked there more than an even look are named, most first", () => {
  assert.equal(describe(weightsOn([0], steps), steps, 0.25), "Looked here: dog 70 % (an even look: 25 %).");
  assert.equal(
    describe(weightsOn([2], steps), steps, 0.25),
    "No word looked here more than an even look does (25 %).",
  );
  const many = ["a", "b", "c", "d", "e", "f"].map((word) => ({ word }));
  const said = describe([0.3, 0.9, 0.8, 0.7, 0.6, 0.1], many, 0.2);
  assert.equal(said, "Looked here: b 90 %, c 80 %, d 70 %, e 60 % and 1 more (an even look: 20 %).");
});

test("small shares keep a digit that says something", () => {
  assert.deepEqual([0.416, 0.0994, 0.0051, 0.0004].map(percent), ["42 %", "9.9 %", "0.5 %", "under 0.1 %"]);
});
