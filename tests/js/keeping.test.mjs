import assert from "node:assert/strict";
import { test } from "node:test";

import { keep, kept } from "../../core/views/keeping/component.js";

/** As a browser's storage. */
function storage(entries = {}) {
  const held = new Map(Object.entries(entries));
  return {
    get length() {
      return held.size;
    },
    key: (n) => [...held.keys()][n],
    getItem: (name) => held.get(name) ?? null,
    setItem: (name, text) => held.set(name, text),
    removeItem: (name) => held.delete(name),
  };
}

test("what is kept is found, and nothing else", () => {
  const place = storage({ "somebody else's": "x" });
  keep(place, { a: "1", b: "2" }, 5);
  assert.deepEqual(kept(place, ["a", "c"]), { a: "1" });
  keep(place, { a: "3" }, 5);
  assert.deepEqual(kept(place, ["a", "b"]), { a: "3", b: "2" });
});

test("of many the oldest go, and what is not ours stays", () => {
  const place = storage({ other: "not even JSON" });
  for (let n = 0; n < 6; n++) keep(place, { [`t${n}`]: "x" }, 3, n);
  assert.deepEqual(Object.keys(kept(place, ["t0", "t2", "t3", "t4", "t5"])), ["t3", "t4", "t5"]);
  assert.equal(place.getItem("other"), "not even JSON");
});
