// The table sentence x hop. One listener for all cells: a story may have thousands of them.

import { button, element, press } from "./dom.js";
import { changeText, percentage, weightText } from "./format.js";
import { clamp } from "./numbers.js";
import { request } from "./requests.js";

export const WIDE = 0.995; // a gate from here on lets everything through, and nothing is said of it

export class Table {
  constructor(root, player) {
    this.player = player;
    this.box = root.querySelector(".scroll");
    this.groups = root.querySelector(".groups");
    this.heads = root.querySelector(".heads");
    this.body = root.querySelector("tbody");
    this.editorTemplate = root.querySelector(".editor-template");
    this.choice = root.querySelector(".choice");
    this.narrow = root.querySelector(".narrow");
    this.body.onclick = (event) => this.act(event);
    this.body.onkeydown = (event) => this.key(event);
    this.body.onfocusin = (event) => this.focused(event.target);
    this.body.onmouseover = (event) => this.explain(event.target.closest("td, th"));
  }

  load(data) {
    this.data = data;
    this.drawn = null;
    this.offer();
    this.columns = data.networks.flatMap((network, n) => [
      ...network.hops.map((hop, h) => ({ network, n, h, hop, kind: "hop" })),
      ...(network.hops.length ? [{ network, n, kind: "without" }] : []),
    ]);
    this.columns.forEach((column, c) => (column.first = c > 0 && this.columns[c - 1].n !== column.n));
    const left = (text) => Object.assign(element("th", text, "sentence"), { colSpan: 2 });
    const answering = data.networks.filter((network) => network.hops.length);
    this.groups.replaceChildren(left(""), ...answering.map((network) => this.group(network)));
    this.heads.replaceChildren(left("Sentence"), ...this.columns.map((column) => this.head(column)));
    this.body.replaceChildren(...data.rows.map((row, r) => this.row(row, r)));
    this.stop(this.current ?? [0, 0], false);
  }

  /** The networks as buttons, of use where there is room for one of them only: the last, until another is chosen. */
  offer() {
    const names = this.data.networks.map(({ name }) => name);
    const shown = names.includes(this.chosen) ? this.chosen : names.at(-1);
    const buttons = names.map((name) => {
      const offered = button(name, "", () => {
        this.chosen = name;
        this.offer();
        this.choice.querySelector("[aria-pressed=true]").focus();
      });
      press(offered, name === shown);
      return offered;
    });
    this.choice.replaceChildren(...buttons);
    this.choice.hidden = names.length < 2;
    this.narrow.textContent = `@container (max-width: 45.99rem) { [data-n]:not([data-n="${names.indexOf(shown)}"]) { display: none; } }`;
  }

  group(network) {
    const head = element("th");
    head.dataset.n = this.data.networks.indexOf(network);
    head.colSpan = network.hops.length + 1;
    head.scope = "colgroup";
    head.append(element("span", network.name), element("small", `${network.answer}, ${network.percent}`));
    return head;
  }

  head({ kind, n, h, first, hop }) {
    const head = element("th", kind === "hop" ? `hop ${h + 1}` : "without it", kind);
    head.scope = "col";
    head.dataset.n = n;
    head.classList.toggle("first", first);
    if (kind === "hop") {
      head.tabIndex = -1;
      head.onclick = () => this.player.timeline.go(h);
      head.append(...hop.labels.map((label) => element("small", label.replace(" %", "\u00a0%"))));
      if (hop.gate < WIDE) head.append(shareBar("gate", hop.gate));
      head.title = hop.notes.join("; ");
    } else head.title = "How the answer’s probability changes without the sentence, in points of percent.";
    return head;
  }

  row(row, r) {
    const line = element("tr", "", row.state);
    const number = element("th", r + 1, "number");
    number.scope = "row";
    const text = element("td", "", "sentence");
    text.tabIndex = -1;
    const words = element("span", row.text);
    words.dir = "auto";
    text.append(words);
    if (row.fact) text.append(" ", badge("fact", row.fact, "A labelled fact: one needs it for the answer."));
    if (row.state)
      text.append(" ", badge(row.state, "", row.state === "edited" ? `Told: ${row.told}` : "Click to put it back."));
    line.append(number, text, ...this.columns.map((column) => this.cell(column, row, r)));
    return line;
  }

  cell(column, row, r) {
    const cell = element("td", "", column.kind);
    cell.tabIndex = -1;
    cell.dataset.n = column.n;
    cell.classList.toggle("first", column.first);
    if (row.state === "removed") return cell;
    if (column.kind === "hop") {
      const weight = column.hop.alpha[r];
      cell.textContent = weightText(weight);
      cell.style.setProperty("--weight", column.hop.through[r]); // what was used, not what was looked at
      if (column.hop.moved?.[r] >= 0.01) cell.append(shareBar("state", column.hop.moved[r]));
      if (weight < 0.005) cell.classList.add("little");
      if (column.hop.most === r) cell.classList.add("most");
      if (column.hop.glimpse === r) cell.classList.add("glimpse");
      if (column.hop.forced && column.hop.most === r) cell.classList.add("moved");
    } else if (column.network.falls) {
      const change = changeText(column.network.falls[r]);
      cell.append(element("span", change));
      for (const [kind, shares] of Object.entries({ looked: column.network.looked, needed: column.network.falls })) {
        if (shares[r] >= 0.01) cell.append(shareBar(kind, shares[r]));
      }
      if (change === "0") cell.classList.add("little");
    } else {
      const why = column.network.without;
      cell.textContent = why ? "–" : "…";
      if (why) cell.title = why;
    }
    return cell;
  }

