// Networks that look with several heads: the table shows their mean, or one of them in all hops.

import { button, element, press } from "./dom.js";

export class StoryHeads {
  /** `changed` is called when the viewer has chosen a head, or gone back to the mean. */
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
    this.chosen = new Map(); // a network's name -> the head, from 0
  }

  load(networks) {
    const several = networks.filter(({ heads }) => heads?.length);
    this.box.replaceChildren(...several.map((network) => this.row(network)));
    this.box.hidden = !several.length;
  }

  row({ name, heads }) {
    if (!(this.chosen.get(name) < heads.length)) this.chosen.delete(name);
    const row = element("div");
    const group = element("div", "", "choice");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `What the table shows of ${name}`);
    const offer = (text, head) => {
      const made = button(text, "", () => {
        if (head === undefined) this.chosen.delete(name);
        else this.chosen.set(name, head);
        offered.forEach(([other, its]) => press(other, its === head));
        this.changed();
      });
      press(made, this.chosen.get(name) === head);
      return [made, head];
    };
    const offered = [
      offer(`mean of ${heads.length} heads`, undefined),
      ...heads.map((_, head) => offer(`head ${head + 1}`, head)),
    ];
    group.append(...offered.map(([made]) => made));
    row.append(element("span", name), group);
    return row;
  }

  /** A network with the hops that are to be drawn. */
  of(network) {
    return { ...network, hops: network.heads?.[this.chosen.get(network.name)] ?? network.hops };
  }
}
