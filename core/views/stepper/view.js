// One photo with one caption: its words, the heat of the word shown, its numbers, and the words in its place.

const FADE = 170; // milliseconds from one word's heat to the next one's

class View {
  constructor(element, stepper) {
    const find = (selector) => element.querySelector(selector);
    this.element = element;
    this.stepper = stepper;
    this.title = find(".title");
    this.picture = find(".picture");
    this.canvas = find(".heat");
    this.sentence = find(".sentence");
    this.facts = find(".facts");
    this.candidates = find(".candidates");
    this.picker = new Picker(find(".pick"), (cells) => stepper.picked(this, cells));
    this.sentence.onmouseleave = () => stepper.look(stepper.index);
  }

  load(data, photo) {
    this.data = data;
    this.title.textContent = data.title;
    this.title.hidden = !data.title;
    this.element.style.setProperty("--ratio", photo.ratio);
    const source = `data:image/jpeg;base64,${photo.jpeg}`;
    if (this.picture.src !== source) this.picture.src = source;
    this.picture.alt = photo.alt;
    this.words = wordButtons(this.sentence, data.steps, this.stepper);
    this.shares = null;
  }

  /** Show word n: its numbers at once, its heat fading over from the one shown before. */
  look(n) {
    const step = this.data.steps[n];
    this.shown = step;
    this.place = n;
    this.canvas.setAttribute("aria-label", step?.look ?? "");
    const facts = step?.facts ?? [["", this.data.steps.length ? "The sentence has ended." : "No words."]];
    this.facts.replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    this.offerCandidates();
    const goal = step ? step.alpha.map((weight) => weight / step.full) : [];
    cancelAnimationFrame(this.frame);
    if (!this.shares?.length || !goal.length || this.stepper.calm.matches || document.hidden) {
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

  paint() {
    const { data, smooth, slider } = this.stepper;
    const [ramp, fade, opacity] = [data.ramp, data.fade, slider.value / 100];
    const { glimpse, confined } = this.shown ?? {};
    drawHeat(this.canvas, this.shares, { ramp, fade, opacity, smooth, glimpse, confined, grid: this.data.grid });
  }

  /** The likeliest words as buttons, which are kept from word to word so that the keyboard stays on them. */
  offerCandidates() {
    const list = this.shown?.candidates ?? [];
    this.candidates.hidden = this.stepper.tool !== "word" || !list.length;
    if (this.candidates.hidden) return;
    this.candidates.setAttribute("aria-label", `In place of “${this.shown.word}”`);
    while (this.candidates.children.length < list.length) {
      const button = element("button", "");
      button.type = "button";
      button.className = "candidate";
      button.append(element("span", ""), element("span", ""));
      this.candidates.append(button);
    }
    [...this.candidates.children].forEach((button, n) => {
      button.hidden = n >= list.length;
      if (button.hidden) return;
      const [word, prob, percent] = list[n];
      [button.firstChild.textContent, button.lastChild.textContent] = [word, percent];
      button.style.setProperty("--share", prob / Math.max(...list.map(([, other]) => other)));
      button.setAttribute("aria-pressed", String(word === this.shown.word));
      button.onclick = () => word === this.shown.word || this.stepper.change(this, { kind: "word", word });
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
  }
}

/** A button a word; clicking chooses the word, hovering shows it. */
function wordButtons(sentence, steps, stepper) {
  const words = steps.map(({ word, mark }, n) => {
    const button = element("button", word);
    button.type = "button";
    button.className = mark ? `word ${mark}` : "word";
    if (mark) button.title = mark === "chosen" ? "Your choice" : "Changed";
    button.onclick = () => stepper.choose(n);
    button.onmouseenter = () => stepper.timer || stepper.look(n);
    return button;
  });
  sentence.replaceChildren(...words);
  return words;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
