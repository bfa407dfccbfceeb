/** A number kept within 0 and `most`. */
export function clamp(value, most) {
  return Math.max(0, Math.min(most, value));
}
