// A beam search as a tree that grows step by step. The server is asked only to forbid a word.

import { component } from "../player/component.js";
import { button, element, press } from "../player/dom.js";
import { clamp } from "../player/numbers.js";
import { request } from "../player/requests.js";
import { alive, drawn, lines } from "./layout.js";

const [LANE, STAGE, WIDE] = [38, 152, 124]; // pixels: from lane to lane, from stage to stage, a candidate's width
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

class Beam {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    for (const name of ["beam", "progress", "previous", "next", "all", "label", "tree", "lines", "stages", "told"])
      this[name] = find(`.${name}`);
    for (const name of ["sentence", "why", "forbid", "endings", "about"]) this[name] = find(`.${name}`);
    this.previous.onclick = () => this.go(this.index - 1);
    this.next.onclick = () => this.go(this.index + 1);
    this.all.onclick = () => this.go(this.data.steps.length);
    this.beam.onkeydown = (event) => this.key(event);
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    this.progress.hidden = true;
    if (JSON.stringify(data) === this.known) return;
    this.known = JSON.stringify(data);
    this.data = data;
    this.chosen = null;
    this.about.textContent = data.about;
    this.endings.replaceChildren(
      ...data.endings.map(({ step, place, sentence, sum }) => {
        const row = element("li");
        const choose = button(sentence, "ending", () => this.choose(step, place));
        choose.classList.toggle("won", data.winner[step] === place && data.winner.length === step + 1);
        row.append(choose, element("span", sum));
        return row;
      }),
    );
    this.go(data.steps.length);
  }

  close() {}

  key(event) {
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(this.index + by);
  }

  /** Show step n and all before it; after the last step the whole tree, without what was dropped. */
  go(n) {
    const { steps, labels } = this.data;
    this.index = clamp(n, steps.length);
    this.previous.disabled = this.index === 0;
    this.next.disabled = this.index === steps.length;
    press(this.all, this.index === steps.length);
    this.label.textContent = labels[this.index] ?? "The whole search";
    this.draw();
  }

  draw() {
    const { steps, winner } = this.data;
    const last = Math.min(this.index, steps.length - 1);
    const columns = drawn(steps, last, this.index);
    const living = alive(steps, last, winner);
    const tall = Math.max(1, ...columns.map((column) => column.length));
    this.stages.style.height = `${LANE * tall}px`;
    this.stages.style.width = `${STAGE * (columns.length - 1) + WIDE}px`;
    const focused = this.root.activeElement?.dataset.at;
    this.stages.replaceChildren(
      ...columns.flatMap((column) => column.map((candidate, lane) => this.node(candidate, lane, living))),
    );
    if (focused) this.stages.querySelector(`[data-at="${focused}"]`)?.focus();
    this.lines.replaceChildren(...lines(columns, winner).map((line) => curve(...line)));
    this.lines.setAttribute("width", STAGE * columns.length);
    this.lines.setAttribute("height", LANE * tall);
    this.tree.scrollLeft = this.index > last ? 0 : STAGE * (last + 1) - this.tree.clientWidth;
    this.tell();
  }

  node(candidate, lane, living) {
    const { step, place, word, end, prob, fate, sentence } = candidate;
    const at = `${step}:${place}`;
    const made = button("", `candidate ${fate}`, () => this.choose(step, place));
    made.append(element("span", end ? "end" : word), element("small", prob));
    made.dataset.at = at;
    made.classList.toggle("won", this.data.winner[step] === place);
    made.classList.toggle("lost", !living.has(at));
    made.style.left = `${STAGE * step}px`;
    made.style.top = `${LANE * lane}px`;
    made.setAttribute("aria-label", `${sentence}${end ? ", end" : ""}: ${prob}, ${fate}`);
    press(made, this.chosen?.join(":") === at);
    return made;
  }

  choose(step, place) {
    this.chosen = [step, place];
    const shown = step === this.index || (step < this.index && this.data.steps[step][place].fate !== "dropped");
    if (!shown) this.go(step);
    else this.draw();
  }

  /** The chosen candidate's numbers, and what can be done about it. */
  tell() {
    this.told.hidden = !this.chosen;
    if (!this.chosen) return;
    const [step, place] = this.chosen;
    const { word, end, sentence, why } = this.data.steps[step][place];
    this.sentence.textContent = end ? `${sentence}.` : `${sentence} …`;
    this.why.textContent = why;
    this.forbid.textContent = end ? `Do not let it end after ${step} words` : `Forbid “${word}” as word ${step + 1}`;
    this.forbid.onclick = () => {
      this.progress.hidden = false;
      this.send("change", { id: this.data.id, view: this.data.view, step, ...request.forbid(word) });
    };
  }
}

function curve(step, from, to, won) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const [x, y] = [STAGE * (step - 1) + WIDE, LANE * from + LANE / 2 - 3];
  const [u, v] = [STAGE * step, LANE * to + LANE / 2 - 3];
  const middle = (x + u) / 2;
  path.setAttribute("d", `M${x} ${y}C${middle} ${y} ${middle} ${v} ${u} ${v}`);
  if (won) path.setAttribute("class", "won");
  return path;
}

export default component((root) => new Beam(root));
