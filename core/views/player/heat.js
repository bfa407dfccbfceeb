// How heat is drawn: shares of the brightest heat become pixels over a photo. The colours are `core.views.figures`'s.

import { lines, outline } from "./cells.js";
import { clamp } from "./numbers.js";

const FINE = 8; // pixels a cell along each side when smooth; the browser scales up from there

/**
 * Draw shares (0..1, row by row) onto a canvas, and frames around cells.
 * `look` is the payload's heat (ramp, opacity, fade) with the grid (rows, columns), whether it is smooth, the cell
 * [row, column] of the glimpse and the numbers of the cells to which the look was confined.
 */
export function drawHeat(canvas, shares, look) {
  const [rows, columns] = look.grid;
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  if (!width || !shares.length) return;
  const [across, down] = [lines(columns, width), lines(rows, height)];
  if (look.smooth) {
    const fine = enlarge(shares, rows, columns, FINE);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture(rgba(fine, look), columns * FINE, rows * FINE), 0, 0, width, height);
  } else {
    const cells = picture(rgba(shares, look), columns, rows);
    pen.imageSmoothingEnabled = false;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        pen.drawImage(cells, c, r, 1, 1, across(c), down(r), across(c + 1) - across(c), down(r + 1) - down(r));
  }
  if (look.confined) drawOutline(pen, outline(look.confined, look.grid), across, down);
  if (look.glimpse) {
    const [r, c] = look.glimpse;
    const line = 2.5 * devicePixelRatio;
    const size = [across(c + 1) - across(c) - 2 * line, down(r + 1) - down(r) - 2 * line];
    for (const [shade, thick] of [
      ["rgba(0, 0, 0, 0.75)", 3 * line],
      ["#fff", line],
    ]) {
      pen.strokeStyle = shade;
      pen.lineWidth = thick;
      pen.strokeRect(across(c) + line, down(r) + line, ...size);
    }
  }
}

/** A dashed line along sides of cells. */
function drawOutline(pen, sides, across, down) {
  const path = new Path2D();
  for (const [r, c, toRow, toColumn] of sides) {
    path.moveTo(across(c), down(r));
    path.lineTo(across(toColumn), down(toRow));
  }
  for (const [shade, thick, dash] of [
    ["rgba(0, 0, 0, 0.6)", 4, []],
    ["#fff", 2, [7, 5]],
  ]) {
    pen.strokeStyle = shade;
    pen.lineWidth = thick * devicePixelRatio;
    pen.setLineDash(dash.map((length) => length * devicePixelRatio));
    pen.stroke(path);
  }
  pen.setLineDash([]);
}

/** The colours from none to most along a canvas of 256 x 1. */
export function drawScale(canvas, ramp) {
  drawRow(canvas, [...Array(256).keys()], ramp);
}

/** Levels (0..255) of the ramp side by side, a pixel each. */
export function drawRow(canvas, levels, ramp) {
  Object.assign(canvas, { width: levels.length, height: 1 });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(levels.length, 1);
  levels.forEach((level, n) => image.data.set([...ramp.slice(3 * level, 3 * level + 3), 255], 4 * n));
  pen.putImageData(image, 0, 0);
}

function picture(data, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/** Weights -> shares of the brightest heat, which stands for the weight `full`. */
export function sharesOf(alpha, full) {
  return alpha.map((weight) => weight / full);
}

/** Shares (0..1) -> four bytes each: the ramp's colour, and less opaque the smaller the share. */
export function rgba(shares, { ramp, opacity, fade }) {
  const bytes = new Uint8ClampedArray(4 * shares.length);
  shares.forEach((share, n) => {
    const level = 3 * Math.floor(255 * share);
    for (let k = 0; k < 3; k++) bytes[4 * n + k] = ramp[level + k];
    bytes[4 * n + 3] = 255 * opacity * share ** fade;
  });
  return bytes;
}

/** Bicubic (Catmull-Rom) interpolation between the cells' centres, `times` finer along each side, cut to 0..1. */
export function enlarge(shares, rows, columns, times) {
  const kernel = (x) => {
    const d = Math.abs(x);
    return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  };
  // Where each fine pixel's centre lies between the cells' centres, and the four neighbours' parts in it.
  const parts = (count) =>
    Array.from({ length: count * times }, (_, n) => {
      const at = (n + 0.5) / times - 0.5;
      return [-1, 0, 1, 2].map((by) => {
        const cell = Math.floor(at) + by;
        return [clamp(cell, count - 1), kernel(at - cell)];
      });
    });
  const weigh = (near, value) => near.reduce((sum, [cell, part]) => sum + part * value(cell), 0);
  const horizontal = parts(columns);
  const wide = Array.from({ length: rows }, (_, r) =>
    horizontal.map((near) => weigh(near, (c) => shares[r * columns + c])),
  );
  const tall = parts(rows).flatMap((near) => horizontal.map((_, x) => weigh(near, (r) => wide[r][x])));
  return tall.map((share) => clamp(share, 1));
}
