// Where the candidates of a beam are drawn: a column a step, and in it a lane each.

/** The candidates of every step up to `last` that are drawn; of the step shown all, of the others what was not dropped. */
export function drawn(steps, last, shown) {
  return steps.slice(0, last + 1).map((candidates, step) =>
    candidates
      .map((candidate, place) => ({ ...candidate, step, place }))
      .filter(({ fate }) => fate !== "dropped" || step === shown),
  );
}

/** Which candidates lead to a sentence that ended, to the last step drawn, or are on the winner's way: "step:place". */
export function alive(steps, last, winner) {
  const found = new Set(winner.map((place, step) => `${step}:${place}`));
  const climb = (step, place) => {
    for (let t = step, at = place; t >= 0 && at !== null; at = steps[t][at].parent, t--) found.add(`${t}:${at}`);
  };
  steps.slice(0, last + 1).forEach((candidates, step) =>
    candidates.forEach(({ fate }, place) => {
      if (fate === "ended" || (fate === "kept" && step === last)) climb(step, place);
    }),
  );
  return found;
}

/** The lines from parents to their continuations, each as [step, lane of the parent, lane, whether the winner's]. */
export function lines(columns, winner) {
  return columns.flatMap((column, step) =>
    column.flatMap(({ parent, place }, lane) => {
      if (parent === null) return [];
      const from = columns[step - 1].findIndex((other) => other.place === parent);
      return [[step, from, lane, winner[step] === place && winner[step - 1] === parent]];
    }),
  );
}
