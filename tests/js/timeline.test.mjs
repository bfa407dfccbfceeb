// Stepping and playing on a clock of our own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline } from "../../core/views/player/timeline.js";

/** The browser's timers, and a hand that moves time on. */
class Clock {
  now = 0;
  timers = new Map();
  #ids = 0;

  setTimeout(act, wait) {
    this.timers.set(++this.#ids, { act, at: this.now + wait });
    return this.#ids;
  }

  setInterval(act, every) {
    this.timers.set(++this.#ids, { act, at: this.now + every, every });
    return this.#ids;
  }

  clearTimeout(id) {
    this.timers.delete(id);
  }

  clearInterval(id) {
    this.timers.delete(id);
  }

  pass(milliseconds) {
    const until = this.now + milliseconds;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      const [id, timer] = due;
      this.now = timer.at;
      if (timer.every) timer.at += timer.every;
      else this.timers.delete(id);
      timer.act();
    }
    this.now = until;
  }
}

function start(length, index, { rewinds = false, ...how } = {}) {
  const [clock, shown, settled, playing] = [new Clock(), [], [], []];
  const timeline = new Timeline({
    beat: 1000,
    show: (n) => shown.push(n),
    settled: (n) => settled.push(n),
    playing: (is) => playing.push(is),
    clock,
    ...how,
  });
  timeline.load(length, index, rewinds);
  return { clock, shown, settled, playing, timeline };
}

test("steps stay within the places", () => {
  const { timeline, shown } = start(3, 1);
  for (const by of [1, 1, 1, -1, -1, -1, -1]) timeline.step(by);
  assert.deepEqual(shown, [2, 1, 0]);
  timeline.go(99);
  timeline.go(-5);
  assert.deepEqual(shown.slice(3), [2, 0]);
});

test("places to begin with are kept within the places", () => {
  assert.equal(start(3, 7).timeline.index, 2);
  assert.equal(start(3, -1).timeline.index, 0);
  assert.equal(start(0, 4).timeline.index, 0);
});

test("a place is settled on after the wait, and only the last one of several", () => {
  const { timeline, settled, clock } = start(5, 0);
  timeline.step(1, 280);
  clock.pass(279);
  timeline.step(1, 280);
  clock.pass(279);
  assert.deepEqual(settled, []);
  clock.pass(1);
  assert.deepEqual(settled, [2]);
  clock.pass(10_000);
  assert.deepEqual(settled, [2]);
});

test("nothing is settled on after a stop", () => {
  const { timeline, settled, clock } = start(5, 0);
  timeline.step(1, 280);
  timeline.stop();
  clock.pass(1000);
  assert.deepEqual(settled, []);
});

test("playing shows a place a beat, stops at the last, and settles there", () => {
  const { timeline, shown, settled, clock, playing } = start(4, 1);
  timeline.play();
  assert.ok(timeline.isPlaying && playing.at(-1));
  clock.pass(999);
  assert.deepEqual(shown, []);
  clock.pass(1);
  assert.deepEqual(shown, [2]);
  clock.pass(1000);
  assert.deepEqual([shown, settled], [[2, 3], [3]]);
  assert.ok(!timeline.isPlaying && !playing.at(-1));
  clock.pass(5000);
  assert.deepEqual(shown, [2, 3]);
});

test("playing begins anew at the end, and where the place shown was nobody's choice", () => {
  const atEnd = start(3, 2);
  atEnd.timeline.play();
  assert.deepEqual(atEnd.shown, [0]);
  const untouched = start(5, 3, { rewinds: true });
  untouched.timeline.play();
  assert.deepEqual(untouched.shown, [0]);
  const chosen = start(5, 3, { rewinds: true });
  chosen.timeline.go(2);
  chosen.timeline.play();
  chosen.clock.pass(1000);
  assert.deepEqual(chosen.shown, [2, 3]);
});

test("a choice while it plays stops it", () => {
  const { timeline, shown, settled, clock } = start(9, 1);
  timeline.play();
  clock.pass(1500);
  timeline.step(1, 280);
  clock.pass(9000);
  assert.deepEqual(shown, [2, 3]);
  assert.deepEqual(settled, [2, 3]); // where the playing stopped, then where the viewer stayed
});

test("the same button plays and pauses", () => {
  const { timeline, settled, clock } = start(9, 1);
  timeline.toggle();
  clock.pass(2500);
  timeline.toggle();
  assert.equal(timeline.isPlaying, false);
  assert.deepEqual(settled, [3]);
});

test("one place, or none, is not played", () => {
  for (const length of [0, 1]) {
    const { timeline, shown, clock } = start(length, 0, { rewinds: true });
    timeline.play();
    clock.pass(5000);
    assert.deepEqual([timeline.isPlaying, shown], [false, []]);
  }
});

test("where more places may come, playing waits a beat at the last one", () => {
  const { timeline, shown, clock } = start(3, 1, { grows: true });
  timeline.play();
  clock.pass(1000);
  assert.ok(timeline.isPlaying);
  timeline.length = 4;
  clock.pass(1000);
  assert.deepEqual(shown, [2, 3]);
  clock.pass(1000);
  assert.equal(timeline.isPlaying, false);
});
