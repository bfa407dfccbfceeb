// Which head's hops the table of a story shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { StoryHeads } from "../../core/views/player/story_heads.js";

const several = { name: "several", hops: ["mean"], heads: [["first"], ["second"]] };
const single = { name: "single", hops: ["only"], heads: [] };

test("the mean is shown until a head is chosen, and each network has a choice of its own", () => {
  const heads = new StoryHeads(null, () => {});
  assert.deepEqual(heads.of(several), several);
  heads.chosen.set("several", 1).set("single", 0);
  assert.deepEqual(heads.of(several).hops, ["second"]);
  assert.deepEqual(heads.of(single).hops, ["only"]);
  assert.deepEqual(heads.of({ name: "failed", hops: [] }).hops, []);
});
