// The address of a page that is come back to, of those that links lead to, and of buttons that lead somewhere. Streamlit itself would write the first
// beside the bare one, as another entry in the browser's history; and a link to the first page, whose address is a query
// alone, it would have lead to the page that one is on, where it is opened in a new tab or copied.

import { component } from "../player/component.js";

const TO_FIRST = '[data-testid=stPageLink] a[href=""], [data-testid=stPageLink] a[href^="?"]';

class Address {
  constructor() {
    this.watch = new MutationObserver(() => this.complete());
    this.watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["href"] });
    this.complete();
  }

  update({ data }) {
    if (data.query && !location.search) history.replaceState(history.state, "", `?${data.query}`);
  }

  complete() {
    const first = new URL(".", location.href).pathname;
    for (const link of document.querySelectorAll(TO_FIRST))
      link.setAttribute("href", first + link.getAttribute("href"));
    for (const mark of document.querySelectorAll("[data-leads]")) lay(mark.dataset.over, mark.dataset.leads);
  }

  close() {
    this.watch.disconnect();
  }
}

/** A link over a button that leads to `href`: to open in a new tab, or to copy. A plain click presses the button. */
function lay(selector, href) {
  const box = document.querySelector(selector);
  const button = box?.querySelector("button");
  let link = box?.querySelector(":scope > a.over");
  if (!button || button.disabled) {
    link?.remove();
    return;
  }
  if (!link) {
    link = document.createElement("a");
    Object.assign(link, { className: "over", tabIndex: -1, ariaHidden: "true" });
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      box.querySelector("button").click();
    };
    box.append(link);
  }
  if (link.getAttribute("href") !== href) link.setAttribute("href", href);
}

export default component(() => new Address());
