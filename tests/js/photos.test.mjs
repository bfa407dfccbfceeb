// The visitor's own photos on their way to the server and back, and the strip that shows the chosen one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromText, toText } from "../../core/views/photos/bytes.js";
import { Strip } from "../../core/views/photos/strip.js";

test("bytes come back as they went, also more than a function takes at once", () => {
  for (const length of [0, 1, 0x8000, 200_001]) {
    const bytes = Uint8Array.from({ length }, (_, n) => (n * 31) % 256);
    assert.deepEqual(fromText(toText(bytes)), bytes);
  }
});

/** A strip from 0 to 100 whose chosen photo is 20 wide and begins at `left`. */
function drawn(left) {
  const chosen = { textContent: "boat", offsetLeft: left };
  const strip = { scrollLeft: 0, clientWidth: 100, scrollWidth: 900, querySelector: () => chosen };
  strip.getBoundingClientRect = () => ({ left: 0, right: 100, width: 100 });
  const at = () => left - strip.scrollLeft;
  chosen.getBoundingClientRect = () => ({ left: at(), right: at() + 20, width: 20 });
  globalThis.document = { querySelector: () => strip };
  const resized = { observe() {}, disconnect() {} };
  return { strip, chosen, shown: Object.assign(Object.create(Strip.prototype), { selector: "x", resized }) };
}

test("the chosen photo is brought into sight once, and what the viewer scrolls afterwards stays", () => {
  const { strip, chosen, shown } = drawn(500);
  shown.look();
  assert.equal(strip.scrollLeft, 460);
  strip.scrollLeft = 0;
  shown.look();
  assert.equal(strip.scrollLeft, 0);
  chosen.textContent = "ball"; // another one is chosen
  shown.look();
  assert.equal(strip.scrollLeft, 460);
});

test("a strip in which it is in sight is left where it is", () => {
  const { strip, shown } = drawn(40);
  shown.look();
  assert.equal(strip.scrollLeft, 0);
});
