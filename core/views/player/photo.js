// Captions of photos, several stepped through together: what is played, and what can be changed about it. The server
// hears of a word on which the viewer has settled, and of a what-if that the viewer asks for.

import { address } from "./address.js";
import { Caption, wordButtons } from "./caption.js";
import { component } from "./component.js";
import { element, press } from "./dom.js";
import { drawScale } from "./heat.js";
import { Player } from "./player.js";
import { request } from "./requests.js";
import { describe, weightsOn } from "./reverse.js";

const HOW = {
  word: "Choose a word; the rest is written again.",
  gaze: "Click or drag over the photo; the rest is written again.",
  blank: "Click or drag over the photo to blank a part out.",
};
const PICK = { gaze: "Where it should look.", blank: "What it should not see.", reverse: "The place to ask about." };
const POINT = "Click a place of the photo, or drag over one.";

export class Captions {
  static settings = { beat: 950, trigger: "change", works: "Writing again.", silent: true };

  constructor(root, player) {
    const find = (selector) => root.querySelector(selector);
    this.player = player;
    this.stage = find(".stage");
    this.template = find("template");
    this.shared = find(".shared");
    this.fullText = find(".full");
    this.scale = find(".scale");
    this.between = find(".between");
    this.smoothButton = find(".smooth");
    this.rawButton = find(".raw");
    this.slider = find(".opacity input");
    this.tools = find(".tools");
    this.how = find(".how");
    this.reach = find(".reach");
    this.marks = find(".marks");
    this.toolButtons = [...root.querySelectorAll(".tool")];
    this.reverseButton = find(".reverse");
    this.said = find(".here");
    this.gazeButton = find(".tool[value=gaze]");
    this.onceButton = find(".once");
    this.onwardButton = find(".onward");
    this.views = [];
    this.smooth = true;
    this.onward = false;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");

    this.smoothButton.onclick = () => this.draw(true);
    this.rawButton.onclick = () => this.draw(false);
    this.slider.oninput = () => this.refresh();
    this.shared.onmouseleave = () => this.look();
    for (const button of this.toolButtons)
      button.onclick = () => this.take(this.tool === button.value ? null : button.value);
    this.onceButton.onclick = () => this.last(false);
    this.onwardButton.onclick = () => this.last(true);
    this.reverseButton.onclick = () => this.take(this.tool === "reverse" ? null : "reverse");
    this.resized = new ResizeObserver(() => this.refresh());
    this.resized.observe(this.stage);
  }

  close() {
    this.views.forEach((view) => view.close());
    this.resized.disconnect();
  }

  differs(data) {
    return this.data?.id !== data.id;
  }

  load(data) {
    const { root, box, timeline } = this.player;
    const fresh = !this.data;
    const focused = root.activeElement;
    const stays = this.data?.scene && this.data.scene === data.scene;
    this.data = data;
    if (!stays) this.here = null;
    box.classList.toggle("single", data.views.length === 1);
    box.classList.toggle("several", data.views.length > 1);
    box.classList.toggle("together", data.together);
    box.classList.toggle("many", data.per_row > 3);
    box.style.setProperty("--per-row", data.per_row);
    box.style.setProperty("--ratio", data.photos[0].ratio);
    while (this.views.length > data.views.length) {
      const view = this.views.pop();
      view.close();
      view.element.remove();
    }
    while (this.views.length < data.views.length) {
      const section = this.template.content.cloneNode(true).firstElementChild;
      this.stage.append(section);
      this.views.push(new Caption(section, this));
    }
    if (fresh) {
      this.slider.value = 100 * data.heat.opacity;
      this.tool = data.tool;
    }
    this.views.forEach((view, n) => {
      view.load(data.views[n], data.photos[data.views[n].photo]);
      view.element.style.setProperty("--place", (n % data.per_row) * data.views.length + Math.floor(n / data.per_row));
    });
    const length = Math.max(0, ...data.views.map(({ steps }) => steps.length));
    timeline.load(length, stays ? timeline.index : data.start, !stays);
    this.shared.hidden = !data.together;
    this.sharedWords = data.together ? wordButtons(this.shared, data.views[0].steps, this) : [];
    this.tools.hidden = !data.changeable;
    this.gazeButton.hidden = !data.views.some(({ looks }) => looks);
    this.reverseButton.parentElement.hidden = this.gazeButton.hidden;
    if (this.gazeButton.hidden && ["gaze", "reverse"].includes(this.tool)) this.tool = null;
    this.marks.hidden = !data.views.some(({ steps }) => steps.some(({ mark }) => mark));
    drawScale(this.scale, data.heat.ramp);
    this.take(data.changeable || this.tool === "reverse" ? this.tool : null);
    this.mark();
    this.look();
    if (!fresh) this.link();
    if (focused && (!focused.isConnected || focused.hidden)) this.focusWord();
  }

