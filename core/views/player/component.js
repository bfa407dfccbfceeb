/** The function that Streamlit calls at every change: one object for each mounted component, made in its root. */
export function component(make) {
  const mounted = new WeakMap();
  return ({ parentElement, ...change }) => {
    if (!mounted.has(parentElement)) mounted.set(parentElement, make(parentElement));
    const shown = mounted.get(parentElement);
    shown.update(change);
    return () => {
      shown.close();
      mounted.delete(parentElement);
    };
  };
}
