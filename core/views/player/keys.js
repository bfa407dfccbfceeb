// The keyboard: arrows step and the space bar plays wherever on the page the viewer has clicked. What somebody has come
// to by the tab key keeps the keys that it acts on itself.

const KEYS = { ArrowLeft: "previous", ArrowRight: "next", " ": "play" };

// Controls that every key belongs to, those that only the arrows do; and where the tab key has led to one, those that
// arrows go about in, and those that the space bar presses.
const TYPED =
  "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable], " +
  "[role=application], [role=combobox], [role=listbox], [role=menu], [role=spinbutton]";
const SLID = "[type=range], [role=slider], [role=grid], [data-arrows]";
const WALKED = "[role=radiogroup], [role=tablist], [type=radio]";
const PRESSED = "button, summary, [type=checkbox], [type=file], [role=button], [role=radio], [role=switch], [role=tab]";

/**
 * What a key pressed anywhere on the page asks the player for: "previous", "next", "play", or what
 * `more(target, inside)` offers there beyond these, by key. Null where the key belongs to another control.
 *
 * @param tabbed whether the keyboard has come where it is by the tab key
 */
export function command(event, box, tabbed, more) {
  const path = event.composedPath();
  const among = (selector) => path.some((element) => element.matches?.(selector));
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || among(TYPED)) return null;
  const own = more(path[0], path.includes(box))[event.key];
  if (own) return own;
  const theirs = event.key === " " ? tabbed && among(PRESSED) : among(SLID) || (tabbed && among(WALKED));
  return theirs ? null : (KEYS[event.key] ?? null);
}

/**
 * Listen until the function that comes back is called. `run(asked, target)` does what {@link command} says, and tells
 * whether it could: then the key is no one else's, neither when it goes down nor when it comes up.
 */
export function listen(box, more, run) {
  let [tabbed, taken] = [false, null];
  const keep = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const handlers = {
    pointerdown: () => (tabbed = false),
    keydown: (event) => {
      if (event.key === "Tab") tabbed = true;
      const asked = command(event, box, tabbed, more);
      taken = asked && run(asked, event.composedPath()[0]) ? event.key : null;
      if (taken) keep(event);
    },
    keyup: (event) => event.key === taken && keep(event),
  };
  // Before all others: a button that was clicked would be pressed again by the space bar.
  for (const [name, handler] of Object.entries(handlers)) document.addEventListener(name, handler, true);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) document.removeEventListener(name, handler, true);
  };
}
