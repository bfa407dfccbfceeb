// What the keyboard asks for, and what the server is asked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { command } from "../../core/views/player/keys.js";
import { Captions } from "../../core/views/player/photo.js";
import { Player } from "../../core/views/player/player.js";
import { request } from "../../core/views/player/requests.js";
import { Hops } from "../../core/views/player/story.js";

const [box, body] = [{ tagName: "DIV" }, { tagName: "BODY" }];
const press = (key, target = box, how = {}) => ({ key, composedPath: () => [target, box, body], ...how });
const outside = (key) => ({ key, composedPath: () => [body] });
const none = () => ({});

test("the arrows step, inside and where no other control has the keyboard", () => {
  assert.equal(command(press("ArrowLeft"), box, box, none), "previous");
  assert.equal(command(press("ArrowRight"), box, box, none), "next");
  assert.equal(command(outside("ArrowRight"), box, body, none), "next");
  assert.equal(command(outside("ArrowRight"), box, { tagName: "TEXTAREA" }, none), null);
  assert.equal(command(outside("ArrowRight"), box, null, none), null);
});

test("keys with a modifier, and those of a text field or a slider, are not the player's", () => {
  for (const how of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
    assert.equal(command(press("ArrowLeft", box, how), box, box, none), null);
  assert.equal(command(press("ArrowLeft", { tagName: "INPUT" }), box, box, none), null);
});

test("other keys are what is played decides", () => {
  const more = (target, inside) => (inside && target === box ? { " ": "play" } : {});
  assert.equal(command(press(" "), box, box, more), "play");
  assert.equal(command(press(" ", { tagName: "BUTTON" }), box, box, more), null);
  assert.equal(command(press("x"), box, box, more), null);
  const hops = Object.create(Hops.prototype);
  assert.deepEqual([hops.keys({ tagName: "TD" }), hops.keys({ tagName: "BUTTON" })], [{ " ": "play" }, {}]);
});

/** A player that was never drawn, and what it sends. */
function made(data, index = 0) {
  const sent = [];
  const player = Object.assign(Object.create(Player.prototype), {
    data: { id: "a", ...data },
    settings: Captions.settings,
    timeline: { index, stop() {} },
    box: { setAttribute() {} },
    progress: {},
    spoken: {},
    setTriggerValue: (...what) => sent.push(what),
    setStateValue: (...what) => sent.push(what),
  });
  return { player, sent };
}

test("a what-if of a caption says which view and which word, and is asked once at a time", () => {
  const data = { changeable: true };
  const { player, sent } = made(data, 7);
  const captions = Object.assign(Object.create(Captions.prototype), { player, data, tool: "gaze", onward: true });
  const view = { data: { key: "soft", steps: Array(5) } };
  captions.picked(view, [10, 11]);
  assert.deepEqual(sent, [["change", { id: "a", view: "soft", step: 4, kind: "gaze", cells: [10, 11], onward: true }]]);
  captions.change(view, request.word("cat"));
  assert.equal(sent.length, 1);
  player.wait(false);
  captions.change(view, request.word("cat"));
  assert.deepEqual(sent[1][1], { id: "a", view: "soft", step: 4, kind: "word", word: "cat" });
});

test("what may not be changed, or has no words, is not asked about", () => {
  for (const [data, steps] of [
    [{ changeable: false }, Array(5)],
    [{ changeable: true }, []],
  ]) {
    const { player, sent } = made(data);
    const captions = Object.assign(Object.create(Captions.prototype), { player, data });
    captions.change({ data: { key: "", steps } }, request.word("cat"));
    assert.deepEqual(sent, []);
  }
});

test("the word settled on is told where the server wants to hear of it, and not while it works", () => {
  const { player, sent } = made({ report: true });
  player.report(3);
  player.wait(true);
  player.report(4);
  assert.deepEqual(sent, [["chosen", { id: "a", word: 3 }]]);
  const other = made({});
  other.player.report(3);
  assert.deepEqual(other.sent, []);
});
