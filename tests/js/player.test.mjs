// What the keyboard asks for, and what the server is asked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { command } from "../../core/views/player/keys.js";
import { Captions } from "../../core/views/player/photo.js";
import { Player } from "../../core/views/player/player.js";
import { request } from "../../core/views/player/requests.js";

/** An element that a selector finds which names one of its kinds. */
const element = (...kinds) => ({ matches: (selector) => kinds.some((kind) => selector.includes(kind)) });
const [box, body] = [element(), element()];
const press = (key, target = box, how = {}) => ({ key, composedPath: () => [target, box, body, {}], ...how });
const outside = (key, target = body) => ({ key, composedPath: () => [target, body, {}] });
const none = () => ({});
const [clicked, tabbed] = [false, true];
const [button, thumbnail] = [element("button, "), element("button, ", "[role=radiogroup]")];

test("the arrows step and the space bar plays, wherever was clicked", () => {
  for (const where of [press, outside])
    for (const target of [undefined, button, thumbnail, element("[type=checkbox], [role=button]")])
      assert.deepEqual(
        ["ArrowLeft", "ArrowRight", " ", "x"].map((key) => command(where(key, target), box, clicked, none)),
        ["previous", "next", "play", null],
      );
});

test("what the tab key has led to keeps its keys", () => {
  assert.equal(command(outside(" ", button), box, tabbed, none), null);
  assert.equal(command(outside("ArrowRight", button), box, tabbed, none), "next");
  assert.equal(command(outside("ArrowRight", thumbnail), box, tabbed, none), null);
});

test("keys with a modifier, and those of a text field, a slider or a table, are not the player's", () => {
  for (const how of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { shiftKey: true }])
    assert.equal(command(press("ArrowLeft", box, how), box, clicked, none), null);
  for (const kind of ["textarea", "[contenteditable]", "[role=application]", "[role=combobox]"])
    for (const key of ["ArrowLeft", " "]) assert.equal(command(press(key, element(kind)), box, clicked, none), null);
  for (const kind of ["[role=slider]", "[role=grid]"]) {
    assert.equal(command(press("ArrowLeft", element(kind)), box, clicked, none), null);
    assert.equal(command(press(" ", element(kind)), box, clicked, none), "play");
  }
});

test("other keys are what is played decides", () => {
  const more = (target, inside) => (inside && target === button ? { " ": "play", Home: "first" } : {});
  assert.equal(command(press(" ", button), box, tabbed, more), "play");
  assert.equal(command(press("Home", button), box, tabbed, more), "first");
  assert.equal(command(outside("Home", button), box, clicked, more), null);
  assert.equal(command(press("Home"), box, clicked, more), null);
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
