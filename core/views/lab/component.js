// One query over a photo's cells: weights and glimpses, computed here from the model's scores and values.

import { address, addressed } from "../player/address.js";
import { component } from "../player/component.js";
import { bar, element } from "../player/dom.js";
import { drawHeat, sharesOf } from "../player/heat.js";
import { cut, drawCode, mix, numbers } from "./patches.js";

const SPOKEN = 500; // milliseconds without a further move before the change is read out

class Lab {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.slider = this.find("input");
    this.slider.addEventListener("input", () => this.warm());
    for (const button of root.querySelectorAll(".dice button"))
      button.addEventListener("click", () => this.roll(Number(button.value)));
    this.sizes = new ResizeObserver(() => this.paint());
  }

  update({ data }) {
    if (this.data?.id !== data.id) this.load(data);
  }

  close() {
    this.sizes.disconnect();
  }

  load(data) {
    this.data = data;
    this.values = numbers(data.values, data.largest);
    this.patches = null;
    this.counts = new Array(data.scores.length).fill(0);
    this.errors = [];
    const views = this.find(".views");
    views.replaceChildren();
    const several = data.mode === "glimpses";
    views.className = `views ${several ? "three-views" : "one-view"}`;
    this.views = (several ? [...data.stops].reverse() : [null]).map((stop) => {
      const view = this.find("template").content.cloneNode(true).firstElementChild;
      view.style.setProperty("--ratio", data.photo.ratio);
      const picture = view.querySelector("img");
      picture.alt = data.photo.alt;
      picture.src = `data:image/jpeg;base64,${data.photo.jpeg}`;
      views.append(view);
      return { view, stop, find: (selector) => view.querySelector(selector) };
    });
    this.find(".warm").hidden = data.mode !== "temperature";
    this.find(".dice").hidden = data.mode !== "draws";
    if (data.mode === "temperature") {
      this.slider.max = data.stops.length - 1;
      const stop = data.stops.findIndex(({ text }) => text === addressed("t"));
      this.slider.value = stop < 0 ? data.stops.findIndex(({ t }) => t === 1) : stop;
    }
    if (data.mode === "draws") {
      const [own] = this.views;
      const row = own.find(".glimpse").cloneNode(true);
      own.find(".glimpses").append(row);
      own.find(".error").hidden = false;
    }
    const picture = this.views[0].find("img");
    const ready = () => {
      this.patches = cut(picture, data.grid);
      this.paint();
    };
    picture.complete && picture.naturalWidth ? ready() : picture.addEventListener("load", ready, { once: true });
    this.sizes.disconnect();
    this.sizes.observe(views);
  }

  weights(t) {
    const { scores } = this.data;
    const top = Math.max(...scores);
    if (t === 0) return oneHot(scores.indexOf(top), scores.length);
    const exps = scores.map((score) => (t === null ? 1 : Math.exp((score - top) / t)));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((e) => e / sum);
  }

  warm() {
    this.paint();
    const stop = this.data.stops[this.slider.value];
    address("t", stop.t === 1 ? null : stop.text);
    const [word, , percent] = stop.words[0];
    this.say(`Temperature ${stop.text}: the look is at ${stop.look}. Most likely next: ${word}, ${percent}.`);
  }

  say(text) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.find(".spoken").textContent = text), SPOKEN);
  }

  paint() {
    if (!this.data || !this.patches) return;
    if (this.data.mode === "temperature") this.paintWarm();
    else if (this.data.mode === "glimpses") this.paintThree();
    else this.paintDraws();
  }

  paintWarm() {
    const stop = this.data.stops[this.slider.value];
    this.find(".t").textContent = stop.text;
    this.slider.setAttribute("aria-valuetext", stop.kind ? `${stop.text}, ${stop.kind} attention` : stop.text);
    const title = stop.kind ? `${stop.kind[0].toUpperCase()}${stop.kind.slice(1)}` : "Between";
    this.show(this.views[0], stop, title, `  e / ${stop.text}, ${stop.entropy}`);
  }

  paintThree() {
    const about = { none: "  the mean", soft: "  the weighted mean", hard: "  one cell" };
    for (const own of this.views) this.show(own, own.stop, own.stop.kind, about[own.stop.kind]);
  }

  /** One view: heat, patch, values and next words at a stop. */
  show(own, stop, title, about) {
    const alpha = this.weights(stop.t);
    own.find(".title").replaceChildren(title, element("small", about));
    this.heat(own, alpha, stop.glimpse, `The look is at ${stop.look}.`);
    own.find(".look").textContent = `Looks at ${stop.look}.`;
    this.glimpse(own.view.querySelectorAll(".glimpse")[0], alpha, "The glimpse");
    own.find(".so").textContent = `“${this.data.before} …” goes on with`.replace("“ ", "“");
    own.find(".words").replaceChildren(...stop.words.map(bar));
  }

  heat(own, alpha, glimpse, label, dots = null) {
    const canvas = own.find(".heat");
    const full = Math.max(...alpha, this.data.floor);
    const look = { ...this.data.heat, grid: this.data.grid, smooth: !glimpse, glimpse };
    drawHeat(canvas, sharesOf(alpha, full), look);
    canvas.setAttribute("aria-label", label);
    if (dots) drawDots(canvas, dots, this.data.grid);
  }

  /** Fill a row: the weighted mean of the photo's patches, and of the model's values. */
  glimpse(row, alpha, name) {
    const patch = row.querySelector(".patch").getContext("2d");
    patch.putImageData(mix(this.patches, alpha), 0, 0);
    row.querySelector(".patch").setAttribute("aria-label", `${name}, as a mixture of the photo's cells`);
    row.querySelector(".name").textContent = `${name}: ${this.data.width} numbers`;
    const sum = this.sum(alpha);
    const code = row.querySelector(".code");
    const first = [...sum.slice(0, 3)].map((x) => x.toFixed(2)).join(", ");
    code.setAttribute("aria-label", `${name}: ${this.data.width} numbers, the first ${first}`);
    drawCode(code, sum, this.data.heat.ramp);
    return sum;
  }

  sum(alpha) {
    const { width } = this.data;
    const sum = new Float32Array(width);
    alpha.forEach((a, n) => {
      if (a) for (let k = 0; k < width; k++) sum[k] += a * this.values[n * width + k];
    });
    return sum;
  }

  roll(times) {
    if (!times) {
      this.counts.fill(0);
      this.errors = [];
    }
    const alpha = this.weights(1);
    const soft = this.sum(alpha);
    const { width } = this.data;
    let { total } = this;
    const running = this.sum(this.counts);
    for (let n = 0; n < times; n++) {
      let left = Math.random();
      let cell = alpha.findIndex((a) => (left -= a) < 0);
      if (cell < 0) cell = alpha.length - 1;
      this.counts[cell] += 1;
      total += 1;
      for (let k = 0; k < width; k++) running[k] += this.values[cell * width + k];
      const mean = running.map((x) => x / total);
      this.errors.push([total, distance(mean, soft)]);
    }
    this.paint();
    const away = `The mean of their glimpses is ${this.away} percent away from the soft glimpse.`;
    this.say(total ? `${total} draws. ${away}` : "No draw.");
  }

  /** How far the mean of the draws is from the soft glimpse, in percent of its length. */
  get away() {
    return Math.round(100 * this.errors.at(-1)?.[1]);
  }

  get total() {
    return this.counts.reduce((a, b) => a + b, 0);
  }

  paintDraws() {
    const alpha = this.weights(1);
    const { total } = this;
    const [own] = this.views;
    const stop = this.data.stops.find((stop) => stop.t === 1);
    this.heat(own, alpha, null, `The distribution: ${stop.look}. ${total} cells drawn from it.`, this.counts);
    own.find(".look").textContent = `The heat is α; every dot is a cell drawn from it.`;
    const [mean, soft] = own.view.querySelectorAll(".glimpse");
    mean.style.visibility = total ? "visible" : "hidden";
    const shares = this.counts.map((n) => n / total);
    if (total) this.glimpse(mean, shares, total === 1 ? "One hard glimpse" : `Mean of ${total} hard glimpses`);
    this.glimpse(soft, alpha, "The soft glimpse");
    this.find(".count").textContent = total ? `${total} drawn: ${this.away} % away from soft` : "";
    const invitation = "Draw, and watch the mean of the hard glimpses move towards the soft one.";
    own.find(".so").textContent = total ? "" : invitation;
    drawErrors(own.find(".error"), this.errors, getComputedStyle(this.find(".lab")));
    own.find(".words").replaceChildren();
  }
}

