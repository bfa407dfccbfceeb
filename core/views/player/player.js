// What a player has whatever it plays: buttons and keys to step and play with, and requests to the server.

import { press } from "./dom.js";
import { listen } from "./keys.js";
import { Timeline } from "./timeline.js";

const SETTLED = 280; // milliseconds without a further key before the server hears of a place

export class Player {
  /**
   * `subject` is the class of what is played: captions or a story. Its `settings` say how: `beat` in milliseconds, the
   * `trigger` by which the server is asked, what is read out while it `works`, and whether playing is `silent`.
   */
  constructor(root, subject) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.settings = subject.settings;
    this.box = find(".player");
    this.playButton = find(".play");
    this.playLabel = this.playButton.getAttribute("aria-label");
    this.place = find(".place");
    this.spoken = find(".spoken");
    this.progress = find(".progress");
    this.timeline = new Timeline({
      beat: this.settings.beat,
      show: () => this.subject.moved(),
      playing: (playing) => this.label(playing),
      settled: (n) => this.report(n),
    });
    this.subject = new subject(root, this);
    find(".previous").onclick = () => this.timeline.step(-1, SETTLED);
    find(".next").onclick = () => this.timeline.step(1, SETTLED);
    this.playButton.onclick = () => this.timeline.toggle();
    const more = (target, inside) => this.subject.keys?.(target, inside) ?? {};
    this.deafen = listen(this.box, more, (asked, target) => this.obey(asked, target));
  }

  update({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { setStateValue, setTriggerValue });
    this.wait(false);
    if (this.subject.differs(data)) {
      this.data = data;
      this.subject.load(data);
    }
    this.subject.refresh();
  }

  close() {
    this.timeline.stop();
    this.subject.close?.();
    this.deafen();
  }

  label(playing) {
    press(this.playButton, playing);
    this.playButton.setAttribute("aria-label", playing ? "Pause" : this.playLabel);
    if (this.settings.silent) this.spoken.setAttribute("aria-live", playing ? "off" : "polite");
  }

  /** Do what a key asks for, if there is anything to step through. */
  obey(asked, target) {
    const { timeline } = this;
    if (!this.subject.playable) return false;
    ({
      previous: () => timeline.step(-1, SETTLED),
      next: () => timeline.step(1, SETTLED),
      first: () => timeline.go(0, SETTLED),
      last: () => timeline.go(timeline.last, SETTLED),
      play: () => timeline.toggle(),
    })[asked]();
    this.subject.followKey?.(target);
    return true;
  }

  // --- the server ------------------------------------------------------------------------------------------------

  /** Tell of the place on which the viewer has settled. While the server works, its run is not broken off for that. */
  report(n) {
    if (this.data?.report && !this.waiting) this.setStateValue("chosen", { id: this.data.id, word: n });
  }

  /** Ask for something of `request`, with the id of what is shown; once at a time. */
  ask(what) {
    if (this.waiting) return;
    this.timeline.stop();
    this.wait(true);
    this.setTriggerValue(this.settings.trigger, { id: this.data.id, ...what });
  }

  wait(waiting) {
    this.waiting = waiting;
    this.progress.hidden = !waiting;
    if (waiting && this.settings.works) this.spoken.textContent = this.settings.works;
    this.box.setAttribute("aria-busy", String(waiting));
  }
}
