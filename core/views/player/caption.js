// One photo with one caption: its words, the heat of the word shown, its numbers, and the words in its place.

import { button, element, press } from "./dom.js";
import { Heads } from "./heads.js";
import { drawHeat, sharesOf } from "./heat.js";
import { Picker } from "./picker.js";
import { request } from "./requests.js";
import { levels, weightsOn } from "./reverse.js";

const FADE = 170; // milliseconds from one word's heat to the next one's
// What the names of the numbers mean, for who points at them.
const MEANS = {
  Probability: "The model's probability of this word, given the words before.",
  Entropy: "How widely it looked: 0 bits is one cell, every further bit twice as many.",
  Sentinel: "What this word could do without the photo; the heat shows where the rest of the look went.",
  Points: "Whether the hottest cell's centre lies in the box of what the word names.",
  Gate: "How much of what it saw the model let through to this word.",
};

export class Caption {
  constructor(element, captions) {
    const find = (selector) => element.querySelector(selector);
    this.element = element;
    this.captions = captions;
    this.header = find("header");
    this.title = find(".title");
    this.about = find(".about");
    this.picture = find(".picture");
    this.canvas = find(".heat");
    this.truth = find(".truth");
    this.sentence = find(".sentence");
    this.facts = find(".facts");
    this.candidates = find(".candidates");
    this.heads = new Heads(find(".heads"), () => this.look(this.at));
    this.offers = [];
    this.other = find(".other");
    this.other.onsubmit = (event) => {
      event.preventDefault();
      this.write(this.other.firstElementChild.value.trim().toLowerCase());
    };
    this.picker = new Picker(find(".pick"), (cells) => captions.picked(this, cells));
    this.sentence.onmouseleave = () => captions.look();
  }

  load(data, photo) {
    this.data = data;
    this.title.textContent = data.title;
    this.about.textContent = data.about;
    this.header.hidden = !data.title;
    this.element.style.setProperty("--ratio", photo.ratio);
    const source = `data:image/jpeg;base64,${photo.jpeg}`;
    if (this.picture.src !== source) this.picture.src = source;
    this.picture.alt = photo.alt;
    this.heads.load(data, photo);
    this.words = wordButtons(this.sentence, data.steps, this.captions);
    this.boxes = data.boxes.map((place) => {
      const box = element("div");
      ["left", "top", "width", "height"].forEach((side, n) => (box.style[side] = `${100 * place[n]}%`));
      return box;
    });
    this.truth.replaceChildren(...this.boxes);
    this.shares = null;
  }

  /** Show word n: its numbers at once, its heat fading over from the one shown before. */
  look(n) {
    const step = this.data.steps[n];
    [this.at, this.shown] = [n, step];
    const drawn = this.heads.look(step, this.captions.heat);
    this.canvas.setAttribute("aria-label", drawn?.look ?? "");
    const facts = step?.facts ?? [["", this.data.steps.length ? "The sentence has ended." : "No words."]];
    this.facts.replaceChildren(...facts.flatMap(([name, value]) => [fact(name), element("dd", value)]));
    const told = step?.inside === true ? "named inside" : step?.inside === false ? "named beside" : "named";
    this.boxes.forEach((box, k) => (box.className = k === step?.box ? told : ""));
    this.offerCandidates();
    const goal = drawn ? sharesOf(drawn.alpha, drawn.full) : [];
    cancelAnimationFrame(this.frame);
    if (!this.shares?.length || !goal.length || this.captions.calm.matches || document.hidden) {
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
    const { glimpse, confined } = this.shown ?? {};
    const outlined = this.here ?? confined;
    drawHeat(this.canvas, this.shares, { ...this.captions.heat, glimpse, confined: outlined, grid: this.data.grid });
  }

  /** Frame these cells and have every word say how much it looked there; null takes that back. */
  mark(cells) {
    this.here = cells;
    const { steps, grid } = this.data;
    const shown = cells && levels(weightsOn(cells, steps), cells.length / (grid[0] * grid[1]));
    this.sentence.classList.toggle("reversed", !!cells);
    this.words.forEach((word, n) => word.style.setProperty("--here", shown?.[n] ?? 0));
    if (this.shares) this.paint();
  }

  /** Ask for a word in place of the one shown. */
  write(word) {
    if (word && word !== this.shown.word) this.captions.change(this, request.word(word));
    this.other.reset();
  }

  /** The likeliest words as buttons, which are kept from word to word so that the keyboard stays on them. */
  offerCandidates() {
    const list = this.shown?.candidates ?? [];
    this.candidates.hidden = this.captions.tool !== "word" || !list.length;
    if (this.candidates.hidden) return;
    this.candidates.setAttribute("aria-label", `In place of “${this.shown.word}”`);
    while (this.offers.length < list.length) {
      const candidate = button("", "candidate");
      candidate.append(element("span"), element("span"));
      this.other.before(candidate);
      this.offers.push(candidate);
    }
    this.offers.forEach((candidate, n) => {
      candidate.hidden = n >= list.length;
      if (candidate.hidden) return;
      const [word, prob, percent] = list[n];
      [candidate.firstChild.textContent, candidate.lastChild.textContent] = [word, percent];
      candidate.style.setProperty("--share", prob / Math.max(...list.map(([, other]) => other)));
      press(candidate, word === this.shown.word);
      candidate.onclick = () => this.write(word);
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
  }
}

function fact(name) {
  const made = element("dt", name);
  if (MEANS[name]) made.title = MEANS[name];
  return made;
}

/** A button a word; clicking chooses the word, hovering shows it. */
export function wordButtons(sentence, steps, captions) {
  const { timeline } = captions.player;
  const words = steps.map(({ word, mark }, n) => {
    const made = button(word, mark ? `word ${mark}` : "word", () => timeline.go(n));
    if (mark) made.title = mark === "chosen" ? "Your choice" : "Changed";
    made.onmouseenter = () => timeline.isPlaying || captions.look(n);
    return made;
  });
  sentence.replaceChildren(...words);
  return words;
}
