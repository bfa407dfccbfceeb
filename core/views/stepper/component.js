// Steps through captions in the browser, several in lockstep. The server hears of a word on which the viewer has
// settled, and of a what-if that the viewer asks for.

const BEAT = 950; // milliseconds a word while playing
const SETTLED = 280; // milliseconds without a further key before the server hears of the word

const HOW = {
  word: "Choose a word; the rest is written again.",
  gaze: "Click or drag over the photo; the rest is written again.",
  blank: "Click or drag over the photo to blank a part out.",
};

const steppers = new WeakMap(); // one a mounted component: Streamlit calls the function below at every change

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  if (!steppers.has(parentElement)) steppers.set(parentElement, new Stepper(parentElement));
  const stepper = steppers.get(parentElement);
  // While the server writes again, its run is not broken off for a word.
  stepper.send = (word) =>
    stepper.data.report && !stepper.waiting && setStateValue("chosen", { id: stepper.data.id, word });
  stepper.ask = (change) => setTriggerValue("change", change);
  stepper.wait(false);
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
    this.root = root;
    this.box = find(".stepper");
    this.stage = find(".stage");
    this.template = find("template");
    this.shared = find(".shared");
    this.playButton = find(".play");
    this.place = find(".place");
    this.fullText = find(".full");
    this.scale = find(".scale");
    this.between = find(".between");
    this.spoken = find(".spoken");
    this.smoothButton = find(".smooth");
    this.rawButton = find(".raw");
    this.slider = find(".opacity input");
    this.tools = find(".tools");
    this.how = find(".how");
    this.reach = find(".reach");
    this.marks = find(".marks");
    this.progress = find(".progress");
    this.toolButtons = [...root.querySelectorAll(".tool")];
    this.onceButton = find(".once");
    this.onwardButton = find(".onward");
    this.views = [];
    this.smooth = true;
    this.onward = false;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");

    find(".previous").onclick = () => this.step(-1);
    find(".next").onclick = () => this.step(1);
    this.playButton.onclick = () => (this.timer ? this.pause() : this.play());
    this.smoothButton.onclick = () => this.draw(true);
    this.rawButton.onclick = () => this.draw(false);
    this.slider.oninput = () => this.paint();
    this.shared.onmouseleave = () => this.look(this.index);
    for (const button of this.toolButtons) button.onclick = () => this.take(this.tool === button.value ? null : button.value);
    this.onceButton.onclick = () => this.last(false);
    this.onwardButton.onclick = () => this.last(true);
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    // A button acts on the space bar when it is let go; on a word the space bar plays, and has done so already.
    this.box.onkeyup = (event) => {
      if (event.key === " " && this.isWord(event.composedPath()[0])) event.preventDefault();
    };
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.stage);
  }

  close() {
    this.pause();
    clearTimeout(this.settling);
    this.views.forEach((view) => view.close());
    this.resized.disconnect();
    document.removeEventListener("keydown", this.onkey);
  }

  load(data) {
    const fresh = !this.data;
    const focused = this.root.activeElement;
    const stays = this.data?.scene && this.data.scene === data.scene;
    this.data = data;
    this.pause();
    clearTimeout(this.settling);
    this.box.classList.toggle("single", data.views.length === 1);
    this.box.classList.toggle("several", data.views.length > 1);
    this.box.style.setProperty("--per-row", data.perRow);
    this.box.style.setProperty("--ratio", data.photos[0].ratio);
    while (this.views.length > data.views.length) {
      const view = this.views.pop();
      view.close();
      view.element.remove();
    }
    while (this.views.length < data.views.length) {
      const section = this.template.content.cloneNode(true).firstElementChild;
      this.stage.append(section);
      this.views.push(new View(section, this));
    }
    if (fresh) {
      this.slider.value = 100 * data.opacity;
      this.tool = data.tool;
    }
    this.views.forEach((view, n) => {
      view.load(data.views[n], data.photos[data.views[n].photo]);
      view.element.style.setProperty("--place", (n % data.perRow) * data.views.length + Math.floor(n / data.perRow));
    });
    this.lengths = data.views.map(({ steps }) => steps.length);
    this.length = Math.max(0, ...this.lengths);
    this.box.classList.toggle("together", data.together);
    this.shared.hidden = !data.together;
    this.sharedWords = data.together ? wordButtons(this.shared, data.views[0].steps, this) : [];
    this.tools.hidden = !data.changeable;
    this.marks.hidden = !data.views.some(({ steps }) => steps.some(({ mark }) => mark));
    drawScale(this.scale, data.ramp);
    this.untouched = !stays;
    this.index = Math.max(0, Math.min(stays ? this.index : data.start, this.length - 1));
    this.take(data.changeable ? this.tool : null);
    this.mark();
    this.look(this.index);
    if (!fresh) this.link();
    if (focused && (!focused.isConnected || focused.hidden)) this.focusWord();
  }

  // --- the chosen word -------------------------------------------------------------------------------------------

  /** Choose word n; the server hears of it after `wait` milliseconds, or not at all when null. */
  choose(n, wait = 0) {
    if (wait !== null) this.pause();
    this.untouched = false;
    this.index = n;
    this.mark();
    this.look(n);
    this.link();
    clearTimeout(this.settling);
    if (wait !== null) this.settling = setTimeout(() => this.send(n), wait);
  }

  step(by) {
    const n = Math.max(0, Math.min(this.length - 1, this.index + by));
    if (n !== this.index) this.choose(n, SETTLED);
  }

  play() {
    if (!this.length) return;
    if (this.untouched || this.index === this.length - 1) this.choose(0, null);
    this.playButton.setAttribute("aria-pressed", "true");
    this.playButton.setAttribute("aria-label", "Pause");
    this.spoken.setAttribute("aria-live", "off");
    this.timer = setInterval(() => {
      this.choose(this.index + 1, null);
      if (this.index === this.length - 1) this.pause();
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
    const moves = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1) };
    if (inside) {
      if (this.isWord(target)) moves[" "] = () => this.playButton.click();
      moves.Home = () => this.choose(0, SETTLED);
      moves.End = () => this.choose(this.length - 1, SETTLED);
    }
    if (!this.length || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    if (this.isWord(target)) this.focusWord(target);
  }

  /** All rows of words: the shared sentence's, or each view's. */
  get rows() {
    return this.data.together ? [this.sharedWords] : this.views.map(({ words }) => words);
  }

  isWord(target) {
    return this.rows.some((words) => words.includes(target));
  }

  /** Put the keyboard on the chosen word, in the row of `near` if there is one. */
  focusWord(near) {
    const rows = this.rows.filter((words) => words.length > this.index);
    (rows.find((words) => words.includes(near)) ?? rows[0])?.[this.index].focus();
  }

  mark() {
    for (const words of this.rows)
      words.forEach((button, n) => {
        button.setAttribute("aria-current", String(n === this.index));
        // One stop a sentence for the tab key; the arrows do the rest.
        button.tabIndex = n === Math.min(this.index, words.length - 1) ? 0 : -1;
      });
  }

  /** The address bar names the word, so that a copied link reopens here. */
  link() {
    if (!this.data.link) return;
    const address = new URL(location.href);
    address.searchParams.set("word", this.index + 1);
    history.replaceState(history.state, "", address);
  }

  // --- what is shown: the chosen word, or the one under the mouse ------------------------------------------------

  look(n) {
    this.views.forEach((view) => view.look(n));
    this.spoken.textContent = this.data.views.map(({ title, steps }) => [title, steps[n]?.look].filter(Boolean).join(": ")).join(" ");
    this.place.textContent = this.length ? `${n + 1} of ${this.length}` : "";
    const step = this.data.views[0].steps[n];
    this.fullText.textContent = this.views.length > 1 ? "each one's largest" : step ? `${step.fullText} in one cell` : "";
    this.between.replaceChildren(...(this.data.between[n] ?? []).map((text) => element("li", text)));
  }

  draw(smooth) {
    this.smooth = smooth;
    this.smoothButton.setAttribute("aria-pressed", String(smooth));
    this.rawButton.setAttribute("aria-pressed", String(!smooth));
    this.paint();
  }

  paint() {
    this.views.forEach((view) => view.paint());
  }

  // --- what if ---------------------------------------------------------------------------------------------------

  /** Take a tool up, or with null put it down. */
  take(tool) {
    this.tool = tool;
    for (const button of this.toolButtons) button.setAttribute("aria-pressed", String(button.value === tool));
    this.how.textContent = HOW[tool] ?? "";
    this.reach.hidden = tool !== "gaze";
    const label = { gaze: "Where it should look.", blank: "What it should not see." }[tool];
    for (const view of this.views) {
      view.offerCandidates();
      view.picker.offer(label ?? "", view.data.grid);
    }
  }

  last(onward) {
    this.onward = onward;
    this.onceButton.setAttribute("aria-pressed", String(!onward));
    this.onwardButton.setAttribute("aria-pressed", String(onward));
  }

  picked(view, cells) {
    this.change(view, { kind: this.tool, cells, onward: this.onward });
  }

  /** Ask the server for a what-if at the chosen word of a view. */
  change(view, what) {
    if (this.waiting || !this.data.changeable || !view.data.steps.length) return;
    this.pause();
    clearTimeout(this.settling);
    this.wait(true);
    const step = Math.min(this.index, view.data.steps.length - 1);
    this.ask({ id: this.data.id, view: view.data.key, step, ...what });
  }

  wait(waiting) {
    this.waiting = waiting;
    this.progress.hidden = !waiting;
    if (waiting) this.spoken.textContent = "Writing again.";
    this.box.setAttribute("aria-busy", String(waiting));
  }
}
