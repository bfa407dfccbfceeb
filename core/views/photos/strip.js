// The gallery's strip: the chosen photo is in sight, whenever the strip is drawn or another one is chosen.

export class Strip {
  constructor() {
    this.changed = new MutationObserver(() => this.later());
    this.changed.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-checked"] });
    this.resized = new ResizeObserver(() => this.later());
  }

  /** `selector` is the strip's. */
  follow(selector) {
    this.selector = selector;
    this.later();
  }

  close() {
    this.changed.disconnect();
    this.resized.disconnect();
    cancelAnimationFrame(this.frame);
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.look());
  }

  look() {
    const strip = this.selector && document.querySelector(this.selector);
    const chosen = strip?.querySelector("[aria-checked=true]");
    if (!chosen) return;
    if (this.strip !== strip) {
      this.resized.disconnect();
      this.resized.observe(strip);
      this.strip = strip;
    }
    // What was seen to is not seen to again: the viewer may have scrolled since.
    const place = [chosen.textContent, chosen.offsetLeft, strip.clientWidth, strip.scrollWidth].join();
    if (this.place === place && this.chosen === chosen) return;
    Object.assign(this, { place, chosen });
    const [frame, box] = [strip.getBoundingClientRect(), chosen.getBoundingClientRect()];
    if (box.left < frame.left || box.right > frame.right)
      strip.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }
}
