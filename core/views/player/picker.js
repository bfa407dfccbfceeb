// Choosing cells on a photo: a rectangle drawn with the mouse, a finger, or the arrow keys.

import { cellAt, neighbour, rectangle } from "./cells.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Picker {
  /** `element` lies over the photo; `pick(cells)` is called with the numbers of the cells chosen. */
  constructor(element, pick) {
    this.element = element;
    this.box = element.firstElementChild;
    this.pick = pick;
    this.grid = [1, 1];
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    element.onpointerdown = (event) => this.down(event);
    element.onpointermove = (event) => this.at(this.cell(event));
    element.onpointerup = (event) => this.up(event);
    element.onpointercancel = () => this.clear();
    element.onpointerleave = () => this.anchor || this.clear();
    element.onkeydown = (event) => this.key(event);
    element.onfocus = () => {
      if (element.matches(":focus-visible")) this.at(this.start);
    };
    element.onblur = () => this.clear();
    this.clear();
  }

  /** Offer the choice, or take it away; `label` says what it is for. */
  offer(label, grid) {
    this.element.hidden = !label;
    this.element.setAttribute("aria-label", `${label} Arrows move, shift widens, enter applies.`);
    this.grid = grid;
    this.clear();
  }

  /** Where the keyboard goes on: the cell it was at, or the one in the middle. */
  get start() {
    return this.cursor ?? this.grid.map((count) => Math.floor(count / 2));
  }

  clear() {
    this.anchor = null;
    this.box.hidden = true;
  }

  cell(event) {
    return cellAt(event.clientX, event.clientY, this.element.getBoundingClientRect(), this.grid);
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.anchor = this.cell(event);
    this.at(this.anchor);
  }

  up(event) {
    if (!this.anchor) return;
    this.at(this.cell(event));
    this.apply();
  }

  key(event) {
    const by = ARROWS[event.key];
    if (by) {
      const from = this.start;
      this.anchor = event.shiftKey ? (this.anchor ?? from) : null;
      this.at(neighbour(from, by, this.grid));
    } else if (event.key === "Enter" || event.key === " ") {
      this.at(this.start);
      this.apply();
    } else if (event.key === "Escape") this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show the rectangle from the anchor, if there is one, to this cell. */
  at(cursor) {
    this.cursor = cursor;
    const { cells, ...place } = rectangle(cursor, this.anchor ?? cursor, this.grid);
    this.cells = cells;
    for (const [side, share] of Object.entries(place)) this.box.style[side] = `${100 * share}%`;
    this.box.hidden = false;
  }

  apply() {
    const { cells } = this;
    this.clear();
    this.pick(cells);
  }
}
