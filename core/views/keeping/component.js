// Short texts kept in this browser, by name, in its own storage: what a link cannot carry, or must not.

import { component } from "../player/component.js";

const OURS = "glimpse kept ";

class Keeping {
  update({ data, setTriggerValue }) {
    const asked = JSON.stringify(data.asks);
    let found = {};
    try {
      keep(localStorage, data.keep, data.most);
      if (Object.keys(data.keep).length) setTriggerValue("kept", Object.keys(data.keep));
      found = kept(localStorage, data.asks);
    } catch {
      // A browser that keeps nothing, in a private window say, or whose room is used up.
    }
    if (asked === this.answered) return;
    this.answered = asked;
    if (data.asks.length) setTriggerValue("found", found);
  }

  close() {}
}

/** Keep texts too; of more than `most` the oldest go. */
export function keep(storage, texts, most, now = Date.now()) {
  for (const [name, text] of Object.entries(texts)) {
    const entry = JSON.parse(storage.getItem(OURS + name) ?? "null");
    if (entry?.text !== text) storage.setItem(OURS + name, JSON.stringify({ text, since: now }));
  }
  const since = (name) => JSON.parse(storage.getItem(name)).since;
  const names = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((name) => name.startsWith(OURS));
  names.sort((one, other) => since(one) - since(other));
  for (const name of names.slice(0, Math.max(0, names.length - most))) storage.removeItem(name);
}

/** Of those asked for what is there. */
export function kept(storage, names) {
  const found = names.map((name) => [name, storage.getItem(OURS + name)]).filter(([, entry]) => entry !== null);
  return Object.fromEntries(found.map(([name, entry]) => [name, JSON.parse(entry).text]));
}

export default component(() => new Keeping());
