// A scene whose things can be taken hold of. Where they end up is the server's to say: what it refuses goes back.

import { component } from "../player/component.js";
import { button, element } from "../player/dom.js";
import { clamp } from "../player/numbers.js";

const SETTLED = 400; // milliseconds without a further key before the server hears of the place
const STEP = 2; // pixels of the scene, a press of an arrow key; with shift
const LEAP = 8;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HOW = "Drag a thing, or choose one and move it with the arrow keys. Delete hides it.";

class SceneEditor {
  constructor(root) {
    this.box = root.querySelector(".scene-editor");
    this.stage = root.querySelector(".stage");
    this.behind = root.querySelector(".behind");
    this.told = root.querySelector(".told");
    this.things = [];
  }

  update({ data, setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    this.wait(false);
    if (this.data && this.data.turn === data.turn && this.data.id === data.id) return;
    this.load(data);
  }

  close() {
    clearTimeout(this.settling);
  }

  load(data) {
    clearTimeout(this.settling);
    this.held = null;
    this.data = data;
    this.behind.src = `data:image/jpeg;base64,${data.behind.jpeg}`;
    while (this.things.length > data.things.length) this.things.pop().remove();
    while (this.things.length < data.things.length) this.add(this.things.length);
    data.things.forEach((thing, n) => {
      const made = this.things[n];
      made.firstChild.src = `data:image/png;base64,${thing.png}`;
      made.setAttribute("aria-label", `${thing.name}: arrows move, with shift further, delete hides`);
      made.title = thing.name;
      made.style.width = `${(100 * thing.side) / data.side}%`;
      made.style.zIndex = thing.front ? 2 : 1;
      this.put(n, [thing.left, thing.top]);
    });
    this.box.classList.toggle("refused", Boolean(data.refused));
    this.told.textContent = data.refused || HOW;
  }

  add(n) {
    const made = button("", "thing");
    const picture = element("img");
    picture.alt = "";
    made.append(picture);
    made.dataset.arrows = "";
    made.addEventListener("pointerdown", (event) => this.hold(event, n));
    made.addEventListener("pointermove", (event) => this.drag(event, n));
    made.addEventListener("pointerup", () => this.drop(n));
    made.addEventListener("pointercancel", () => this.back(n));
    made.addEventListener("keydown", (event) => this.key(event, n));
    this.stage.append(made);
    this.things.push(made);
  }

  /** Show thing n at a place in pixels of the scene, as far as it goes; returns where. */
  put(n, place) {
    const { side, things } = this.data;
    const at = place.map((pixel) => clamp(Math.round(pixel), side - things[n].side));
    [this.things[n].style.left, this.things[n].style.top] = at.map((pixel) => `${(100 * pixel) / side}%`);
    this.things[n].at = at;
    return at;
  }

  hold(event, n) {
    if (event.button || this.waiting) return;
    this.things[n].setPointerCapture(event.pointerId);
    this.things[n].focus({ focusVisible: false });
    event.preventDefault(); // neither a selection nor the picture's own dragging
    this.held = { n, from: this.things[n].at, x: event.clientX, y: event.clientY };
  }

  drag(event, n) {
    if (this.held?.n !== n) return;
    const { from, x, y } = this.held;
    const pixel = this.data.side / this.stage.clientWidth;
    this.put(n, [from[0] + (event.clientX - x) * pixel, from[1] + (event.clientY - y) * pixel]);
  }

  drop(n) {
    if (this.held?.n !== n) return;
    this.held = null;
    this.settle(n);
  }

  back(n) {
    this.held = null;
    this.put(n, [this.data.things[n].left, this.data.things[n].top]);
  }

  key(event, n) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.waiting) return;
    const by = ARROWS[event.key];
    if (by) {
      const far = event.shiftKey ? LEAP : STEP;
      this.put(n, this.things[n].at.map((pixel, k) => pixel + by[k] * far));
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.settle(n), SETTLED);
    } else if (event.key === "Delete" || event.key === "Backspace") this.ask({ kind: "hide", thing: n });
    else if (event.key === "Escape") this.back(n);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Ask for thing n where it lies now. */
  settle(n) {
    const { left, top } = this.data.things[n];
    const [x, y] = this.things[n].at;
    if (x !== left || y !== top) this.ask({ kind: "move", thing: n, left: x, top: y });
  }

  ask(what) {
    if (this.waiting) return;
    clearTimeout(this.settling);
    this.wait(true);
    this.setTriggerValue("wish", { id: this.data.id, ...what });
  }

  wait(waiting) {
    this.waiting = waiting;
    this.box.classList.toggle("waiting", waiting);
    this.box.setAttribute("aria-busy", String(waiting));
  }
}

export default component((root) => new SceneEditor(root));
