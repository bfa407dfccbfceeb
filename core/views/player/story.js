// The hops of several networks over one story, played together. The server hears of a question that is chosen and of
// a what-if.

import { address } from "./address.js";
import { Card } from "./cards.js";
import { component } from "./component.js";
import { button, element, press } from "./dom.js";
import { Player } from "./player.js";
import { request } from "./requests.js";
import { StoryHeads } from "./story_heads.js";
import { Table, WIDE } from "./table.js";

export class Hops {
  static settings = { beat: 1400, trigger: "wish" };

  constructor(root, player) {
    const find = (selector) => root.querySelector(selector);
    this.player = player;
    this.questions = find(".questions");
    this.asked = find(".asked");
    this.deck = find(".cards");
    this.cardTemplate = find(".card-template");
    this.undoing = find(".undoing");
    this.undoButton = find(".undo");
    this.resetButton = find(".reset");
    this.keyGlimpse = find(".key-glimpse");
    this.keyMoved = find(".key-moved");
    this.keyFact = find(".key-fact");
    this.keyGate = find(".key-gate");
    this.keyState = find(".key-state");
    this.weights = find(".weights");
    this.table = new Table(root, player);
    this.heads = new StoryHeads(find(".by-head"), () => this.draw());
    this.cards = [];
    this.undoButton.onclick = () => player.ask(request.undo());
    this.resetButton.onclick = () => player.ask(request.reset());
  }

  differs(data) {
    return this.text !== whatIsShown(data);
  }

  load(data) {
    const { root, timeline } = this.player;
    const same = this.data?.id === data.id;
    const focused = this.table.body.contains(root.activeElement);
    [this.data, this.text] = [data, whatIsShown(data)];
    const most = Math.max(0, ...data.networks.map(({ hops }) => hops.length));
    timeline.load(most + 1, same ? timeline.index : (data.step ?? most)); // the last place is the answer
    this.listQuestions();
    this.asked.textContent = data.questions[data.current].text;
    while (this.cards.length > data.networks.length) this.cards.pop().element.remove();
    while (this.cards.length < data.networks.length) {
      const section = this.cardTemplate.content.cloneNode(true).firstElementChild;
      this.deck.append(section);
      this.cards.push(new Card(section));
    }
    this.heads.load(data.networks);
    this.undoing.hidden = !data.undoable && !data.changed;
    this.undoButton.hidden = !data.undoable;
    this.resetButton.hidden = !data.changed;
    const said = data.networks.filter(({ weights }) => weights);
    this.weights.replaceChildren(...said.map(({ name, weights }) => element("li", `${name}: ${weights}`)));
    this.keyFact.hidden = !data.rows.some(({ fact }) => fact);
    this.draw();
    if (focused) this.table.stop(this.table.current, true);
  }

  /** Cards and table, of the heads that are chosen. */
  draw() {
    const { scrollTop } = this.table.box;
    this.shown = this.data.networks.map((network) => this.heads.of(network));
    this.cards.forEach((card, n) => card.load(this.shown[n]));
    this.table.load({ ...this.data, networks: this.shown });
    this.table.box.scrollTop = scrollTop;
    const hops = this.shown.flatMap((network) => network.hops);
    this.keyGlimpse.hidden = !hops.some(({ glimpse }) => glimpse !== null);
    this.keyMoved.hidden = !hops.some(({ forced }) => forced);
    this.keyGate.hidden = !hops.some(({ gate }) => gate < WIDE);
    this.keyState.hidden = !hops.some(({ moved }) => moved);
    this.show();
  }

  listQuestions() {
    const { questions, current } = this.data;
    this.questions.hidden = questions.length < 2;
    this.asked.hidden = questions.length > 1;
    if (this.questions.hidden) return this.questions.replaceChildren();
    const buttons = questions.map(({ text, answers }, n) => {
      const asking = () => n === this.data.current || this.player.ask(request.question(n));
      const question = button("", "question", asking);
      press(question, n === current);
      const asked = element("span", text);
      asked.dir = "auto";
      const given = element("small");
      answers.forEach(([name, answer], a) => {
        const said = element("span");
        said.append(element("i", name), ` ${answer}${a < answers.length - 1 ? " · " : ""}`);
        given.append(said);
      });
      question.append(asked, given);
      return question;
    });
    const focused = this.questions.contains(this.player.root.activeElement);
    this.questions.replaceChildren(...buttons);
    if (focused) buttons[current].focus();
  }

  // --- the hop shown: 0, 1, ...; after the last one the answer -------------------------------------------------------

  moved() {
    this.show();
    this.refresh();
  }

  show() {
    const { box, place, spoken, timeline } = this.player;
    const { index: n, last } = timeline;
    this.cards.forEach((card) => card.show(n, last, this.data.rows));
    box.classList.toggle("before-answer", n < last);
    this.table.show(n, last);
    place.textContent = !last ? "" : n === last ? "the answer" : `hop ${n + 1} of ${last}`;
    const said = this.shown.map(({ name, hops, answer, percent, error, told }) => {
      if (error) return `${name}: ${error}`;
      if (n === last && told === false) {
        return answer
          ? `${name}: the story does not tell; it would guess ${answer}.`
          : `${name}: the story does not tell.`;
      }
      if (n === last) return `${name} answers ${answer}, ${percent}.`;
      return `${name} ${hops[n]?.look ?? "has stopped looking"}.`;
    });
    spoken.textContent = said.join(" ");
  }

  /** Streamlit may have written the address anew. */
  refresh() {
    const { index, last } = this.player.timeline;
    address("hop", index === last ? null : index + 1);
  }

  get playable() {
    return this.player.timeline.last > 0;
  }
}

/** All that a payload shows, as a text; how often it was sent, and where to begin, are no part of that. */
function whatIsShown(data) {
  return JSON.stringify({ ...data, turn: 0, step: 0 });
}

export default component((root) => new Player(root, Hops));