  /** Veil the hops that have not come yet, and bring the sentence that the hop looked at most into view. */
  show(n, last) {
    const lines = [this.heads, ...this.body.children];
    const drawn = this.columns.map(({ kind, h }) => ({
      later: n < last && (kind !== "hop" || h > n),
      now: n < last && kind === "hop" && h === n,
    }));
    drawn.forEach(({ later, now }, c) => {
      if (this.drawn?.[c].later === later && this.drawn[c].now === now) return;
      lines.forEach((line, l) => {
        const cell = line.children[c + (l ? 2 : 1)];
        cell.classList.toggle("later", later);
        cell.classList.toggle("now", now);
      });
    });
    this.drawn = drawn;
    const first = this.columns.find((column) => column.kind === "hop" && column.h === n && column.hop.most !== null);
    if (n < last && first) this.reveal(first.hop.most);
  }

  /** Scroll the table, never the page. */
  reveal(r) {
    const line = this.body.children[r];
    const top = line.offsetTop - this.body.offsetTop;
    const bottom = top + line.offsetHeight;
    const room = this.box.clientHeight - this.body.offsetTop;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (bottom > this.box.scrollTop + room) this.box.scrollTop = bottom - room;
  }

  // --- what if -----------------------------------------------------------------------------------------------------

  /** The row and the column of a cell: column 0 is the sentence. */
  where(cell) {
    const line = cell?.closest("tr");
    return line ? [[...this.body.children].indexOf(line), Math.max(0, [...line.children].indexOf(cell) - 1)] : null;
  }

  act(event) {
    if (event.target.closest("form")) return;
    const cell = event.target.closest("td, th");
    if (cell) this.choose(cell);
  }

  choose(cell) {
    const [r, c] = this.where(cell);
    const row = this.data.rows[r];
    const column = this.columns[c - 1];
    this.stop([r, c], true);
    if (row.state === "removed") this.player.ask(request.again(r));
    else if (c === 0) this.edit(cell.closest("tr").children[1], r);
    else if (column.kind === "hop" && column.network.attention !== "none")
      this.player.ask(request.look(column.network.name, column.h, r));
  }

  edit(cell, r) {
    if (cell.querySelector("form")) return;
    this.body.querySelector("form")?.close();
    const form = this.editorTemplate.content.cloneNode(true).firstElementChild;
    const [field, words] = [form.querySelector("input"), cell.firstChild];
    const row = this.data.rows[r];
    field.value = row.text;
    form.close = () => {
      form.remove();
      words.hidden = false;
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (field.value.trim() === row.text) return form.querySelector(".cancel").click();
      this.player.ask(request.edit(r, field.value));
    };
    form.querySelector(".remove").onclick = () => this.player.ask(request.remove(r));
    form.querySelector(".cancel").onclick = () => {
      form.close();
      cell.focus();
    };
    words.hidden = true;
    cell.append(form);
    field.focus();
    field.select();
  }

  // --- the keyboard: one stop for the tab key, the arrows do the rest -------------------------------------------------

  key(event) {
    const form = event.target.closest("form");
    if (form) {
      event.stopPropagation();
      if (event.key === "Escape") form.querySelector(".cancel").click();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const place = this.where(event.target);
    if (!place) return;
    const [r, c] = place;
    const to = {
      ArrowUp: [r - 1, c],
      ArrowDown: [r + 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      PageUp: [r - 10, c],
      PageDown: [r + 10, c],
      Home: [r, 0],
      End: [r, this.columns.length],
    }[event.key];
    if (to) this.stop(to, true);
    else if (event.key === "Enter") this.choose(event.target);
    else if (event.key === "Delete" && this.data.rows[r].state !== "removed") this.player.ask(request.remove(r));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Make a cell the one stop, within bounds; `focus` puts the keyboard on it. */
  stop([r, c], focus) {
    r = clamp(r, this.data.rows.length - 1);
    c = clamp(c, this.columns.length);
    this.body.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    const cell = this.body.children[r].children[c + 1];
    cell.tabIndex = 0;
    this.current = [r, c];
    if (focus) cell.focus();
  }

  focused(target) {
    const place = target.matches("td") && this.where(target);
    if (place) this.stop(place, false);
  }

  /** What a cell says, on hovering. */
  explain(cell) {
    const place = this.where(cell);
    if (!place || cell.title || cell.querySelector("form")) return;
    const [r, c] = place;
    const column = this.columns[c - 1];
    if (this.data.rows[r].state === "removed") cell.title = "Click to put the sentence back.";
    else if (c === 0) cell.title = "Click to change or remove the sentence.";
    else if (column.kind === "without" && column.network.falls)
      cell.title = `Looked at ${percentage(column.network.looked[r])}; without it the answer’s probability changes by ${cell.textContent} points.`;
    else if (column.kind === "hop") {
      const { network, h, hop } = column;
      const weight = percentage(hop.alpha[r]);
      const look = [
        `${network.name}, hop ${h + 1}: ${network.normalised ? `${weight} of the look` : `gate open to ${weight}`}`,
        ...(hop.gate < WIDE ? [`${percentage(hop.through[r])} came through`] : []),
      ].join(", ") + ".";
      const moved = column.hop.forced && column.hop.most === r;
      const offer = moved ? "Click to let it look where it wants." : "Click to have it look here.";
      cell.title = column.network.attention === "none" ? look : `${look} ${offer}`;
    }
  }
}

function shareBar(kind, share) {
  const made = element("i", "", `bar ${kind}`);
  made.style.setProperty("--share", share);
  return made;
}

function badge(kind, number, title) {
  const made = element("b", number ? `${kind} ${number}` : kind, kind);
  made.title = title;
  return made;
}
