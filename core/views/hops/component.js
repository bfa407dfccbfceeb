// Plays the hops of several networks over one story, in lockstep and in the browser. The server hears of a question
// that is chosen and of a what-if.

const BEAT = 1400; // milliseconds a hop while playing

const mounted = new WeakMap(); // one a mounted component: Streamlit calls the function below at every change

export default function ({ data, parentElement, setTriggerValue }) {
  if (!mounted.has(parentElement)) mounted.set(parentElement, new Hops(parentElement));
  const hops = mounted.get(parentElement);
  hops.send = (what) => setTriggerValue("wish", what);
  hops.wait(false);
  hops.load(data);
  return () => {
    hops.close();
    mounted.delete(parentElement);
  };
}

class Hops {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.box = find(".hops");
    this.questions = find(".questions");
    this.asked = find(".asked");
    this.deck = find(".cards");
    this.cardTemplate = find(".card-template");
    this.playButton = find(".play");
    this.place = find(".place");
    this.undoing = find(".undoing");
    this.undoButton = find(".undo");
    this.resetButton = find(".reset");
    this.spoken = find(".spoken");
    this.progress = find(".progress");
    this.keyGlimpse = find(".key-glimpse");
    this.keyMoved = find(".key-moved");
    this.keyFact = find(".key-fact");
    this.table = new Table(root, this);
    this.cards = [];
    find(".previous").onclick = () => this.go(this.step - 1);
    find(".next").onclick = () => this.go(this.step + 1);
    this.playButton.onclick = () => (this.timer ? this.pause() : this.play());
    this.undoButton.onclick = () => this.ask({ kind: "undo" });
    this.resetButton.onclick = () => this.ask({ kind: "reset" });
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onkey);
  }

  load(data) {
    const text = JSON.stringify({ ...data, turn: 0, step: 0 });
    const same = this.data?.id === data.id;
    if (this.text === text) return this.link();
    const focused = this.table.body.contains(this.root.activeElement);
    const scrolled = same ? this.table.box.scrollTop : null;
    [this.data, this.text] = [data, text];
    this.pause();
    this.last = Math.max(0, ...data.networks.map(({ hops }) => hops.length)); // the step at which the answer is given
    this.listQuestions();
    this.asked.textContent = data.questions[data.current].text;
    while (this.cards.length > data.networks.length) this.cards.pop().element.remove();
    while (this.cards.length < data.networks.length) {
      const section = this.cardTemplate.content.cloneNode(true).firstElementChild;
      this.deck.append(section);
      this.cards.push(new Card(section));
    }
    this.cards.forEach((card, n) => card.load(data.networks[n]));
    this.table.drawn = null;
    this.table.load(data);
    if (scrolled !== null) this.table.box.scrollTop = scrolled;
    const hops = data.networks.flatMap((network) => network.hops);
    this.undoing.hidden = !data.undoable && !data.changed;
    this.undoButton.hidden = !data.undoable;
    this.resetButton.hidden = !data.changed;
    this.keyGlimpse.hidden = !hops.some(({ glimpse }) => glimpse !== null);
    this.keyMoved.hidden = !hops.some(({ forced }) => forced);
    this.keyFact.hidden = !data.rows.some(({ fact }) => fact);
    this.go(same && this.step !== undefined ? this.step : (data.step ?? this.last));
    if (focused) this.table.stop(this.table.current, true);
  }

  listQuestions() {
    const { questions, current } = this.data;
    this.questions.hidden = questions.length < 2;
    this.asked.hidden = questions.length > 1;
    if (this.questions.hidden) return this.questions.replaceChildren();
    const buttons = questions.map(({ text, answers }, n) => {
      const button = element("button", "");
      button.type = "button";
      button.className = "question";
      button.setAttribute("aria-pressed", String(n === current));
      const asked = element("span", text);
      asked.dir = "auto";
      const given = element("small", "");
      answers.forEach(([name, answer], a) => {
        const said = element("span", "");
        said.append(element("i", name), ` ${answer}${a < answers.length - 1 ? " · " : ""}`);
        given.append(said);
      });
      button.append(asked, given);
      button.onclick = () => n === this.data.current || this.ask({ kind: "question", question: n });
      return button;
    });
    const focused = this.questions.contains(this.root.activeElement);
    this.questions.replaceChildren(...buttons);
    if (focused) buttons[current].focus();
  }

  // --- the hop shown: 0, 1, ...; after the last one the answer -------------------------------------------------------

  go(n) {
    this.step = Math.max(0, Math.min(this.last, n));
    this.show();
    this.link();
    if (this.timer && this.step === this.last) this.pause();
  }

  show() {
    const [n, last] = [this.step, this.last];
    this.cards.forEach((card) => card.show(n, last, this.data.rows));
    this.box.classList.toggle("before-answer", n < last);
    this.table.show(n, last);
    this.place.textContent = !last ? "" : n === last ? "the answer" : `hop ${n + 1} of ${last}`;
    this.spoken.textContent = this.data.networks
      .map(({ name, hops, answer, percent, error }) => {
        if (error) return `${name}: ${error}`;
        return n === last ? `${name} answers ${answer}, ${percent}.` : `${name} ${hops[n]?.look ?? "has stopped looking"}.`;
      })
      .join(" ");
  }

  play() {
    if (!this.last) return;
    if (this.step === this.last) this.go(0);
    this.playButton.setAttribute("aria-pressed", "true");
    this.playButton.setAttribute("aria-label", "Pause");
    this.timer = setInterval(() => this.go(this.step + 1), BEAT);
  }

  pause() {
    this.playButton.setAttribute("aria-pressed", "false");
    this.playButton.setAttribute("aria-label", "Play the hops");
    clearInterval(this.timer);
    this.timer = null;
  }

  key(event) {
    const inside = event.composedPath().includes(this.box);
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.altKey || event.metaKey || target.tagName === "INPUT") return;
    if (!inside && document.activeElement !== document.body) return; // another control has the keyboard
    const moves = { ArrowLeft: () => this.go(this.step - 1), ArrowRight: () => this.go(this.step + 1) };
    if (target.tagName !== "BUTTON") moves[" "] = () => this.playButton.click();
    if (!this.last || !moves[event.key]) return;
    event.preventDefault();
    if (event.key !== " ") this.pause();
    moves[event.key]();
  }

  /** The address bar names the hop, so that a copied link reopens here. */
  link() {
    const address = new URL(location.href);
    if (this.step === this.last) address.searchParams.delete("hop");
    else address.searchParams.set("hop", this.step + 1);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  // --- what the server is asked ------------------------------------------------------------------------------------

  ask(what) {
    if (this.waiting) return;
    this.pause();
    this.wait(true);
    this.send({ id: this.data.id, ...what });
  }

  wait(waiting) {
    this.waiting = waiting;
    this.progress.hidden = !waiting;
    this.box.setAttribute("aria-busy", String(waiting));
  }
}
