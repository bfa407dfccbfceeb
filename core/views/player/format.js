// Numbers as they are written in the table and read out.

/** A weight (0..1) in percent for a narrow cell: "62", "<1" where something is left of it, or "0". */
export function weightText(weight) {
  return weight >= 0.0005 && weight < 0.005 ? "<1" : String(Math.round(100 * weight));
}

/** A weight (0..1) in a sentence: "62 %", "under 1 %". */
export function percentage(weight) {
  return weight >= 0.0005 && weight < 0.01 ? "under 1 %" : `${Math.round(100 * weight)} %`;
}

/** How a probability changes that falls by `fall` (-1..1), in points: "−88", "+3", "0". */
export function changeText(fall) {
  const points = Math.round(100 * fall);
  return points > 0 ? `−${points}` : points ? `+${-points}` : "0";
}

/** A share (0..1) as `core.views.figures.percent` writes it: "42 %", "3.1 %", "under 0.1 %". */
export function percent(share) {
  const hundred = 100 * share;
  return share >= 0.0995 ? `${hundred.toFixed(0)} %` : share >= 0.001 ? `${hundred.toFixed(1)} %` : "under 0.1 %";
}
