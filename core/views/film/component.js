// Captions of a few scenes at one snapshot of a training, and a slider through its history. The server is never asked.

import { component } from "../player/component.js";
import { element, press } from "../player/dom.js";
import { drawHeat } from "../player/heat.js";
import { listen } from "../player/keys.js";
import { Timeline } from "../player/timeline.js";

const BEAT = 420; // milliseconds a snapshot while playing

class Film {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.scenes = find(".scenes");
    this.slider = find(".moment");
    this.label = find(".label");
    this.playButton = find(".play");
    this.boxes = find(".boxes");
    this.timeline = new Timeline({
      beat: BEAT,
      show: () => this.show(),
      playing: (playing) => this.setPlaying(playing),
      grows: true,
    });
    this.slider.oninput = () => this.timeline.go(Number(this.slider.value));
    this.playButton.onclick = () => this.timeline.toggle();
    this.boxes.onchange = () => this.show();
    this.deafen = listen(
      find(".film"),
      () => ({}),
      (asked) => this.obey(asked),
    );
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.scenes);
  }

  /** New data: the same run a little later, or another one. Whoever looks at the newest snapshot goes on doing so. */
  update({ data }) {
    const { timeline } = this;
    const steps = ({ snapshots }) => snapshots.map(({ step }) => step).join();
    const same = this.data?.id === data.id;
    if (same && steps(this.data) === steps(data)) return;
    const newest = !same || timeline.index === timeline.last;
    const step = this.data?.snapshots[timeline.index]?.step;
    this.data = data;
    if (!same) {
      timeline.stop();
      this.build();
    }
    timeline.length = data.snapshots.length;
    this.slider.max = timeline.last;
    this.slider.disabled = this.playButton.disabled = timeline.last === 0;
    const kept = data.snapshots.findLastIndex((snapshot) => snapshot.step <= step);
    timeline.move(newest && !timeline.isPlaying ? timeline.last : kept);
  }

  /** Do what a key asks for, if there is anything to step through. */
  obey(asked) {
    const { timeline } = this;
    if (!timeline.last) return false;
    ({ previous: () => timeline.step(-1), next: () => timeline.step(1), play: () => timeline.toggle() })[asked]();
    return true;
  }

  close() {
    this.deafen();
    this.timeline.stop();
    this.resized.disconnect();
  }

  build() {
    this.rows = this.data.scenes.map((scene) => {
      const figure = element("figure", "", "scene");
      const picture = element("img");
      picture.src = `data:image/jpeg;base64,${scene.jpeg}`;
      picture.alt = scene.truth;
      const captions = element("div", "", "captions");
      const rows = this.data.names.map((name, learner) => {
        const caption = element("div");
        if (name) caption.append(element("div", name, "name"));
        caption.style.setProperty("--colour", this.data.colours[learner]);
        const words = element("div", "", "words");
        caption.append(words);
        captions.append(caption);
        return words;
      });
      figure.append(picture, element("figcaption", scene.truth), captions);
      return { figure, rows, source: `url("${picture.src}")` };
    });
    this.scenes.replaceChildren(...this.rows.map((row) => row.figure));
  }

  show() {
    this.slider.value = this.timeline.index;
    const snapshot = this.data.snapshots[this.timeline.index];
    this.label.textContent = snapshot?.label ?? "waiting for the first moment";
    this.panels = [];
    this.rows.forEach(({ rows, source }, scene) =>
      rows.forEach((row, learner) => row.replaceChildren(...this.panelsOf(snapshot?.learners[learner][scene], source))),
    );
    this.paint();
  }

  panelsOf(caption, source) {
    if (!caption) return [];
    if (!caption.words.length) return [element("span", "says nothing yet", "silent")];
    const panels = caption.words.map((word) => {
      const panel = element("div", "", word.right ? "word" : "word wrong");
      const look = element("div", "", "look");
      look.style.backgroundImage = source;
      const canvas = element("canvas");
      canvas.role = "img";
      canvas.ariaLabel = panel.title = word.look;
      look.append(canvas);
      if (word.box && this.boxes.checked) {
        const box = element("div", "", "box");
        const [left, top, width, height] = word.box.map((part) => `${100 * part}%`);
        Object.assign(box.style, { left, top, width, height });
        look.append(box);
      }
      panel.append(look, element("span", word.word));
      const shares = Array.from(atob(word.shares), (byte) => byte.charCodeAt(0) / 255);
      this.panels.push({ canvas, shares, grid: caption.grid, glimpse: word.glimpse });
      return panel;
    });
    if (caption.exact) {
      const tick = element("div", "✓", "tick");
      tick.title = "exactly right";
      panels.push(tick);
    }
    return panels;
  }

  paint() {
    for (const { canvas, shares, grid, glimpse } of this.panels ?? [])
      drawHeat(canvas, shares, { ...this.data.heat, grid, glimpse, smooth: true });
  }

  setPlaying(playing) {
    press(this.playButton, playing);
    this.playButton.setAttribute("aria-label", playing ? "Pause" : "Play from the beginning");
  }
}

export default component((root) => new Film(root));