const oneHot = (at, length) => Array.from({ length }, (_, n) => Number(n === at));

function distance(a, b) {
  let [apart, length] = [0, 0];
  for (let k = 0; k < a.length; k++) {
    apart += (a[k] - b[k]) ** 2;
    length += b[k] ** 2;
  }
  return Math.sqrt(apart / length);
}

/** As many dots in a cell as it was drawn, up to what fits. */
function drawDots(canvas, counts, [rows, columns]) {
  const pen = canvas.getContext("2d");
  const radius = Math.max(2, canvas.width / 190);
  counts.forEach((count, n) => {
    const [r, c] = [Math.floor(n / columns), n % columns];
    for (let k = 0; k < Math.min(count, 60); k++) {
      // Places spread evenly over the cell, the same ones every time.
      const x = (c + 0.12 + 0.76 * ((0.5 + k * 0.7548776662) % 1)) * (canvas.width / columns);
      const y = (r + 0.12 + 0.76 * ((0.5 + k * 0.5698402909) % 1)) * (canvas.height / rows);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.fillStyle = "#fff";
      pen.fill();
      pen.lineWidth = radius / 2.2;
      pen.strokeStyle = "rgba(0, 0, 0, 0.85)";
      pen.stroke();
    }
  });
}

/** How far the mean is from the soft glimpse after each draw; both axes logarithmic. */
function drawErrors(canvas, errors, style) {
  const scale = devicePixelRatio;
  canvas.width = canvas.clientWidth * scale;
  canvas.height = canvas.clientHeight * scale;
  const pen = canvas.getContext("2d");
  const [width, height] = [canvas.width, canvas.height];
  const [most, down] = [Math.max(3, Math.ceil(Math.log10((errors.at(-1)?.[0] ?? 1) + 1))), 20 * scale];
  const x = (n) => 34 * scale + (Math.log10(n) / most) * (width - 44 * scale);
  const depth = (error) => Math.log10(2 / Math.max(error, 0.01)) / Math.log10(200); // 0 at 200 %, 1 at 1 %
  const y = (error) => 8 * scale + depth(error) * (height - down - 12 * scale);
  pen.font = `${12 * scale}px ${style.fontFamily}`;
  pen.fillStyle = pen.strokeStyle = style.color;
  pen.globalAlpha = 0.75;
  for (const [error, text] of [
    [1, "100 %"],
    [0.1, "10 %"],
  ]) {
    pen.textAlign = "right";
    pen.fillText(text, 32 * scale, y(error) + 4 * scale);
    pen.globalAlpha = 0.2;
    pen.fillRect(36 * scale, y(error), width, scale);
    pen.globalAlpha = 0.75;
  }
  pen.textAlign = "center";
  for (let n = 0; n <= most; n++)
    pen.fillText(String(10 ** n), Math.min(x(10 ** n), width - 18 * scale), height - 5 * scale);
  pen.globalAlpha = 1;
  pen.strokeStyle = style.getPropertyValue("--accent") || "#E8590C";
  pen.lineWidth = 2 * scale;
  pen.beginPath();
  errors.forEach(([n, error], k) => (k ? pen.lineTo(x(n), y(error)) : pen.moveTo(x(n), y(error))));
  pen.stroke();
  const last = errors.at(-1);
  const said = last && `Distance from the soft glimpse after ${last[0]} draws: ${Math.round(100 * last[1])} percent`;
  canvas.setAttribute("aria-label", said ?? "No draw yet");
}

export default component((root) => new Lab(root));
