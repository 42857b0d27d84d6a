// Lab of the LeNet chapter: a trained LeNet reads a digit that the reader draws.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { ARROWS, clamp, count, lab, make, panel, select, settings, shape, show, status, table, toggle } from "./kit.js";

const SHEET = 280; // side of the sheet to draw on, in units; an arrow key moves the pen by STEP
const STEP = 10;
const PEN = 11; // radius of the pen, units
const FINE = 140; // pixels that the sheet is shown with
const MNIST = 28; // side of an image of MNIST, pixels
const BOX = 20; // the longer side of a digit in it
const FRAME = 2; // zeros around it, for the net
const DIGITS = [..."0123456789"];
const RULES = {
  source: { start: "drawing", choices: ["drawing", ...DIGITS] },
  strokes: { start: [] },
  centered: { start: true },
  net: { start: {} },
  examples: { start: [] },
};
const KINDS = { weights: Int8Array, scales: Float32Array, biases: Float32Array, pixels: Uint8Array };

// Numbers from the base64 of addresses, as course_lib.widgets.digit_net.encode writes them.
export function numbers(text, kind) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Array.from(new KINDS[kind](Uint8Array.from(bytes, (sign) => sign.charCodeAt(0)).buffer));
}

// The layers of the net; an integer times the scale of its output channel is a weight.
export const layersOf = (net) => net.layers.map((stored) => {
  const scales = numbers(stored.scales, "scales");
  const weights = Float64Array.from(numbers(stored.weights, "weights"), (integer, i) => integer * scales[i % scales.length]);
  return { shape: stored.shape, weights, biases: numbers(stored.biases, "biases") };
});

// Convolution without padding, stride 1, then ReLU. Maps: { shape: [height, width, channels], values }.
function convolve(maps, layer) {
  const [height, width, channels] = maps.shape;
  const [side, , , filters] = layer.shape;
  const out = [height - side + 1, width - side + 1, filters];
  const values = new Float64Array(out[0] * out[1] * filters);
  for (let row = 0; row < out[0]; row++) {
    for (let column = 0; column < out[1]; column++) {
      const sums = values.subarray((row * out[1] + column) * filters, (row * out[1] + column + 1) * filters);
      sums.set(layer.biases);
      for (let y = 0; y < side; y++) {
        for (let i = 0; i < side * channels; i++) {
          const value = maps.values[((row + y) * width + column) * channels + i];
          if (value === 0) continue;
          const from = (y * side * channels + i) * filters;
          for (let f = 0; f < filters; f++) sums[f] += value * layer.weights[from + f];
        }
      }
      for (let f = 0; f < filters; f++) sums[f] = Math.max(0, sums[f]);
    }
  }
  return { shape: out, values };
}

// The largest of each 2x2 pixels.
function pool({ shape: [height, width, channels], values }) {
  const out = [height >> 1, width >> 1, channels];
  const at = (row, column, channel) => values[(row * width + column) * channels + channel];
  return { shape: out, values: Array.from({ length: out[0] * out[1] * channels }, (_, i) => {
    const channel = i % channels;
    const row = 2 * Math.floor(i / channels / out[1]);
    const column = 2 * (Math.floor(i / channels) % out[1]);
    return Math.max(at(row, column, channel), at(row, column + 1, channel), at(row + 1, column, channel), at(row + 1, column + 1, channel));
  }) };
}

const dense = (values, { shape: [inputs, units], weights, biases }) =>
  Array.from({ length: units }, (_, unit) => {
    let sum = biases[unit];
    for (let i = 0; i < inputs; i++) sum += values[i] * weights[i * units + unit];
    return sum;
  });

// A frame of zeros around an image of MNIST, for the net.
export function framed(pixels) {
  const side = MNIST + 2 * FRAME;
  const values = Array(side * side).fill(0);
  pixels.forEach((value, i) => { values[(Math.floor(i / MNIST) + FRAME) * side + (i % MNIST) + FRAME] = value; });
  return values;
}

