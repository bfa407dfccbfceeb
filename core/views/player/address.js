// What the address bar says of what is shown, so that a copied link reopens here.

/** What it says of `name`; null where it says nothing. */
export function addressed(name) {
  return new URL(location.href).searchParams.get(name);
}

/** Have it say `value` of `name`, or with null nothing, without an entry in the browser's history. */
export function address(name, value) {
  const now = new URL(location.href);
  if (value === null) now.searchParams.delete(name);
  else now.searchParams.set(name, value);
  if (now.href !== location.href) history.replaceState(history.state, "", now);
}
