// Steps through a caption in the browser. The server hears only of a word on which the viewer has settled.

const BEAT = 950; // milliseconds a word while playing
const FADE = 170; // milliseconds from one word's heat to the next one's
const SETTLED = 280; // milliseconds without a further key before the server hears of the word
const FINE = 8; // pixels a cell along each side when smooth; the browser scales up from there

const steppers = new WeakMap(); // one a mounted component: Streamlit calls the function below at every change

export default function ({ data, parentElement, setStateValue }) {
  if (!steppers.has(parentElement)) steppers.set(parentElement, new Stepper(parentElement));
  const stepper = steppers.get(parentElement);
  stepper.send = (word) => setStateValue("chosen", { id: stepper.data.id, word });
  if (stepper.data?.id !== data.id) stepper.load(data);
  stepper.paint();
  return () => {
    stepper.close();
    steppers.delete(parentElement);
  };
}

class Stepper {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.box = find(".stepper");
    this.picture = find(".picture");
    this.canvas = find(".heat");
    this.sentence = find(".sentence");
    this.facts = find(".facts");
    this.playButton = find(".play");
    this.place = find(".place");
    this.scale = find(".scale");
    this.fullText = find(".full");
    this.spoken = find(".spoken");
    this.smoothButton = find(".smooth");
    this.rawButton = find(".raw");
    this.slider = find(".opacity input");
    this.smooth = true;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");

