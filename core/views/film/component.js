// Captions of a few scenes at one moment of a training, and a slider through its moments. The server is never asked.

const BEAT = 420; // milliseconds a moment while playing

const films = new WeakMap(); // one a mounted component: Streamlit calls the function below at every change

export default function ({ data, parentElement }) {
  if (!films.has(parentElement)) films.set(parentElement, new Film(parentElement));
  films.get(parentElement).load(data);
  return () => {
    films.get(parentElement)?.pause();
    films.delete(parentElement);
  };
}

class Film {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.scenes = find(".scenes");
    this.slider = find(".moment");
    this.label = find(".label");
    this.playButton = find(".play");
    this.boxes = find(".boxes");
    this.slider.oninput = () => {
      this.pause();
      this.show(Number(this.slider.value));
    };
    this.playButton.onclick = () => (this.timer ? this.pause() : this.play());
    this.boxes.onchange = () => this.show(this.index);
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.scenes);
  }

  /** New data: the same run a little later, or another one. Whoever looks at the newest moment goes on doing so. */
  load(data) {
    const same = this.data?.id === data.id;
    const newest = !same || this.index >= this.data.moments.length - 1;
    const step = this.data?.moments[this.index]?.step;
    if (same && JSON.stringify(this.data.moments.map((m) => m.step)) === JSON.stringify(data.moments.map((m) => m.step))) return;
    this.data = data;
    if (!same) {
      this.pause();
      this.build();
    }
    const last = Math.max(0, data.moments.length - 1);
    this.slider.max = last;
    this.slider.disabled = this.playButton.disabled = last === 0;
    const kept = data.moments.findLastIndex((moment) => moment.step <= step);
    this.show(newest && !this.timer ? last : Math.max(0, Math.min(last, kept)));
  }

  build() {
    this.rows = this.data.scenes.map((scene) => {
      const figure = element("figure", "scene");
      const picture = element("img");
      picture.src = `data:image/jpeg;base64,${scene.jpeg}`;
      picture.alt = scene.truth;
      const tellings = element("div", "tellings");
      const rows = this.data.names.map((name, learner) => {
        const telling = element("div");
        if (name) telling.append(element("div", "name", name));
        telling.style.setProperty("--colour", this.data.colours[learner]);
        const words = element("div", "words");
        telling.append(words);
        tellings.append(telling);
        return words;
      });
      figure.append(picture, element("figcaption", "", scene.truth), tellings);
      return { figure, rows, source: `url("${picture.src}")` };
    });
    this.scenes.replaceChildren(...this.rows.map((row) => row.figure));
  }

  show(index) {
    this.index = index;
    this.slider.value = index;
    const moment = this.data.moments[index];
    this.label.textContent = moment?.label ?? "waiting for the first moment";
    this.panels = [];
    this.rows.forEach(({ rows, source }, scene) =>
      rows.forEach((row, learner) => row.replaceChildren(...this.telling(moment?.learners[learner][scene], source))),
    );
    this.paint();
  }

  telling(told, source) {
    if (!told) return [];
    if (!told.words.length) return [element("span", "silent", "says nothing yet")];
    const panels = told.words.map((word) => {
      const panel = element("div", word.right ? "word" : "word wrong");
      const look = element("div", "look");
      look.style.backgroundImage = source;
      const canvas = element("canvas");
      canvas.role = "img";
      canvas.ariaLabel = panel.title = word.look;
      look.append(canvas);
      if (word.box && this.boxes.checked) {
        const box = element("div", "box");
        const [left, top, width, height] = word.box.map((part) => `${100 * part}%`);
        Object.assign(box.style, { left, top, width, height });
        look.append(box);
      }
      panel.append(look, element("span", "", word.word));
      const shares = Array.from(atob(word.shares), (byte) => byte.charCodeAt(0) / 255);
      this.panels.push({ canvas, shares, grid: told.grid, glimpse: word.glimpse });
      return panel;
    });
    if (told.exact) {
      const tick = element("div", "tick", "✓");
      tick.title = "exactly right";
      panels.push(tick);
    }
    return panels;
  }

  paint() {
    const { ramp, opacity, fade } = this.data ?? {};
    for (const { canvas, shares, grid, glimpse } of this.panels ?? [])
      drawHeat(canvas, shares, { grid, glimpse, ramp, opacity, fade, smooth: true });
  }

  play() {
    const last = this.data.moments.length - 1;
    if (this.index >= last) this.show(0);
    this.playButton.setAttribute("aria-pressed", "true");
    this.playButton.setAttribute("aria-label", "Pause");
    this.timer = setInterval(() => {
      if (this.index >= this.data.moments.length - 1) return this.pause();
      this.show(this.index + 1);
    }, BEAT);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.playButton.setAttribute("aria-pressed", "false");
    this.playButton.setAttribute("aria-label", "Play from the beginning");
  }
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
