// Lab of the LeNet chapter: move a 5x5 kernel over a picture and see each product and their sum.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { ARROWS, clamp, lab, make, panel, select, settings, show, status } from "./kit.js";

const SIDE = 5; // of the kernel, pixels

export const KERNELS = {
  "vertical edges": Array.from({ length: 25 }, (_, i) => [-1, -1, 0, 1, 1][i % SIDE]),
  "horizontal edges": Array.from({ length: 25 }, (_, i) => [-1, -1, 0, 1, 1][Math.floor(i / SIDE)]),
  outline: Array.from({ length: 25 }, (_, i) => (i === 12 ? 24 : -1)),
  blur: Array(25).fill(0.04),
  identity: Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0)),
};
const RULES = {
  size: { start: 28, low: 28, high: 64 },
  pictures: { start: {} },
  kernel: { start: KERNELS["vertical edges"] },
  stride: { start: 1, choices: [1, 2, 3] },
  padding: { start: 0, choices: [0, 1, 2] },
};

// Pixels are hexadecimal digits, row after row: 0 is black, f is white.
export const decode = (text) => [...text].map((digit) => parseInt(digit, 16) / 15);

// Number of outputs along one axis; none where the kernel is larger than the padded picture.
export const outputs = (size, stride, padding) =>
  Math.max(0, Math.floor((size + 2 * padding - SIDE) / stride) + 1);

// The 25 pixels under the kernel for output (row, column); zeros outside the picture.
export function windowAt(pixels, size, { row, column, stride, padding }) {
  return Array.from({ length: 25 }, (_, i) => {
    const y = row * stride - padding + Math.floor(i / SIDE);
    const x = column * stride - padding + (i % SIDE);
    return y >= 0 && y < size && x >= 0 && x < size ? pixels[y * size + x] : 0;
  });
}

// The whole output map, row after row.
export function convolve(pixels, size, kernel, stride, padding) {
  const n = outputs(size, stride, padding);
  return Array.from({ length: n * n }, (_, i) => {
    const seen = windowAt(pixels, size, { row: Math.floor(i / n), column: i % n, stride, padding });
    return seen.reduce((sum, pixel, j) => sum + pixel * kernel[j], 0);
  });
}

// Two ends of a scale on a dark ground: orange is above zero, blue is below.
const signed = (share) => {
  const strength = Math.round(Math.abs(share) * 100);
  return `color-mix(in srgb, ${share < 0 ? "#56a0ff" : "#ffb000"} ${strength}%, #101010)`;
};
const grey = (value) => `rgb(${Array(3).fill(Math.round(16 + 239 * value)).join(" ")})`;

// A square of cells on a canvas; `cell(i)` gives the colour of one, `frame` a rectangle in cells.
function paint(canvas, n, colour, frame) {
  const step = Math.max(4, Math.floor(640 / n));
  canvas.width = canvas.height = n * step;
  const pen = canvas.getContext("2d");
  for (let i = 0; i < n * n; i++) {
    pen.fillStyle = colour(i);
    pen.fillRect((i % n) * step, Math.floor(i / n) * step, step, step);
  }
  for (const [width, line] of [[6, "#000"], [3, "#ff5cc8"]]) {
    pen.lineWidth = width;
    pen.strokeStyle = line;
    pen.strokeRect(...[frame.x, frame.y, frame.side, frame.side].map((v) => v * step));
  }
}

const cellUnder = (canvas, event, n) => {
  const box = canvas.getBoundingClientRect();
  const place = (at, from, length) => clamp(Math.floor(((at - from) / length) * n), 0, n - 1);
  return { x: place(event.clientX, box.left, box.width), y: place(event.clientY, box.top, box.height) };
};

