// The address of a page that is come back to, and of those that links lead to. Streamlit itself would write the first
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
  }

  close() {
    this.watch.disconnect();
  }
}

export default component(() => new Address());