    find(".previous").onclick = () => this.step(-1);
    find(".next").onclick = () => this.step(1);
    this.playButton.onclick = () => (this.timer ? this.pause() : this.play());
    this.smoothButton.onclick = () => this.draw(true);
    this.rawButton.onclick = () => this.draw(false);
    this.slider.oninput = () => this.paint();
    this.sentence.onmouseleave = () => this.look(this.index);
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    // A button acts on the space bar when it is let go; here the space bar plays, and has done so already.
    this.box.onkeyup = (event) => event.key === " " && event.preventDefault();
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.canvas);
  }

  close() {
    this.pause();
    clearTimeout(this.settling);
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    document.removeEventListener("keydown", this.onkey);
  }

  load(data) {
    const fresh = !this.data;
    this.data = data;
    this.pause();
    clearTimeout(this.settling);
    this.box.style.setProperty("--ratio", data.ratio);
    this.picture.src = `data:image/jpeg;base64,${data.photo}`;
    this.picture.alt = data.alt;
    if (fresh) this.slider.value = 100 * data.opacity;
    this.words = data.steps.map(({ word }, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "word";
      button.textContent = word;
      button.onclick = () => this.choose(n);
      button.onmouseenter = () => this.timer || this.look(n);
      return button;
    });
    this.sentence.replaceChildren(...this.words);
    this.paintScale();
    this.untouched = true;
    this.shares = null;
    this.index = Math.min(data.start, data.steps.length - 1);
    this.mark();
    this.look(this.index);
  }

  // --- the chosen word -------------------------------------------------------------------------------------------

  /** Choose word n; the server hears of it after `wait` milliseconds, or not at all when null. */
  choose(n, wait = 0) {
    if (wait !== null) this.pause();
    this.untouched = false;
    this.index = n;
    this.mark();
    this.look(n);
    clearTimeout(this.settling);
    if (wait !== null) this.settling = setTimeout(() => this.send(n), wait);
  }

  step(by) {
    const n = Math.max(0, Math.min(this.words.length - 1, this.index + by));
    if (n !== this.index) this.choose(n, SETTLED);
  }

  play() {
    if (!this.words.length) return;
    if (this.untouched || this.index === this.words.length - 1) this.choose(0, null);
    this.playButton.setAttribute("aria-pressed", "true");
    this.playButton.setAttribute("aria-label", "Pause");
    this.spoken.setAttribute("aria-live", "off");
    this.timer = setInterval(() => {
      this.choose(this.index + 1, null);
      if (this.index === this.words.length - 1) this.pause();
    }, BEAT);
  }

  pause() {
    this.playButton.setAttribute("aria-pressed", "false");
    this.playButton.setAttribute("aria-label", "Play");
    this.spoken.setAttribute("aria-live", "polite");
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.send(this.index);
  }

  key(event) {
    const inside = event.composedPath().includes(this.box);
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.altKey || event.metaKey || target.tagName === "INPUT") return;
    if (!inside && document.activeElement !== document.body) return; // another control has the keyboard
    const last = this.words.length - 1;
    const moves = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1) };
    if (inside) {
      moves[" "] = () => this.playButton.click();
      moves.Home = () => this.choose(0, SETTLED);
      moves.End = () => this.choose(last, SETTLED);
    }
    if (last < 0 || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    if (this.words.includes(target)) this.words[this.index].focus();
  }

  mark() {
    this.words.forEach((button, n) => {
      button.setAttribute("aria-current", String(n === this.index));
      button.tabIndex = n === this.index ? 0 : -1; // one stop for the tab key; the arrows do the rest
    });
  }

  // --- what is shown: the chosen word, or the one under the mouse ------------------------------------------------

  /** Show word n: its facts at once, its heat fading over from the one shown before. */
  look(n) {
    const step = this.data.steps[n];
    this.shown = step;
    this.canvas.setAttribute("aria-label", step?.look ?? "");
    this.spoken.textContent = step?.look ?? "";
    this.fullText.textContent = step ? `${step.fullText} in one cell` : "";
    this.place.textContent = step ? `${n + 1} of ${this.words.length}` : "";
    this.facts.replaceChildren(
      ...(step?.facts ?? []).flatMap(([name, value]) => [element("dt", name), element("dd", value)]),
    );
    const goal = step ? step.alpha.map((weight) => weight / step.full) : [];
    cancelAnimationFrame(this.frame);
    if (!this.shares || this.calm.matches || document.hidden) {
      this.shares = goal;
      this.paint();
      return;
    }
    const from = this.shares;
    const began = performance.now();
    const fade = (now) => {
      const t = Math.min(1, Math.max(0, (now - began) / FADE));
      this.shares = t === 1 ? goal : goal.map((share, cell) => from[cell] + t * (share - from[cell]));
      this.paint();
      if (t < 1) this.frame = requestAnimationFrame(fade);
    };
    this.frame = requestAnimationFrame(fade);
  }

  draw(smooth) {
    this.smooth = smooth;
    this.smoothButton.setAttribute("aria-pressed", String(smooth));
    this.rawButton.setAttribute("aria-pressed", String(!smooth));
    this.paint();
  }

  paint() {
    const [rows, columns] = this.data.grid;
    const width = Math.round(this.canvas.clientWidth * devicePixelRatio);
    const height = Math.round(this.canvas.clientHeight * devicePixelRatio);
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    if (!width || !this.shares.length) return;
    // Cell (r, c) covers exactly the photo's fraction [c / columns, (c + 1) / columns) x [r / rows, (r + 1) / rows).
    const across = (c) => Math.round((c * width) / columns);
    const down = (r) => Math.round((r * height) / rows);
    if (this.smooth) {
      pen.imageSmoothingQuality = "high";
      pen.drawImage(this.colour(enlarge(this.shares, rows, columns, FINE), columns * FINE, rows * FINE), 0, 0, width, height);
    } else {
      pen.imageSmoothingEnabled = false;
      const cells = this.colour(this.shares, columns, rows);
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++)
          pen.drawImage(cells, c, r, 1, 1, across(c), down(r), across(c + 1) - across(c), down(r + 1) - down(r));
    }
    if (this.shown.glimpse) {
      const [r, c] = this.shown.glimpse;
      const line = 2.5 * devicePixelRatio;
      const box = [across(c) + line, down(r) + line, across(c + 1) - across(c) - 2 * line, down(r + 1) - down(r) - 2 * line];
      for (const [colour, thick] of [["rgba(0, 0, 0, 0.75)", 3 * line], ["#fff", line]]) {
        pen.strokeStyle = colour;
        pen.lineWidth = thick;
        pen.strokeRect(...box);
      }
    }
  }

  /** Shares of the brightest heat (0..1, row by row) -> a canvas of that many pixels. */
  colour(shares, width, height) {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(width, height);
    const most = (255 * this.slider.value) / 100;
    shares.forEach((share, n) => {
      const level = 3 * Math.floor(255 * share);
      image.data.set(this.data.ramp.slice(level, level + 3), 4 * n);
      image.data[4 * n + 3] = most * share ** this.data.fade;
    });
    pen.putImageData(image, 0, 0);
    return canvas;
  }

  paintScale() {
    const levels = Array.from({ length: 256 }, (_, n) => n / 255);
    const pen = this.scale.getContext("2d");
    const image = pen.createImageData(256, 1);
    levels.forEach((_, n) => image.data.set([...this.data.ramp.slice(3 * n, 3 * n + 3), 255], 4 * n));
    pen.putImageData(image, 0, 0);
  }
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** Bicubic (Catmull-Rom) interpolation between the cells' centres, `times` finer along each side, cut to 0..1. */
function enlarge(shares, rows, columns, times) {
  const kernel = (x) => {
    const d = Math.abs(x);
    return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  };
  // Where each fine pixel's centre lies between the cells' centres, and the four neighbours' parts in it.
  const parts = (count) =>
    Array.from({ length: count * times }, (_, n) => {
      const at = (n + 0.5) / times - 0.5;
      return [-1, 0, 1, 2].map((by) => {
        const cell = Math.floor(at) + by;
        return [Math.max(0, Math.min(count - 1, cell)), kernel(at - cell)];
      });
    });
  const horizontal = parts(columns);
  const wide = Array.from({ length: rows }, (_, r) =>
    horizontal.map((near) => near.reduce((sum, [c, part]) => sum + part * shares[r * columns + c], 0)),
  );
  return parts(rows).flatMap((near) =>
    horizontal.map((_, x) => Math.max(0, Math.min(1, near.reduce((sum, [r, part]) => sum + part * wide[r][x], 0)))),
  );
}
