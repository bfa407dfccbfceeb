// The photo in pieces, a cell each: cut, and mixed by weights; and a glimpse's numbers as a row of colours.

import { drawRow } from "../player/heat.js";
import { clamp } from "../player/numbers.js";

export const CELL = 28; // pixels along each side of a cell of the squashed photo, from which patches are mixed

/** Base64 of 16-bit whole numbers -> floats, the largest of them `largest`. */
export function numbers(text, largest) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Float32Array.from(new Int16Array(bytes.buffer), (whole) => (whole * largest) / 32767);
}

/** The pixels of every cell of a photo. */
export function cut(picture, [rows, columns]) {
  const canvas = new OffscreenCanvas(columns * CELL, rows * CELL);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const cell = (_, n) => pen.getImageData((n % columns) * CELL, Math.floor(n / columns) * CELL, CELL, CELL).data;
  return Array.from({ length: rows * columns }, cell);
}

export function mix(patches, alpha) {
  const sums = new Float32Array(CELL * CELL * 4);
  alpha.forEach((a, n) => {
    if (a > 1e-7) for (let k = 0; k < sums.length; k++) sums[k] += a * patches[n][k];
  });
  const image = new ImageData(CELL, CELL);
  image.data.set(sums.map(Math.round));
  return image;
}

/** Numbers side by side, the larger the brighter. */
export function drawCode(canvas, sum, ramp) {
  const most = 2.2; // the values are normalised: most lie within
  const levels = Array.from(sum, (x) => Math.round(255 * clamp(0.5 + x / (2 * most), 1)));
  drawRow(canvas, levels, ramp);
}
