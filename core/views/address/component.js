// The address of a page that is come back to. Streamlit itself would write it beside the bare one, as another entry in
// the browser's history.

import { component } from "../player/component.js";

class Address {
  update({ data }) {
    if (data.query && !location.search) history.replaceState(history.state, "", `?${data.query}`);
  }

  close() {}
}

export default component(() => new Address());