function render({ model, el }) {
  const [given, put] = settings(model, RULES);
  const { size, pictures } = given;
  const names = [...Object.keys(pictures), "empty"];
  const state = {
    pixels: [], kernel: [...given.kernel], stride: given.stride, padding: given.padding,
    row: 0, column: 0, pen: { x: size >> 1, y: size >> 1 }, mode: "move",
  };
  const count = () => outputs(size, state.stride, state.padding);
  const keep = (name) => put(name, state[name]);

  const input = make("canvas", { class: "lab-map", tabindex: "0", role: "application" });
  const output = make("canvas", { class: "lab-map", tabindex: "0", role: "application" });
  const products = make("div", { class: "conv-products", role: "group", "aria-label": "Kernel, 5 by 5 weights" });
  const sum = status();
  const size_note = make("p", { class: "lab-note" });

  // ---- the 25 products, each with its editable weight; one tab stop, arrows move inside ----
  const cells = state.kernel.map((weight, i) => {
    const field = make("input", {
      type: "text", inputmode: "decimal", tabindex: i === 0 ? "0" : "-1",
      "aria-label": `Weight in row ${Math.floor(i / SIDE) + 1}, column ${(i % SIDE) + 1}`,
      onchange: () => {
        const typed = Number(field.value.replace("\u2212", "-"));
        state.kernel[i] = Number.isFinite(typed) ? clamp(typed, -99, 99) : state.kernel[i];
        state.kernel = [...state.kernel];
        kernelList.value = "your own";
        keep("kernel");
        draw();
      },
      onfocus: () => cells.forEach((cell, j) => { cell.field.tabIndex = i === j ? 0 : -1; }),
      onkeydown: (event) => {
        const [dx, dy] = ARROWS[event.key] || [0, 0];
        const x = (i % SIDE) + dx;
        const y = Math.floor(i / SIDE) + dy;
        if ((!dx && !dy) || x < 0 || y < 0 || x >= SIDE || y >= SIDE) return;
        event.preventDefault();
        cells[y * SIDE + x].field.focus();
        cells[y * SIDE + x].field.select();
      },
    });
    const pixel = make("span", { class: "conv-pixel" });
    const product = make("span", { class: "conv-product" });
    products.append(make("div", { class: "conv-cell" }, pixel, field, product));
    return { field, pixel, product };
  });

  // ---- moving the kernel and drawing ----
  function moveTo(row, column) {
    const last = Math.max(0, count() - 1);
    state.row = clamp(row, 0, last);
    state.column = clamp(column, 0, last);
    draw();
  }
  function ink(x, y, value) {
    state.pixels[y * size + x] = value;
    state.pen = { x, y };
    draw();
  }
  const aim = (x, y) => moveTo(
    Math.round((y + state.padding - 2) / state.stride), Math.round((x + state.padding - 2) / state.stride));

  input.addEventListener("keydown", (event) => {
    const [dx, dy] = ARROWS[event.key] || [0, 0];
    const { x, y } = state.pen;
    if (state.mode === "move" && (dx || dy)) moveTo(state.row + dy, state.column + dx);
    else if (state.mode !== "move" && (dx || dy)) {
      state.pen = { x: clamp(x + dx, 0, size - 1), y: clamp(y + dy, 0, size - 1) };
      if (event.shiftKey) ink(state.pen.x, state.pen.y, state.mode === "draw" ? 1 : 0);
      else draw();
    } else if (state.mode !== "move" && event.key === " ") ink(x, y, state.mode === "draw" ? 1 : 0);
    else return;
    event.preventDefault();
  });
  output.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(state.row + step[1], state.column + step[0]);
  });

  function drag(canvas, cellsAcross, act) {
    let held = false;
    const at = (event) => { const cell = cellUnder(canvas, event, cellsAcross()); act(cell.x, cell.y); };
    canvas.addEventListener("pointerdown", (event) => {
      held = true;
      canvas.setPointerCapture(event.pointerId);
      at(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (held) at(event); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = false; });
  }
  drag(input, () => size + 2 * state.padding, (x, y) => {
    const inside = { x: x - state.padding, y: y - state.padding };
    if (state.mode === "move") aim(inside.x, inside.y);
    else if (Math.min(inside.x, inside.y) >= 0 && Math.max(inside.x, inside.y) < size) {
      ink(inside.x, inside.y, state.mode === "draw" ? 1 : 0);
    }
  });
  drag(output, count, (x, y) => moveTo(y, x));

  // ---- drawing the state ----
  function drawInput() {
    const { padding, stride, row, column, mode, pen } = state;
    const n = size + 2 * padding;
    const colour = (i) => {
      const x = (i % n) - padding;
      const y = Math.floor(i / n) - padding;
      const inside = x >= 0 && y >= 0 && x < size && y < size;
      return inside ? grey(state.pixels[y * size + x]) : "#3a2a44";
    };
    const frame = mode === "move" ? { x: column * stride, y: row * stride, side: SIDE }
      : { x: pen.x + padding, y: pen.y + padding, side: 1 };
    paint(input, n, colour, frame);
    const keys = mode === "move" ? "Arrow keys move the kernel."
      : `Arrow keys move the pen, space ${mode}s, shift with an arrow ${mode}s a line.`;
    input.setAttribute("aria-label", `Picture, ${size} by ${size} pixels. ${keys}`);
  }

  function drawOutput() {
    const n = count();
    const map = convolve(state.pixels, size, state.kernel, state.stride, state.padding);
    const top = Math.max(1e-9, ...map.map(Math.abs));
    paint(output, n, (i) => signed(map[i] / top), { x: state.column, y: state.row, side: 1 });
    output.setAttribute("aria-label", `Output map, ${n} by ${n}. Arrow keys move the kernel.`);
    size_note.textContent = `(${size} + 2\u00b7${state.padding} \u2212 5) / ${state.stride}, rounded down, + 1 = ${n}: `
      + `the output has ${n} \u00d7 ${n} numbers.`;
  }

  function draw() {
    const seen = windowAt(state.pixels, size, state);
    let total = 0;
    cells.forEach((cell, i) => {
      const product = seen[i] * state.kernel[i];
      total += product;
      if (cell.field !== document.activeElement) cell.field.value = show(state.kernel[i]);
      cell.pixel.textContent = `${show(seen[i])} \u00d7`;
      cell.product.textContent = `= ${show(product)}`;
      cell.product.classList.toggle("is-zero", product === 0);
    });
    sum.textContent = `Output row ${state.row + 1}, column ${state.column + 1}: `
      + `the 25 products add up to ${show(total)}.`;
    drawInput();
    drawOutput();
  }

  // ---- controls ----
  const [pictureField] = select("Picture", names, names[0], (name) => {
    state.pixels = pictures[name] ? decode(pictures[name]) : Array(size * size).fill(0);
    draw();
  });
  const [kernelField, kernelList] = select("Kernel", [...Object.keys(KERNELS), "your own"], "your own", (name) => {
    if (!KERNELS[name]) return;
    state.kernel = [...KERNELS[name]];
    keep("kernel");
    draw();
  });
  const named = Object.keys(KERNELS).find((name) => String(KERNELS[name]) === String(state.kernel));
  kernelList.value = named || "your own";
  const number = (label, name) => select(label, RULES[name].choices, state[name], (value) => {
    const [x, y] = [state.column, state.row].map((at) => at * state.stride - state.padding + 2);
    state[name] = Number(value);
    keep(name);
    aim(x, y); // stay over the same pixel
  })[0];
  const [modeField] = select("Pointer and keys", ["move the kernel", "draw", "erase"], "move the kernel", (mode) => {
    state.mode = mode.split(" ")[0];
    input.classList.toggle("is-drawing", state.mode !== "move");
    draw();
  });
  el.replaceChildren(lab("a kernel moves over a picture",
    make("div", { class: "lab-controls" }, pictureField, kernelField, number("Stride", "stride"),
      number("Padding", "padding"), modeField),
    make("div", { class: "lab-panels" },
      panel("Picture", input),
      panel("Pixel \u00d7 weight = product", products, sum),
      panel("Output map: orange above zero, blue below", output, size_note))));
  state.pixels = names[0] === "empty" ? Array(size * size).fill(0) : decode(pictures[names[0]]);
  aim(size >> 1, size >> 1);
}

export default { render };