/* What every layer gives for an image of 28x28 pixels, 0 to 1: by the paper's names, each
   { shape, values }, row after row, the channel last. */
export function activations(layers, pixels) {
  const [c1, c3, c5, f6, last] = layers;
  const side = MNIST + 2 * FRAME;
  const found = { C1: convolve({ shape: [side, side, 1], values: framed(pixels) }, c1) };
  found.S2 = pool(found.C1);
  found.C3 = convolve(found.S2, c3);
  found.S4 = pool(found.C3);
  found.C5 = { ...convolve(found.S4, c5), shape: [c5.shape[3]] };
  found.F6 = { shape: [f6.shape[1]], values: dense(found.C5.values, f6).map((value) => Math.max(0, value)) };
  const logits = dense(found.F6.values, last);
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((total, power) => total + power, 0);
  found.output = { shape: [logits.length], values: powers.map((power) => power / sum) };
  for (const layer of Object.values(found)) layer.values = Array.from(layer.values);
  return found;
}

// The same for many images at once, from the stored net.
export const activationsOf = (net, images) => {
  const layers = layersOf(net);
  return images.map((pixels) => activations(layers, pixels));
};

// What a link may hold as strokes: lists of places on the sheet, x and y by turns.
export const strokesOf = (given) => given.filter((stroke) => Array.isArray(stroke) && stroke.length > 1 && stroke.length % 2 === 0
  && stroke.every((at) => Number.isFinite(at) && at >= 0 && at <= SHEET));

/* Draw strokes with a round pen: a place on the sheet is `scale * place + left`, in pixels. Where
   the edge of the line crosses a pixel, it is grey. */
export function raster(strokes, side, { scale, left = 0, top = 0, pen = PEN }) {
  const pixels = Array(side * side).fill(0);
  const reach = pen * scale;
  const line = (x0, y0, x1, y1) => {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const span = dx * dx + dy * dy;
    const from = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - reach - 1));
    const to = (a, b) => Math.min(side - 1, Math.ceil(Math.max(a, b) + reach + 1));
    for (let row = from(y0, y1); row <= to(y0, y1); row++) {
      for (let column = from(x0, x1); column <= to(x0, x1); column++) {
        const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = span ? clamp((x * dx + y * dy) / span, 0, 1) : 0;
        const ink = clamp(0.5 + reach - Math.hypot(x - along * dx, y - along * dy), 0, 1);
        const i = row * side + column;
        if (ink > pixels[i]) pixels[i] = ink;
      }
    }
  };
  for (const stroke of strokes) {
    const places = stroke.map((at, i) => scale * at + (i % 2 ? top : left));
    for (let i = 0; i < Math.max(1, places.length - 2); i += 2) line(places[i], places[i + 1], places[i + 2] ?? places[i], places[i + 3] ?? places[i + 1]);
  }
  return pixels;
}

// The center of mass of a square of pixels: x and y in pixels from its corner.
export function center(pixels, side) {
  const mass = pixels.reduce((sum, value) => sum + value, 0);
  const mean = (place) => pixels.reduce((sum, value, i) => sum + value * (place(i) + 0.5), 0) / mass;
  return [mean((i) => i % side), mean((i) => Math.floor(i / side))];
}

/* Strokes as an image of 28x28. As MNIST was made (LeCun et al. 1998, section III-A): the digit is
   scaled until its longer side has 20 pixels, then moved by whole pixels until its center of mass
   is in the middle. Else the sheet is only made smaller. */
