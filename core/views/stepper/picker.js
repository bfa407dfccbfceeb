// Choosing cells on a photo: a rectangle drawn with the mouse, a finger, or the arrow keys.

class Picker {
  /** `element` lies over the photo; `pick(cells)` is called with the numbers of the cells chosen. */
  constructor(element, pick) {
    this.element = element;
    this.box = element.firstElementChild;
    this.pick = pick;
    this.grid = [1, 1];
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    element.onpointerdown = (event) => this.down(event);
    element.onpointermove = (event) => this.move(event);
    element.onpointerup = (event) => this.up(event);
    element.onpointercancel = () => this.clear();
    element.onpointerleave = () => this.anchor || this.clear();
    element.onkeydown = (event) => this.key(event);
    element.onfocus = () => {
      if (element.matches(":focus-visible")) this.at(this.cursor ?? this.middle());
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

  middle() {
    return this.grid.map((count) => Math.floor(count / 2));
  }

  clear() {
    this.anchor = null;
    this.box.hidden = true;
  }

  /** The cell under the pointer: row and column. */
  cell(event) {
    const area = this.element.getBoundingClientRect();
    const part = [(event.clientY - area.top) / area.height, (event.clientX - area.left) / area.width];
    return part.map((share, n) => Math.max(0, Math.min(this.grid[n] - 1, Math.floor(share * this.grid[n]))));
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.anchor = this.cell(event);
    this.at(this.anchor);
  }

  move(event) {
    this.at(this.cell(event));
  }

  up(event) {
    if (!this.anchor) return;
    this.at(this.cell(event));
    this.apply();
  }

  key(event) {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (by) {
      const from = this.cursor ?? this.middle();
      this.anchor = event.shiftKey ? (this.anchor ?? from) : null;
      this.at(from.map((place, n) => Math.max(0, Math.min(this.grid[n] - 1, place + by[n]))));
    } else if (event.key === "Enter" || event.key === " ") {
      this.at(this.cursor ?? this.middle());
      this.apply();
    } else if (event.key === "Escape") this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show the rectangle from the anchor, if there is one, to this cell. */
  at(cursor) {
    this.cursor = cursor;
    const corners = [cursor, this.anchor ?? cursor];
    const first = [0, 1].map((n) => Math.min(corners[0][n], corners[1][n]));
    const last = [0, 1].map((n) => Math.max(corners[0][n], corners[1][n]));
    this.cells = [];
    for (let r = first[0]; r <= last[0]; r++)
      for (let c = first[1]; c <= last[1]; c++) this.cells.push(r * this.grid[1] + c);
    const percent = (count, n) => `${(100 * count) / this.grid[n]}%`;
    Object.assign(this.box.style, {
      top: percent(first[0], 0),
      left: percent(first[1], 1),
      height: percent(last[0] - first[0] + 1, 0),
      width: percent(last[1] - first[1] + 1, 1),
    });
    this.box.hidden = false;
  }

  apply() {
    const { cells } = this;
    this.clear();
    this.pick(cells);
  }
}
