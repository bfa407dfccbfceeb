// Elements. What they say comes from models and viewers, so it is set as text and never as markup.

export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

export function button(text, className, onclick) {
  const made = element("button", text, className);
  made.type = "button";
  made.onclick = onclick;
  return made;
}

export function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}

/** Say a text, or hide the place where there is none. */
export function fill(place, text) {
  place.textContent = text || "";
  place.hidden = !text;
}

/** A name with its share of a whole as a bar and in words; the tick is where the share was before. */
export function bar([text, share, percent, before = null]) {
  const row = element("li");
  const name = element("span", text);
  name.dir = "auto";
  const line = element("i");
  line.style.setProperty("--share", share);
  if (before !== null) {
    const tick = element("b");
    tick.style.setProperty("--share", before);
    line.append(tick);
  }
  row.append(name, line, element("span", percent));
  return row;
}
