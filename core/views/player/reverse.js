// The look in reverse: a place on the photo, and which words looked there.

import { percent } from "./format.js";

const NAMED = 4; // words that are named

/** How much of each look lies on these cells: a weight (0..1) a step. */
export function weightsOn(cells, steps) {
  return steps.map(({ alpha }) => cells.reduce((sum, cell) => sum + alpha[cell], 0));
}

/** The weights as shares of the largest, or of twice an even look's where nothing looked there more. */
export function levels(weights, even) {
  const full = Math.max(2 * even, ...weights);
  return weights.map((weight) => weight / full);
}

/** In a sentence: the words that looked there more than an even look (0..1) does, most first. */
export function describe(weights, steps, even) {
  const more = weights
    .map((weight, n) => ({ weight, word: steps[n].word }))
    .filter(({ weight }) => weight > even)
    .sort((one, other) => other.weight - one.weight);
  const compared = `an even look: ${percent(even)}`;
  if (!more.length) return `No word looked here more than an even look does (${percent(even)}).`;
  const named = more.slice(0, NAMED).map(({ word, weight }) => `${word} ${percent(weight)}`);
  const left = more.length - named.length;
  return `Looked here: ${named.join(", ")}${left ? ` and ${left} more` : ""} (${compared}).`;
}
