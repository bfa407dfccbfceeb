// The keyboard.

const STEPS = { ArrowLeft: "previous", ArrowRight: "next" };

/**
 * What a key pressed anywhere on the page asks the player for: "previous", "next", or what `more(target, inside)`
 * offers there beyond these, by key. Nothing where the key belongs to another control.
 */
export function command(event, box, focused, more) {
  const path = event.composedPath();
  const [target, inside] = [path[0], path.includes(box)];
  if (event.ctrlKey || event.altKey || event.metaKey || target.tagName === "INPUT") return null;
  if (!inside && focused?.tagName !== "BODY") return null;
  return { ...STEPS, ...more(target, inside) }[event.key] ?? null;
}
