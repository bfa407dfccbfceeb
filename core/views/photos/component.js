// The visitor's own photos: dropped or pasted anywhere on the page, and kept in this browser. What a file is decides
// the server; what it has taken comes back to be kept, and is handed to it again by the next visit.

import { component } from "../player/component.js";
import { fromText, toText } from "./bytes.js";
import { forget, keep, kept } from "./store.js";
import { Strip } from "./strip.js";

const UPLOADER = "[data-testid=stFileUploaderDropzone]"; // takes what is dropped on it itself
const FIELD = "input, textarea, [contenteditable]"; // takes what is pasted into it

class Photos {
  constructor(root) {
    this.veil = root.querySelector(".drop");
    this.strip = new Strip();
    this.inside = 0; // how deep into the page the files are held that are being dragged
    this.handlers = {
      dragstart: () => (this.ours = true), // something of the page itself
      dragend: () => (this.ours = false),
      dragenter: (event) => this.hold(event, 1),
      dragleave: (event) => this.hold(event, -1),
      dragover: (event) => this.takes(event) && event.preventDefault(),
      drop: (event) => this.drop(event),
      paste: (event) => event.composedPath()[0].closest?.(FIELD) || this.give(event.clipboardData.files),
    };
    for (const [name, handler] of Object.entries(this.handlers)) document.addEventListener(name, handler);
  }

  update({ data, setTriggerValue }) {
    Object.assign(this, { data, setTriggerValue });
    this.strip.follow(data.strip);
    this.settle(data).catch(() => this.cannot()); // a browser that keeps nothing, in a private window say
  }

  close() {
    this.strip.close();
    for (const [name, handler] of Object.entries(this.handlers)) document.removeEventListener(name, handler);
  }

  /** Hand over what is kept, once; then keep what the session holds, and forget what was removed from it. */
  async settle({ looked, keep: files, gone, most }) {
    if (!looked) {
      if (this.handed) return;
      this.handed = true;
      const photos = await kept();
      this.setTriggerValue("found", Object.fromEntries(photos.map(([name, { bytes }]) => [name, toText(bytes)])));
      return;
    }
    await forget(gone);
    for (const [name, text] of Object.entries(files)) await keep(name, fromText(text), most);
    this.have(files);
  }

  /** Nothing is kept here: the server need not wait for it, nor send it again. */
  cannot() {
    if (this.data.looked) this.have(this.data.keep);
    else this.setTriggerValue("found", {});
  }

  have(files) {
    if (Object.keys(files).length) this.setTriggerValue("kept", Object.keys(files));
  }

  // --- what is dropped and pasted ----------------------------------------------------------------------------------

  takes(event) {
    return !this.ours && event.dataTransfer.types.includes("Files") && !event.target.closest?.(UPLOADER);
  }

  hold(event, by) {
    if (!this.ours && event.dataTransfer.types.includes("Files")) this.inside = Math.max(0, this.inside + by);
    this.veil.hidden = !this.inside;
  }

  drop(event) {
    const takes = this.takes(event);
    [this.inside, this.veil.hidden] = [0, true];
    if (!takes) return;
    event.preventDefault();
    this.give(event.dataTransfer.files);
  }

  /** Send files to the server; of one that is too large only that it is. */
  async give(files) {
    const given = [...files].slice(0, this.data.most);
    if (!given.length) return;
    const read = async (file) =>
      file.size > this.data.limit ? null : toText(new Uint8Array(await file.arrayBuffer()));
    this.setTriggerValue("given", await Promise.all(given.map(read)));
  }
}

export default component((root) => new Photos(root));
