// The looks of several heads, small pictures side by side, a row a layer; one can be shown large in place of their mean.

import { button, element, press } from "./dom.js";
import { drawHeat, sharesOf } from "./heat.js";

export class Heads {
  /** `changed` is called when the viewer has chosen a head, or gone back to the mean. */
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.buttons = [];
  }

  load({ steps, grid }, photo) {
    const layers = steps[0]?.heads ?? [];
    const shape = layers.map((heads) => heads.length).join();
    this.grid = grid;
    this.box.hidden = !layers.length;
    this.box.style.setProperty("--picture", layers.length ? `url("data:image/jpeg;base64,${photo.jpeg}")` : "none");
    if (shape === this.shape) return; // the same model: the head that was chosen stays
    this.shape = shape;
    this.chosen = null;
    this.box.style.setProperty("--heads", Math.max(1, ...layers.map((heads) => heads.length)));
    this.about = element("p");
    this.buttons = layers.map((heads, layer) => heads.map((_, head) => this.thumbnail(layer, head)));
    const blocks = this.buttons.map((row, layer) => {
      const block = element("div", "", "layer");
      block.append(element("p", `Layer ${layer + 1}`), ...row);
      return block;
    });
    this.box.replaceChildren(this.about, ...blocks);
  }

  thumbnail(layer, head) {
    const made = button("", "head", () => {
      this.chosen = this.isChosen(layer, head) ? null : [layer, head];
      this.changed();
    });
    made.append(document.createElement("canvas"));
    return made;
  }

  isChosen(layer, head) {
    return this.chosen?.[0] === layer && this.chosen[1] === head;
  }

  /** Show all heads of a step; returns what is to be drawn large: the chosen head's look, or the step's own. */
  look(step, heat) {
    if (this.box.hidden) return step;
    this.layers = step?.heads ?? [];
    const count = this.layers.flat().length;
    const [layer, head] = this.chosen ?? [];
    this.about.textContent = this.chosen
      ? `The photo shows layer ${layer + 1}, head ${head + 1} alone; press it again for the mean of all.`
      : `The photo shows the mean of its ${count || "several"} heads; press one to see it alone.`;
    this.each((made, one, name, isChosen) => {
      made.setAttribute("aria-label", one ? `${name} looks at ${one.look}` : name);
      made.title = name;
      press(made, isChosen);
    });
    this.paint(heat);
    return (this.chosen && this.layers[layer]?.[head]) ?? step;
  }

  paint(heat) {
    this.each((made, one) => {
      drawHeat(made.firstChild, one ? sharesOf(one.alpha, one.full) : [], { ...heat, grid: this.grid });
    });
  }

  each(act) {
    this.buttons.forEach((row, layer) =>
      row.forEach((made, head) => {
        const name = `Layer ${layer + 1}, head ${head + 1}`;
        act(made, this.layers?.[layer]?.[head], name, this.isChosen(layer, head));
      }),
    );
  }
}
