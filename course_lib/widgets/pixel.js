// Lab of the chapter on 1x1 convolutions: one pixel's channels, weighed and added up.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { ARROWS, clamp, lab, make, panel, settings, show, slider, status, table, toggle, vector } from "./kit.js";

const SIDE = 8;
const [FIRST, LAST] = [2, 5]; // rows and columns of the light square
const MOST = 2;
const CHANNELS = ["rising", "falling", "light"];
const TITLES = ["Rising edges", "Falling edges", "Light"];
const real = (start) => ({ start, low: -MOST, high: MOST, real: true });
const place = (start) => ({ start, low: 0, high: SIDE - 1 });
const RULES = {
  rising: real(1), falling: real(0), light: real(0), bias: real(0), relu: { start: true, choices: [true, false] },
  row: place(3), column: place(2),
};

const EVERY = Array.from({ length: SIDE * SIDE }, (_, i) => [Math.floor(i / SIDE), i % SIDE]);
const inside = (at) => at >= FIRST && at <= LAST;

// The three channels of each pixel, row by row: a light square on a dark ground.
export const maps = () => EVERY.map(([row, column]) => {
  const light = inside(row) && inside(column);
  return [light && column === FIRST, light && column === LAST, light].map(Number);
});

// What one filter makes of the channels of a pixel (Lin et al. 2014, section 3.1).
export function answer({ rising, falling, light, bias, relu }, values) {
  const products = [rising, falling, light].map((weight, i) => weight * values[i]);
  const sum = products.reduce((total, product) => total + product, bias);
  return { products, sum, out: relu ? Math.max(sum, 0) : sum };
}

// The map that comes out, row by row.
export const output = (state) => maps().map((values) => answer(state, values).out);

// Orange above zero, blue below, on a dark ground.
export function colour(share) {
  const end = share < 0 ? [86, 160, 255] : [255, 176, 0];
  return `rgb(${end.map((high) => Math.round(16 + Math.abs(share) * (high - 16))).join(", ")})`;
}

const COME_IN = maps();

// A map that can be drawn again: the drawing, and a function of its numbers and the framed pixel.
function grid() {
  const cells = EVERY.map(([row, column]) => vector("rect", { x: column, y: row, width: 1.02, height: 1.02 }));
  const frames = [["#000", 0.24], ["#ff5cc8", 0.12]].map(([stroke, wide]) =>
    vector("rect", { width: 1, height: 1, fill: "none", stroke, "stroke-width": wide }));
  const drawing = vector("svg", { class: "pixel-map", viewBox: `-0.12 -0.12 ${SIDE + 0.24} ${SIDE + 0.24}`, role: "img" }, ...cells, ...frames);
  const draw = (numbers, row, column) => {
    const top = Math.max(1e-9, ...numbers.map(Math.abs));
    cells.forEach((cell, i) => cell.setAttribute("fill", colour(numbers[i] / top)));
    for (const frame of frames) {
      frame.setAttribute("x", column);
      frame.setAttribute("y", row);
    }
  };
  return [drawing, draw];
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const change = (name, value) => {
    put(name, value);
    draw();
  };
  const moveTo = (row, column) => {
    put("row", clamp(row, 0, SIDE - 1));
    put("column", clamp(column, 0, SIDE - 1));
    draw();
  };

  const sliders = [...CHANNELS, "bias"].map((name, i) => slider(
    i < 3 ? `Weight of ${TITLES[i].toLowerCase()}` : "Bias", { low: -MOST, high: MOST, step: 0.25 },
    state[name], show, (value) => change(name, value))[0]);
  const [switched] = toggle("ReLU", state.relu, (on) => change("relu", on));

  const grids = [...TITLES, "out"].map(grid);
  const [out] = grids[3];
  for (const [name, value] of [["tabindex", "0"], ["role", "application"]]) out.setAttribute(name, value);
  out.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(state.row + step[1], state.column + step[0]);
  });
  for (const [drawing] of grids) {
    drawing.addEventListener("pointerdown", (event) => {
      const box = drawing.getBoundingClientRect();
      const at = (point, from, length) => Math.floor(((point - from) / length) * SIDE);
      moveTo(at(event.clientY, box.top, box.height), at(event.clientX, box.left, box.width));
    });
  }

  const said = status();
  const products = make("div");
  const numbers = make("div");
  const inputs = make("div", { class: "pixel-inputs" }, ...TITLES.map((title, i) => panel(title, grids[i][0])));
  el.replaceChildren(lab("one pixel through a 1x1 convolution",
    make("div", { class: "lab-controls" }, ...sliders, switched),
    make("div", { class: "lab-panels" },
      make("div", { class: "lab-panel" }, inputs, products),
      panel("The map that comes out: orange above zero, blue below", out, said,
        make("details", {}, make("summary", {}, "The map as numbers"), numbers)))));

  function draw() {
    const { row, column } = state;
    const values = COME_IN[row * SIDE + column];
    const { products: found, sum, out: result } = answer(state, values);
    const map = output(state);
    TITLES.forEach((title, i) => {
      grids[i][1](COME_IN.map((pixel) => pixel[i]), row, column);
      grids[i][0].setAttribute("aria-label", `${title}: ${values[i]} at row ${row + 1}, column ${column + 1}.`);
    });
    grids[3][1](map, row, column);
    out.setAttribute("aria-label", `Map that comes out, ${SIDE} by ${SIDE}. Arrow keys choose a pixel.`);
    products.replaceChildren(table("The products at the framed pixel", ["Channel", "Value", "Weight", "Product"],
      [...TITLES.map((title, i) => [title, show(values[i]), show(state[CHANNELS[i]]), show(found[i])]),
        ["Bias", "1", show(state.bias), show(state.bias)]]));
    const lit = map.filter((number) => number > 0).length;
    said.textContent = `Row ${row + 1}, column ${column + 1}: the products add up to ${show(sum)}${state.relu ? `, after ReLU ${show(result)}` : ""}. `
      + `${lit} of ${SIDE * SIDE} pixels are above zero.`;
    numbers.replaceChildren(table("The map that comes out", ["Row", ...Array.from({ length: SIDE }, (_, i) => `${i + 1}`)],
      Array.from({ length: SIDE }, (_, i) => [`${i + 1}`, ...map.slice(i * SIDE, (i + 1) * SIDE).map((number) => show(number))])));
  }
  draw();
}

export default { render };
