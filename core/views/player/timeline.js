// Places in a row (words, hops, moments of a training), one of which is shown: stepping, playing, and settling.

import { clamp } from "./numbers.js";

export class Timeline {
  /**
   * @param beat milliseconds a place while playing
   * @param show called after every move with the place
   * @param playing called with whether it plays, whenever that may have changed
   * @param settled called with the place on which the viewer has stayed, or at which the playing has stopped
   * @param grows more places may come while the last one is shown, so playing waits there for another beat
   * @param clock the four timers of the browser
   */
  constructor({ beat, show, playing, settled = () => {}, grows = false, clock = globalThis }) {
    Object.assign(this, { beat, show, playing, settled, grows, clock });
    this.load(0, 0);
  }

  /** Other places; `rewinds`: playing starts from the first of them, for the one shown was not the viewer's choice. */
  load(length, index, rewinds = false) {
    this.stop();
    this.length = length;
    this.index = clamp(index, this.last);
    this.rewinds = rewinds;
  }

  get last() {
    return Math.max(0, this.length - 1);
  }

  get isPlaying() {
    return Boolean(this.ticking);
  }

  /** Show place n without a break in the playing. */
  move(n) {
    this.rewinds = false;
    this.index = clamp(n, this.last);
    this.clock.clearTimeout(this.settling);
    this.show(this.index);
  }

  /** The viewer chooses place n, and has settled on it after `wait` milliseconds. */
  go(n, wait = 0) {
    this.pause();
    this.move(n);
    this.settling = this.clock.setTimeout(() => this.settled(this.index), wait);
  }

  /** Go `by` places further on, as far as there are any. */
  step(by, wait = 0) {
    const n = clamp(this.index + by, this.last);
    if (n !== this.index) this.go(n, wait);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play() {
    if (!this.last) return;
    if (this.rewinds || this.index === this.last) this.move(0);
    this.ticking = this.clock.setInterval(() => this.tick(), this.beat);
    this.playing(true);
  }

  tick() {
    const atEnd = this.index === this.last;
    if (!atEnd) this.move(this.index + 1);
    if (this.grows ? atEnd : this.index === this.last) this.pause();
  }

  pause() {
    const played = this.isPlaying;
    this.clock.clearInterval(this.ticking);
    this.ticking = null;
    this.playing(false);
    if (played) this.settled(this.index);
  }

  /** Neither play nor settle any more. */
  stop() {
    this.pause();
    this.clock.clearTimeout(this.settling);
  }
}