  // --- the chosen word -------------------------------------------------------------------------------------------

  moved() {
    this.mark();
    this.look();
    this.link();
  }

  get playable() {
    return this.player.timeline.length > 0;
  }

  keys(target, inside) {
    if (!inside) return {};
    return { Home: "first", End: "last", ...(this.isWord(target) && { " ": "play" }) };
  }

  followKey(target) {
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
    const { index } = this.player.timeline;
    const rows = this.rows.filter((words) => words.length > index);
    (rows.find((words) => words.includes(near)) ?? rows[0])?.[index].focus();
  }

  mark() {
    const { index } = this.player.timeline;
    for (const words of this.rows)
      words.forEach((button, n) => {
        button.setAttribute("aria-current", String(n === index));
        // One stop a sentence for the tab key; the arrows do the rest.
        button.tabIndex = n === Math.min(index, words.length - 1) ? 0 : -1;
      });
  }

  link() {
    if (this.data.link) address("word", this.player.timeline.index + 1);
  }

  // --- what is shown: the chosen word, or the one under the mouse ------------------------------------------------

  look(n = this.player.timeline.index) {
    const { place, spoken, timeline } = this.player;
    const { views, between } = this.data;
    this.views.forEach((view) => view.look(n));
    const said = views.map(({ title, steps }) => [title, steps[n]?.look].filter(Boolean).join(": "));
    spoken.textContent = said.join(" ");
    place.textContent = timeline.length ? `${n + 1} of ${timeline.length}` : "";
    const step = views[0].steps[n];
    this.fullText.textContent = views.length > 1 ? "each one's largest" : step ? `${step.full_text} in one cell` : "";
    this.between.replaceChildren(...(between[n] ?? []).map((text) => element("li", text)));
  }

  draw(smooth) {
    this.smooth = smooth;
    press(this.smoothButton, smooth);
    press(this.rawButton, !smooth);
    this.refresh();
  }

  /** How all heat is drawn now. */
  get heat() {
    return { ...this.data.heat, opacity: this.slider.value / 100, smooth: this.smooth };
  }

  refresh() {
    for (const view of this.views) {
      view.paint();
      view.heads.paint(this.heat);
    }
  }

  // --- what if ---------------------------------------------------------------------------------------------------

  /** Take a tool up, or with null put it down. */
  take(tool) {
    this.tool = tool;
    for (const button of this.toolButtons) press(button, button.value === tool);
    press(this.reverseButton, tool === "reverse");
    this.how.textContent = HOW[tool] ?? "";
    this.reach.hidden = tool !== "gaze";
    for (const view of this.views) {
      view.offerCandidates();
      const takes = tool === "blank" || view.data.looks;
      view.picker.offer((takes && PICK[tool]) || "", view.data.grid);
    }
    this.lookBack(tool === "reverse" ? this.here : null);
  }

  /** Which words looked at these cells, of every view whose model chooses where to look; of none, null takes it back. */
  lookBack(cells) {
    this.here = cells;
    const asked = cells ? this.views.filter(({ data }) => data.looks && cells.every((cell) => cell < cellsOf(data))) : [];
    for (const view of this.views) view.mark(asked.includes(view) ? cells : null);
    const lines = asked.map(({ data: { title, steps, grid } }) => {
      const even = cells.length / (grid[0] * grid[1]);
      return [title, describe(weightsOn(cells, steps), steps, even)].filter(Boolean).join(": ");
    });
    const texts = lines.length || this.tool !== "reverse" ? lines : [POINT];
    this.said.replaceChildren(...texts.map((text) => element("li", text)));
  }

  last(onward) {
    this.onward = onward;
    press(this.onceButton, !onward);
    press(this.onwardButton, onward);
  }

  picked(view, cells) {
    if (this.tool === "reverse") this.lookBack(cells);
    else this.change(view, request.cells(this.tool, cells, this.onward));
  }

  /** Ask the server for a what-if at the chosen word of a view. */
  change(view, what) {
    const { steps, key } = view.data;
    if (!this.data.changeable || !steps.length) return;
    this.player.ask({ view: key, step: Math.min(this.player.timeline.index, steps.length - 1), ...what });
  }
}

function cellsOf({ grid: [rows, columns] }) {
  return rows * columns;
}

export default component((root) => new Player(root, Captions));
