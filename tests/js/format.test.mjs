import assert from "node:assert/strict";
import { test } from "node:test";

import { changeText, percentage, weightText } from "../../core/views/player/format.js";

test("weights in the table", () => {
  const texts = [0, 0.0004, 0.0005, 0.0049, 0.005, 0.624, 0.996, 1].map(weightText);
  assert.deepEqual(texts, ["0", "0", "<1", "<1", "1", "62", "100", "100"]);
});

test("weights in a sentence", () => {
  const texts = [0, 0.0004, 0.0005, 0.0099, 0.01, 0.624, 1].map(percentage);
  assert.deepEqual(texts, ["0 %", "0 %", "under 1 %", "under 1 %", "1 %", "62 %", "100 %"]);
});

test("a fall of probability is a change downwards", () => {
  assert.deepEqual([0.88, -0.03, 0.004, -0.004, 0, 1].map(changeText), ["−88", "+3", "0", "0", "0", "−100"]);
});
