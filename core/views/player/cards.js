// One network's answer: what it says, how sure it is, what else it might say, and where the hop shown looked.

import { bar, element, fill } from "./dom.js";

export class Card {
  constructor(element) {
    const find = (selector) => element.querySelector(selector);
    this.element = element;
    this.name = find(".name");
    this.about = find(".about");
    this.answer = find(".answer strong");
    this.percent = find(".percent");
    this.certainty = find(".certainty");
    this.verdict = find(".verdict");
    this.was = find(".was");
    this.bars = find(".bars");
    this.look = find(".look");
    this.remarks = find(".remarks");
    this.notes = find(".notes");
  }

  load(data) {
    this.data = data;
    this.name.textContent = data.name;
    this.about.textContent = data.about;
    this.element.classList.toggle("failed", !!data.error);
    this.element.classList.toggle("turned", !!data.turned);
    this.element.classList.toggle("guess", !!data.guess);
    const untold = data.told === false;
    this.element.classList.toggle("untold", untold);
    this.answer.textContent = data.error ? "no answer" : untold ? "The story does not tell" : data.answer;
    this.percent.textContent = untold ? (data.answer && `it would guess: ${data.answer}`) : (data.percent ?? "");
    this.certainty.textContent = data.certainty ?? "";
    fill(this.verdict, data.verdict);
    this.verdict.classList.toggle("right", data.verdict === "right");
    fill(this.was, data.was && `before: ${data.was}`);
    this.bars.replaceChildren(...(data.candidates ?? []).map(bar));
    fill(this.remarks, (data.remarks ?? []).join(" "));
    this.notes.replaceChildren(
      ...[data.error, ...(data.notes ?? [])].filter(Boolean).map((text) => element("li", text)),
    );
  }

  /** Show hop n; the answer is not given before the last one. */
  show(n, last, rows) {
    const hop = this.data.hops[n];
    const thinking = n < last && !this.data.error;
    this.element.classList.toggle("thinking", thinking);
    const sentence = typeof hop?.most === "number" ? ` “${rows[hop.most].text}”` : "";
    fill(this.look, thinking ? (hop ? `Hop ${n + 1} ${hop.look}.${sentence}` : "It has stopped looking.") : "");
  }
}
