// How heat is drawn: shares of the brightest heat become pixels over a photo.

const FINE = 8; // pixels a cell along each side when smooth; the browser scales up from there

/** Draw shares (0..1, row by row) onto a canvas, and frames around cells. `look` says how: see the payload. */
function drawHeat(canvas, shares, look) {
  const [rows, columns] = look.grid;
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  if (!width || !shares.length) return;
  // Cell (r, c) covers exactly the photo's fraction [c / columns, (c + 1) / columns) x [r / rows, (r + 1) / rows).
  const across = (c) => Math.round((c * width) / columns);
  const down = (r) => Math.round((r * height) / rows);
  if (look.smooth) {
    pen.imageSmoothingQuality = "high";
    pen.drawImage(colour(enlarge(shares, rows, columns, FINE), columns * FINE, rows * FINE, look), 0, 0, width, height);
  } else {
    pen.imageSmoothingEnabled = false;
    const cells = colour(shares, columns, rows, look);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        pen.drawImage(cells, c, r, 1, 1, across(c), down(r), across(c + 1) - across(c), down(r + 1) - down(r));
  }
  if (look.confined) outline(pen, look.confined, rows, columns, across, down);
  if (look.glimpse) {
    const [r, c] = look.glimpse;
    const line = 2.5 * devicePixelRatio;
    const box = [across(c) + line, down(r) + line, across(c + 1) - across(c) - 2 * line, down(r + 1) - down(r) - 2 * line];
    for (const [shade, thick] of [["rgba(0, 0, 0, 0.75)", 3 * line], ["#fff", line]]) {
      pen.strokeStyle = shade;
      pen.lineWidth = thick;
      pen.strokeRect(...box);
    }
  }
}

/** A dashed line around cells, drawn along every side on which their neighbour is not one of them. */
function outline(pen, cells, rows, columns, across, down) {
  const inside = new Set(cells);
  const holds = (r, c) => r >= 0 && r < rows && c >= 0 && c < columns && inside.has(r * columns + c);
  const path = new Path2D();
  for (const cell of cells) {
    const [r, c] = [Math.floor(cell / columns), cell % columns];
    const [left, right, top, bottom] = [across(c), across(c + 1), down(r), down(r + 1)];
    const sides = [
      [holds(r - 1, c), left, top, right, top],
      [holds(r + 1, c), left, bottom, right, bottom],
      [holds(r, c - 1), left, top, left, bottom],
      [holds(r, c + 1), right, top, right, bottom],
    ];
    for (const [shared, ...line] of sides) {
      if (shared) continue;
      path.moveTo(line[0], line[1]);
      path.lineTo(line[2], line[3]);
    }
  }
  for (const [shade, thick, dash] of [["rgba(0, 0, 0, 0.6)", 4, []], ["#fff", 2, [7, 5]]]) {
    pen.strokeStyle = shade;
    pen.lineWidth = thick * devicePixelRatio;
    pen.setLineDash(dash.map((length) => length * devicePixelRatio));
    pen.stroke(path);
  }
  pen.setLineDash([]);
}

/** Shares -> a canvas of that many pixels. */
function colour(shares, width, height, look) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  const most = 255 * look.opacity;
  shares.forEach((share, n) => {
    const level = 3 * Math.floor(255 * share);
    image.data.set(look.ramp.slice(level, level + 3), 4 * n);
    image.data[4 * n + 3] = most * share ** look.fade;
  });
  pen.putImageData(image, 0, 0);
  return canvas;
}

/** The colours from none to most along a canvas of 256 x 1. */
function drawScale(canvas, ramp) {
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(256, 1);
  for (let n = 0; n < 256; n++) image.data.set([...ramp.slice(3 * n, 3 * n + 3), 255], 4 * n);
  pen.putImageData(image, 0, 0);
}

/** Bicubic (Catmull-Rom) interpolation between the cells' centres, `times` finer along each side, cut to 0..1. */
function enlarge(shares, rows, columns, times) {
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
        return [Math.max(0, Math.min(count - 1, cell)), kernel(at - cell)];
      });
    });
  const horizontal = parts(columns);
  const wide = Array.from({ length: rows }, (_, r) =>
    horizontal.map((near) => near.reduce((sum, [c, part]) => sum + part * shares[r * columns + c], 0)),
  );
  return parts(rows).flatMap((near) =>
    horizontal.map((_, x) => Math.max(0, Math.min(1, near.reduce((sum, [r, part]) => sum + part * wide[r][x], 0)))),
  );
}
