// A picture that is sharp where one looks: the pointer, the arrow keys or a button moves the look.

const GLIDE = 420; // milliseconds from one place to the next
const STEP = 0.03; // of the width, a press of an arrow key
const FREE = 0.11; // of the width, the look's radius under the pointer
const streets = new WeakMap();

export default function ({ data, parentElement }) {
  if (!streets.has(parentElement)) streets.set(parentElement, new Street(parentElement, data));
  return () => streets.delete(parentElement);
}

class Street {
  constructor(root, data) {
    this.data = data;
    this.box = root.querySelector(".street");
    this.stage = root.querySelector(".stage");
    this.told = root.querySelector(".told");
    this.box.style.setProperty("--ratio", data.ratio);
    for (const picture of root.querySelectorAll("img")) picture.src = `data:image/svg+xml;base64,${data.svg}`;
    root.querySelector(".sharp").alt = data.alt;
    const names = [...data.places.map(([name]) => name), "the whole street at once"];
    this.buttons = names.map((name, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => this.choose(n));
      root.querySelector(".places").append(button);
      return button;
    });
    this.stage.addEventListener("pointermove", (event) => this.follow(event));
    this.stage.addEventListener("pointerdown", (event) => this.follow(event));
    this.stage.addEventListener("keydown", (event) => this.step(event));
    this.at = [0.5, 0.5, 0.6];
    this.choose(0);
  }

  choose(n) {
    const place = this.data.places[n];
    this.buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === n)));
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
    this.buttons.forEach((button) => button.setAttribute("aria-pressed", "false"));
    this.put([Math.max(0, Math.min(1, x)), Math.max(0, Math.min(1, y)), FREE]);
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
