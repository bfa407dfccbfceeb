// One look unfolded: picture, grid, score, softmax, glimpse, word; each stage grows out of the one before.

import { cut, drawCode, mix, numbers } from "../lab/patches.js";
import { component } from "../player/component.js";
import { bar, button, element, press } from "../player/dom.js";
import { Timeline } from "../player/timeline.js";
import { clamp } from "../player/numbers.js";

const BEAT = 3200; // milliseconds a stage while playing
const GROWS = 1100; // milliseconds in which a stage comes about
const [GRID, SCORE, SOFTMAX, GLIMPSE, WORD] = [1, 2, 3, 4, 5];
const FLYING = 40; // cells that are seen on their way into the glimpse
const LEGIBLE = 22; // pixels of a cell from which on its number is written

class Unfolding {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    for (const name of ["unfolding", "stages", "told", "photo", "picture", "heat", "cells", "glimpse", "patch", "gate"])
      this[name] = find(`.${name}`);
    for (const name of ["code", "words", "place"]) this[name] = find(`.${name}`);
    this.playButton = find(".play");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.timeline = new Timeline({
      beat: BEAT,
      show: (n) => this.grow(n),
      playing: (playing) => {
        press(this.playButton, playing);
        this.playButton.setAttribute("aria-label", playing ? "Pause" : "Play all stages");
        this.told.setAttribute("aria-live", playing ? "off" : "polite");
      },
    });
    find(".previous").onclick = () => this.timeline.step(-1);
    find(".next").onclick = () => this.timeline.step(1);
    this.playButton.onclick = () => this.timeline.toggle();
    this.unfolding.onkeydown = (event) => this.key(event);
    this.sizes = new ResizeObserver(() => this.paint());
    this.sizes.observe(this.photo);
  }

  update({ data }) {
    if (this.data?.id === data.id) return;
    const fresh = !this.data;
    this.data = data;
    this.load(fresh);
  }

  close() {
    this.timeline.stop();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
  }

  load(fresh) {
    const { data } = this;
    this.photo.style.setProperty("--ratio", data.photo.ratio);
    this.unfolding.style.setProperty("--ratio", data.photo.ratio);
    this.picture.alt = data.photo.alt;
    this.picture.src = `data:image/jpeg;base64,${data.photo.jpeg}`;
    this.buttons = data.stages.map((name, n) => button(name, "", () => this.timeline.go(n)));
    this.stages.replaceChildren(
      ...this.buttons.map((made) => {
        const place = element("li");
        place.append(made);
        return place;
      }),
    );
    this.cells.tBodies[0].replaceChildren(
      ...data.cells.map(([where, score, share, alpha]) => {
        const row = element("tr");
        const line = element("i");
        line.style.setProperty("--share", alpha / data.cells[0][3]);
        const last = element("td");
        last.append(line);
        row.append(element("td", where), element("td", score), element("td", share, "share"), last);
        return row;
      }),
    );
    this.cells.hidden = !data.cells.length;
    this.gate.textContent = `The glimpse; ${data.gate} of it goes through`;
    this.code.hidden = !data.code;
    if (data.code) drawCode(this.code, numbers(data.code, data.largest), data.heat.ramp);
    this.words.replaceChildren(...data.words.map(bar));
    const known = data.scores.filter((score) => score !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    this.levels = data.scores.map((score) => (score === null ? null : high > low ? (score - low) / (high - low) : 0));
    this.order = data.alpha.map((_, n) => n).sort((a, b) => data.alpha[b] - data.alpha[a]);
    this.timeline.load(data.stages.length, fresh ? 0 : this.timeline.index, fresh);
    this.patches = null;
    const ready = () => {
      this.patches = cut(this.picture, data.grid);
      const weights = data.taken === null ? data.alpha : data.alpha.map((_, n) => Number(n === data.taken));
      this.mixed = new OffscreenCanvas(28, 28);
      this.mixed.getContext("2d").putImageData(mix(this.patches, weights), 0, 0);
      this.patch.getContext("2d").drawImage(this.mixed, 0, 0);
      this.grown = 1;
      this.show();
    };
    this.picture.complete && this.picture.naturalWidth
      ? ready()
      : this.picture.addEventListener("load", ready, { once: true });
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const { timeline } = this;
    const run = {
      ArrowLeft: () => timeline.step(-1),
      ArrowRight: () => timeline.step(1),
      Home: () => timeline.go(0),
      End: () => timeline.go(timeline.last),
      ...(event.target === this.heat && { " ": () => timeline.toggle() }),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  /** Stage n comes about: at once where it is the one before, or nobody wants to see things move. */
  grow(n) {
    const back = n < (this.shown ?? 0);
    this.shown = n;
    cancelAnimationFrame(this.frame);
    this.grown = back || this.calm.matches || document.hidden ? 1 : 0;
    this.show();
    const began = performance.now();
    const go = (now) => {
      this.grown = clamp((now - began) / GROWS, 1);
      this.paint();
      if (this.grown < 1) this.frame = requestAnimationFrame(go);
    };
    if (this.grown < 1) this.frame = requestAnimationFrame(go);
  }

  /** What is told of the stage, and the numbers that are known by then. */
  show() {
    const { index } = this.timeline;
    const { told } = this.data;
    this.shown = index;
    this.told.textContent = told[index];
    this.place.textContent = `${index + 1} of ${told.length}`;
    this.buttons.forEach((made, n) => {
      if (n === index) made.setAttribute("aria-current", "step");
      else made.removeAttribute("aria-current");
    });
    this.heat.setAttribute("aria-label", `${told[index]} Arrows step, space plays.`);
    this.cells.classList.toggle("yet", index < SCORE);
    for (const share of this.cells.querySelectorAll("td:nth-child(n + 3), th:last-child"))
      share.classList.toggle("yet", index < SOFTMAX);
    this.glimpse.classList.toggle("yet", index < GLIMPSE);
    this.words.classList.toggle("yet", index < WORD);
    this.paint();
  }

  paint() {
    if (!this.data || !this.patches) return;
    const canvas = this.heat;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    if (!width) return;
    const [rows, columns] = this.data.grid;
    this.area = { pen, width, height, wide: width / columns, high: height / rows, columns, rows };
    const { index } = this.timeline;
    const t = this.grown * this.grown * (3 - 2 * this.grown);
    if (index >= GRID) this.paintGrid(index === GRID ? t : 1, index > SOFTMAX ? 0.25 : 1);
    if (index === SCORE) this.paintScores(t, 1);
    if (index === SOFTMAX) {
      this.paintScores(1, 1 - t);
      this.paintShares(t);
    }
    if (index >= GLIMPSE) this.paintGlimpse(index === GLIMPSE ? t : 1, index === WORD ? t : 0);
  }

  /** The lines between cells, drawn from left and from above. */
  paintGrid(t, strength) {
    const { pen, width, height, wide, high, columns, rows } = this.area;
    pen.globalAlpha = strength;
    for (const [shade, line] of [
      ["rgba(0, 0, 0, 0.45)", 2],
      ["rgba(255, 255, 255, 0.8)", 1],
    ]) {
      pen.fillStyle = shade;
      const thick = line * devicePixelRatio;
      for (let c = 1; c < columns; c++) pen.fillRect(Math.round(c * wide), 0, thick, height * t);
      for (let r = 1; r < rows; r++) pen.fillRect(0, Math.round(r * high), width * t, thick);
    }
    pen.globalAlpha = 1;
  }

  /** Every cell in the colour of its score, one after the other; cells that could not be asked stay dark. */
  paintScores(t, strength) {
    const { scores, heat } = this.data;
    const asked = Math.ceil(t * scores.length);
    for (let n = 0; n < asked; n++) {
      const level = this.levels[n];
      if (level === null) this.fill(n, "#000", 0.6 * strength);
      else this.fill(n, colour(heat.ramp, level), 0.78 * strength);
      if (strength > 0.5 && level !== null) this.write(n, scores[n].toFixed(1).replace("-", "−"));
    }
  }

  /** Every cell by its share of the look, as everywhere. */
  paintShares(t) {
    const { alpha, full, heat, least } = this.data;
    alpha.forEach((weight, n) => {
      const share = Math.min(1, weight / full);
      this.fill(n, colour(heat.ramp, share), t * heat.opacity * share ** heat.fade);
      if (t > 0.5 && weight >= least) this.write(n, `${Math.round(100 * weight)}`);
    });
  }

  /** The cells come together in the middle, each as far as it counts; then the word stands in place of them. */
  paintGlimpse(t, word) {
    const { pen, width, height, wide, high, columns } = this.area;
    const { alpha, taken } = this.data;
    pen.fillStyle = "rgba(0, 0, 0, 0.62)";
    pen.fillRect(0, 0, width, height);
    const side = 0.42 * Math.min(width, height);
    const goal = [(width - side) / 2, (height - side) / 2 - word * 0.14 * height];
    const going = taken === null ? this.order.slice(0, FLYING) : [taken];
    const most = alpha[this.order[0]];
    pen.imageSmoothingEnabled = true;
    for (const n of t < 1 ? [...going].reverse() : []) {
      const from = [(n % columns) * wide, Math.floor(n / columns) * high];
      const [x, y] = from.map((start, k) => start + t * (goal[k] - start));
      pen.globalAlpha = taken === n ? 1 : Math.max(0.06, alpha[n] / most) * (1 - 0.6 * t);
      pen.drawImage(this.picture, ...this.source(n), x, y, wide + t * (side - wide), high + t * (side - high));
    }
    pen.globalAlpha = clamp(2 * t - 1, 1);
    pen.drawImage(this.mixed, ...goal, side, side);
    pen.strokeStyle = "#fff";
    pen.lineWidth = 2 * devicePixelRatio;
    pen.strokeRect(...goal, side, side);
    pen.globalAlpha = word;
    const size = Math.min(0.13 * height, (1.6 * width) / Math.max(4, this.data.word.length));
    pen.font = `600 ${size}px ${getComputedStyle(this.unfolding).fontFamily}`;
    pen.textAlign = "center";
    pen.fillStyle = "#fff";
    pen.fillText(this.data.word, width / 2, goal[1] + side + 1.25 * size);
    pen.globalAlpha = 1;
  }

  /** Where a cell lies in the photo itself. */
  source(n) {
    const { columns, rows } = this.area;
    const [wide, high] = [this.picture.naturalWidth / columns, this.picture.naturalHeight / rows];
    return [(n % columns) * wide, Math.floor(n / columns) * high, wide, high];
  }

  fill(n, shade, strength) {
    const { pen, wide, high, columns } = this.area;
    const [c, r] = [n % columns, Math.floor(n / columns)];
    const [left, top] = [Math.round(c * wide), Math.round(r * high)];
    pen.globalAlpha = strength;
    pen.fillStyle = shade;
    pen.fillRect(left, top, Math.round((c + 1) * wide) - left, Math.round((r + 1) * high) - top);
    pen.globalAlpha = 1;
  }

  /** A cell's number, where there is room for it. */
  write(n, text) {
    const { pen, wide, high, columns } = this.area;
    if (Math.min(wide, high) < LEGIBLE * devicePixelRatio) return;
    pen.font = `${0.4 * Math.min(wide, high)}px ${getComputedStyle(this.unfolding).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.strokeStyle = "rgba(0, 0, 0, 0.8)";
    pen.lineWidth = 2.5 * devicePixelRatio;
    const [x, y] = [((n % columns) + 0.5) * wide, (Math.floor(n / columns) + 0.5) * high];
    pen.strokeText(text, x, y);
    pen.fillStyle = "#fff";
    pen.fillText(text, x, y);
    pen.textBaseline = "alphabetic";
  }
}

/** The ramp's colour for a share 0..1. */
function colour(ramp, share) {
  const level = 3 * Math.floor(255 * share);
  return `rgb(${ramp.slice(level, level + 3).join(", ")})`;
}

export default component((root) => new Unfolding(root));