export function prepare(strokes, centered) {
  if (!strokes.length || !centered) return raster(strokes, MNIST, { scale: MNIST / SHEET });
  const ends = [0, 1].map((axis) => {
    const places = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === axis));
    const inside = (at) => clamp(at, 0, SHEET);
    return [inside(Math.min(...places) - PEN), inside(Math.max(...places) + PEN)];
  });
  const scale = BOX / Math.max(...ends.map(([low, high]) => high - low));
  const [left, top] = ends.map(([low, high]) => MNIST / 2 - (scale * (low + high)) / 2);
  const [x, y] = center(raster(strokes, MNIST, { scale, left, top }), MNIST);
  return raster(strokes, MNIST, { scale, left: left + Math.round(MNIST / 2 - x), top: top + Math.round(MNIST / 2 - y) });
}

// Grey pixels on a canvas; `value(i)` is 0 to 1.
function paint(canvas, width, height, value) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.fill(Math.round(16 + 239 * value(i)), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

const named = (digit) => `${Number(digit) === 8 ? "an" : "a"} ${digit}`;
const percent = (share, [less, more] = ["<", ">"]) => {
  if (share > 0.999 && share < 1) return `${more} 99.9\u00a0%`;
  return share > 0 && share < 0.001 ? `${less} 0.1\u00a0%` : `${show(100 * share, 1)}\u00a0%`;
};
const spoken = (share) => percent(share, ["less than", "more than"]);

// The layers between image and output: what they are called, and the places of their units.
const SHOWN = {
  C1: "C1: convolution 5\u00d75, ReLU", S2: "S2: the largest of 2\u00d72",
  C3: "C3: convolution 5\u00d75, ReLU", S4: "S4: the largest of 2\u00d72",
  C5: "C5: convolution 5\u00d75, ReLU", F6: "F6: dense, ReLU",
};
const ACROSS = { C5: 24, F6: 21 };

// The picture of a layer, and a function that fills it.
function pictureOf(name) {
  const box = make("div", { class: `digit-maps digit-${name.toLowerCase()}`, role: "img" });
  const note = make("p", { class: "lab-note" });
  const fill = ({ shape: sizes, values }) => {
    const units = sizes.length === 1;
    const maps = units ? 1 : sizes[2];
    while (box.children.length < maps) box.append(make("canvas"));
    const top = Math.max(...values);
    const grey = (value) => (top > 0 ? value / top : 0);
    if (units) paint(box.children[0], ACROSS[name], sizes[0] / ACROSS[name], (i) => grey(values[i]));
    else [...box.children].forEach((canvas, map) => paint(canvas, sizes[1], sizes[0], (i) => grey(values[i * maps + map])));
    const active = values.filter((value) => value > 0).length;
    const what = units ? `${sizes[0]} units` : `${maps} maps of ${shape(sizes.slice(0, 2))}`;
    const place = values.indexOf(top) % sizes.at(-1);
    const where = top > 0 ? `${show(top)}, in ${units ? "unit" : "map"} ${place + 1}` : "0";
    note.textContent = `${what}; largest activation ${where}; ${Math.round((100 * active) / values.length)}\u00a0% are above 0.`;
    box.setAttribute("aria-label", `${name}: ${note.textContent}`);
  };
  return { field: panel(SHOWN[name], box, note), fill };
}

function mapRows(found) {
  return ["C1", "S2", "C3", "S4"].flatMap((name) => {
    const { shape: [, , maps], values } = found[name];
    return Array.from({ length: maps }, (_, map) => {
      const own = values.filter((__, i) => i % maps === map);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      return [`${name}, map ${map + 1}`, show(Math.min(...own)), show(mean), show(Math.max(...own))];
    });
  });
}

const unitRows = (name, { values }) => Array.from({ length: Math.ceil(values.length / 6) }, (_, row) =>
  [`${name}, units ${6 * row + 1} to ${6 * row + 6}`, ...values.slice(6 * row, 6 * row + 6).map((value) => show(value))]);

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const layers = layersOf(state.net);
  const images = state.examples.map(({ pixels }) => numbers(pixels, "pixels").map((level) => level / 255));
  let strokes = strokesOf(state.strokes);
  let pen = { x: SHEET / 2, y: SHEET / 2 };
  let found;

  const sheet = make("canvas", { class: "lab-map is-drawing digit-sheet", tabindex: "0", role: "application",
    "aria-label": "Sheet to draw on. Arrow keys move the pen, space makes a dot, shift with an arrow draws a line." });
  const seen = make("canvas", { class: "lab-map digit-seen", role: "img" });
  const said = status();
  const bars = DIGITS.map((digit) => {
    const bar = make("span", { class: "digit-bar" });
    const share = make("span", { class: "digit-share" });
    return { row: make("li", { class: "digit-row" }, make("span", { class: "digit-name" }, digit), make("span", { class: "digit-track" }, bar), share), bar, share };
  });
  const pictures = Object.keys(SHOWN).map((name) => [name, pictureOf(name)]);
  const details = make("div");

  // ---- drawing on the sheet ----
  const keep = () => put("strokes", strokes);
  const showDrawing = () => {
    if (state.source === "drawing") return;
    put("source", "drawing");
    sourceList.value = "drawing";
  };
  const move = (x, y) => { pen = { x: clamp(Math.round(x), 0, SHEET), y: clamp(Math.round(y), 0, SHEET) }; };
  const begin = () => { strokes = [...strokes, [pen.x, pen.y]]; showDrawing(); };
  const extend = () => { strokes = [...strokes.slice(0, -1), [...strokes.at(-1), pen.x, pen.y]]; };

  let held = false;
  const under = (event) => {
    const box = sheet.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * SHEET, ((event.clientY - box.top) / box.height) * SHEET);
  };
  sheet.addEventListener("pointerdown", (event) => {
    held = true;
    sheet.setPointerCapture(event.pointerId);
    under(event);
    begin();
    draw();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!held) return;
    const before = pen;
    under(event);
    if (Math.hypot(pen.x - before.x, pen.y - before.y) < 3) pen = before;
    else { extend(); draw(); }
  });
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => { if (held) keep(); held = false; });

  let line = false; // whether shift and an arrow go on with the last stroke
  sheet.addEventListener("keydown", (event) => {
    const [dx, dy] = ARROWS[event.key] || [0, 0];
    if (event.key === " ") begin();
    else if (dx || dy) {
      if (event.shiftKey && !line) begin();
      move(pen.x + dx * STEP, pen.y + dy * STEP);
      if (event.shiftKey) extend();
      line = event.shiftKey;
    } else return;
    event.preventDefault();
    draw();
  });
  sheet.addEventListener("keyup", (event) => {
    if (event.key === "Shift") line = false;
    if (state.strokes !== strokes) keep(); // once a key is let go, as an address changes with it
  });
  for (const change of ["focus", "blur"]) sheet.addEventListener(change, () => drawSheet());

  // ---- drawing the state ----
  function drawSheet() {
    const pixels = raster(strokes, FINE, { scale: FINE / SHEET });
    paint(sheet, FINE, FINE, (i) => pixels[i]);
    const brush = sheet.getContext("2d");
    if (document.activeElement !== sheet) return;
    for (const [width, colour] of [[3, "#000"], [1.5, "#ff5cc8"]]) {
      brush.lineWidth = width;
      brush.strokeStyle = colour;
      brush.beginPath();
      brush.arc((pen.x * FINE) / SHEET, (pen.y * FINE) / SHEET, (PEN * FINE) / SHEET + 1, 0, 2 * Math.PI);
      brush.stroke();
    }
  }

  function draw() {
    const own = state.source === "drawing";
    const image = own ? prepare(strokes, state.centered) : images[Number(state.source)];
    found = activations(layers, image);
    const outputs = found.output.values;
    const [first, second] = DIGITS.map(Number).sort((a, b) => outputs[b] - outputs[a]);
    centerBox.disabled = !own; // the test images are as MNIST made them
    const empty = own && !strokes.length;
    const what = own ? "your drawing" : `${named(state.source)} of the test images`;
    said.textContent = empty ? "The sheet is empty: draw a digit on it."
      : `${what[0].toUpperCase()}${what.slice(1)}: the net reads ${named(first)}, with a probability of ${spoken(outputs[first])}; next comes ${second}, with ${spoken(outputs[second])}.`;
    bars.forEach(({ row, bar, share }, digit) => {
      row.classList.toggle("is-first", digit === first && !empty);
      bar.style.width = empty ? "0" : `${100 * outputs[digit]}%`;
      share.textContent = empty ? "\u2013" : percent(outputs[digit]);
    });
    const around = framed(image);
    const side = MNIST + 2 * FRAME;
    paint(seen, side, side, (i) => around[i]);
    seen.setAttribute("aria-label", `What the net sees, ${side} by ${side} pixels: ${what}.`);
    for (const [name, { fill }] of pictures) fill(found[name]);
    drawSheet();
    fillDetails();
  }

  // The numbers behind the pictures, written only while they are open.
  const closed = make("details", { ontoggle: () => fillDetails() }, make("summary", {}, "The numbers of all layers"), details);
  function fillDetails() {
    if (!closed.open) return details.replaceChildren();
    const heads = ["Units", "1st", "2nd", "3rd", "4th", "5th", "6th"];
    return details.replaceChildren(
      table("Outputs", ["Digit", "Probability"], DIGITS.map((digit, i) => [digit, show(found.output.values[i], 4)])),
      table("Maps", ["Map", "Least", "Mean", "Largest"], mapRows(found)),
      table("Units of C5", heads, unitRows("C5", found.C5)), table("Units of F6", heads, unitRows("F6", found.F6)));
  }

  // ---- controls ----
  const names = { drawing: "your drawing", ...Object.fromEntries(DIGITS.map((digit) => [digit, `${digit}, a test image`])) };
  const [sourceField, sourceList] = select("What the net reads", names, state.source, (name) => { put("source", name); draw(); });
  const [centerField, centerBox] = toggle("Resize and center as MNIST does", state.centered, (on) => { put("centered", on); draw(); });
  const change = (text, left) => make("button", { type: "button", onclick: () => {
    strokes = left();
    keep();
    showDrawing();
    draw();
  } }, text);

  const { train_images, test_images, test_accuracy, test_accuracy_before } = state.net;
  el.replaceChildren(lab("a trained LeNet reads your digit",
    make("div", { class: "lab-controls" }, sourceField, centerField),
    make("div", { class: "digit-top" },
      panel("Draw a digit here", sheet,
        make("div", { class: "lab-controls digit-buttons" }, change("Undo", () => strokes.slice(0, -1)), change("Clear", () => [])),
        make("p", { class: "lab-note" }, "With keys: arrows move the pen, space makes a dot, shift with an arrow draws a line.")),
      panel("What the net sees: 32 \u00d7 32", seen),
      panel("Output: a probability for each digit", make("ol", { class: "digit-outputs" }, ...bars.map(({ row }) => row)))),
    said,
    make("div", { class: "digit-layers" }, ...pictures.map(([, { field }]) => field)),
    make("p", { class: "lab-note" }, "White is the largest activation of a layer, black is 0."),
    make("p", { class: "lab-note" }, "A drawing is prepared as the digits of MNIST were (LeCun et al. 1998, section III-A): scaled until its longer side has "
      + "20 pixels, with grey at the edges, then moved by whole pixels until its center of mass is in the middle of 28 \u00d7 28. Two rows and columns "
      + "of zeros on each side make 32 \u00d7 32, which the net reads."),
    make("p", { class: "lab-note" }, `The net learned from ${count(train_images)} digits of MNIST, moved a little at random. It reads ${percent(test_accuracy)} of `
      + `${count(test_images)} test images as what they are, with its weights rounded to 8 bits as here; ${percent(test_accuracy_before)} before.`),
    closed));
  draw();
}

export default { render };
