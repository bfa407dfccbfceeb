// A picture that is sharp where one looks: the pointer, the arrow keys or a button moves the look.

import { component } from "../player/component.js";
import { button, press } from "../player/dom.js";
import { clamp } from "../player/numbers.js";

const GLIDE = 420; // milliseconds from one place to the next
const STEP = 0.03; // of the width, a press of an arrow key
const FREE = 0.11; // of the width, the look's radius under the pointer

class Street {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".street");
    this.stage = root.querySelector(".stage");
    this.told = root.querySelector(".told");
    this.stage.addEventListener("pointermove", (event) => this.follow(event));
    this.stage.addEventListener("pointerdown", (event) => this.follow(event));
    this.stage.addEventListener("keydown", (event) => this.step(event));
    this.at = [0.5, 0.5, 0.6];
  }

  /** There is one street only. */
  update({ data }) {
    if (this.data) return;
    this.data = data;
    this.box.style.setProperty("--ratio", data.ratio);
    for (const picture of this.root.querySelectorAll("img")) picture.src = `data:image/svg+xml;base64,${data.svg}`;
    this.root.querySelector(".sharp").alt = data.alt;
    const names = [...data.places.map(([name]) => name), "the whole street at once"];
    this.buttons = names.map((name, n) => button(name, "", () => this.choose(n)));
    this.root.querySelector(".places").append(...this.buttons);
    this.choose(0);
  }

  close() {
    cancelAnimationFrame(this.frame);
  }

  choose(n) {
    const place = this.data.places[n];
    this.buttons.forEach((button, k) => press(button, k === n));
    this.stage.classList.toggle("whole", !place);
    if (!place) {
      this.told.textContent = "Everything is sharp. So what are you looking at?";
      return;
    }
    this.glide(place.slice(1));
    this.say(place[0], place[3]);
  }

  say(name, radius) {
    const share = Math.round(100 * Math.PI * radius * radius * this.data.ratio);
    this.told.textContent = `The look is on ${name}: ${share} % of the picture. The rest is still there, but you could not say much about it.`;
  }

  follow(event) {
    const box = this.stage.getBoundingClientRect();
    cancelAnimationFrame(this.frame);
    this.free([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  free([x, y]) {
    this.stage.classList.remove("whole");
    this.buttons.forEach((button) => press(button, false));
    this.put([clamp(x, 1), clamp(y, 1), FREE]);
    const near = this.data.places.find(([, px, py, r]) => Math.hypot(px - x, (py - y) / this.data.ratio) < r);
    this.say(near ? near[0] : "a part of the street", FREE);
  }

  step(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    this.free([this.at[0] + move[0] * STEP, this.at[1] + move[1] * STEP * this.data.ratio]);
  }

  put([x, y, r]) {
    this.at = [x, y, r];
    this.stage.style.setProperty("--x", `${100 * x}%`);
    this.stage.style.setProperty("--y", `${100 * y}%`);
    this.stage.style.setProperty("--r", `${(r * this.stage.clientWidth) / 0.81}px`); // sharp up to 81 % of it
  }

  glide(to) {
    cancelAnimationFrame(this.frame);
    const [from, start] = [this.at, performance.now()];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const go = (now) => {
      const t = still ? 1 : Math.min(1, (now - start) / GLIDE);
      const eased = t * t * (3 - 2 * t);
      this.put(from.map((value, n) => value + (to[n] - value) * eased));
      if (t < 1) this.frame = requestAnimationFrame(go);
    };
    this.frame = requestAnimationFrame(go);
  }
}

export default component((root) => new Street(root));
