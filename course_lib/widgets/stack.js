// Lab of the VGG chapter: stack layers and see what each costs and how far it sees.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { clamp, count, lab, make, panel, select, settings, shape, show, status, table, toggle, whole } from "./kit.js";

const MOST = 8; // layers
const WINDOWS = { conv: [1, 3, 5, 7, 11], pool: [2, 3, 4, 5, 7] };
const PADDINGS = { conv: "same", pool: "valid" }; // what is meant where nothing is written
const CHANNELS = { low: 1, high: 4096 };
const RULES = {
  layers: { start: "conv3-512, conv3-512, conv3-512" },
  size: { start: 28, low: 1, high: 512 },
  channels: { start: 512, ...CHANNELS },
  biases: { start: false },
};
// Layers, where C stands for the channels of the input; side and channels of the input.
export const PRESETS = {
  "one 7x7": ["conv7-C", 28, 512],
  "three 3x3": ["conv3-C, conv3-C, conv3-C", 28, 512],
  "one 5x5": ["conv5-C", 28, 512],
  "two 3x3": ["conv3-C, conv3-C", 28, 512],
  "AlexNet's stem": ["conv11-96/4 valid, pool3/2, conv5-256, pool3/2", 227, 3],
  dilated: ["conv3-C, conv3-C dilated 2, conv3-C dilated 3", 28, 512],
};
const VGG = "Simonyan & Zisserman 2015, section 2.3: three 3\u00d73 convolutions see what one 7\u00d77 sees, two see what one 5\u00d75 sees. "
  + "Three have 27 C\u00b2 weights, one 7\u00d77 has 49 C\u00b2, which is 81 % more.";
const NOTES = {
  "one 7x7": VGG, "three 3x3": VGG, "one 5x5": VGG, "two 3x3": VGG,
  "AlexNet's stem": "Krizhevsky et al. 2012, section 3.5, without groups; on images of 227 pixels the first map has the 55 \u00d7 55 of figure 2.",
  dilated: "Wang et al. 2018, Understanding convolution for semantic segmentation, section 3.2: dilations 1, 2, 3 leave no gap in the field, 2, 2, 2 would.",
};

export const expand = (text, channels) => text.replaceAll(/-C\b/g, `-${channels}`);

const LAYER = /^(?:conv([0-9]{1,2})-([0-9]{1,4})|pool([0-9]{1,2}))(?:\/([0-9]))?(?: dilated ([0-9]))?(?: (same|valid))?$/;

function parseLayer(text) {
  const found = LAYER.exec(text);
  if (!found) return null;
  const [, side, channels = 0, pool, stride = 1, dilation = 1, padding] = found;
  const kind = pool === undefined ? "conv" : "pool";
  const layer = {
    kind, window: Number(side ?? pool), stride: Number(stride), dilation: Number(dilation),
    padding: padding ?? PADDINGS[kind], channels: Number(channels),
  };
  const within = (value, low, high) => value >= low && value <= high;
  return WINDOWS[kind].includes(layer.window) && within(layer.stride, 1, 4) && within(layer.dilation, 1, kind === "conv" ? 3 : 1)
    && (kind === "pool" || within(layer.channels, CHANNELS.low, CHANNELS.high))
    && (layer.stride === 1 || layer.dilation === 1) // Keras refuses both at once
    ? layer : null;
}

/* Read "conv3-64, conv11-96/4 valid, conv3-64 dilated 2, pool3/2": after the dash the channels, after
   the slash a stride above 1. Convolutions pad and poolings do not, unless `valid` or `same` says
   otherwise. Returns the layers, or null for what is not 1 to 8 of them. */
export function parse(text) {
  const layers = text.split(", ").map(parseLayer);
  return layers.length <= MOST && layers.every(Boolean) ? layers : null;
}

// The text that `parse` reads.
export const write = (layers) => layers.map(({ kind, window, stride, dilation, padding, channels }) =>
  `${kind}${window}${kind === "conv" ? `-${channels}` : ""}${stride > 1 ? `/${stride}` : ""}`
  + `${dilation > 1 ? ` dilated ${dilation}` : ""}${padding === PADDINGS[kind] ? "" : ` ${padding}`}`).join(", ");

const reach = (layer) => layer.dilation * (layer.window - 1) + 1; // side of the window on its map

// Side of the output and cells of padding before the map; TensorFlow puts the odd one after it.
function output(layer, size) {
  if (layer.padding === "valid") return [Math.floor((size - reach(layer)) / layer.stride) + 1, 0];
  const side = Math.ceil(size / layer.stride);
  return [side, Math.floor(Math.max(0, (side - 1) * layer.stride + reach(layer) - size) / 2)];
}

// Rows of the input that one unit of layer `index` reads, those in the padding left out.
function pixelsRead(layers, index, unit, sides, pads) {
  let reads = new Set([unit]);
  for (let i = index; i >= 0; i--) {
    const { window, stride, dilation } = layers[i];
    const before = new Set();
    for (const at of reads) {
      for (let tap = 0; tap < window; tap++) {
        const cell = at * stride - pads[i] + tap * dilation;
        if (cell >= 0 && cell < sides[i]) before.add(cell);
      }
    }
    reads = before;
  }
  return reads.size;
}

/* What each layer costs and sees. The field is that of the unit in the middle of the last layer, and
   of the units in the middle of the windows under it; Araujo, Norris, Sim 2019 give the recurrences.
   Returns { rows, stopped }: of each layer shape, weights, macs, field, jump (pixels), unit (its row
   and column), low (first pixel of its field, negative in the padding) and seen (rows of the input
   that it reads); and the number of the layer whose window is larger than its map, or 0. */
export function trace(layers, size, channels, biases) {
  const sides = [size];
  const pads = [];
  for (const layer of layers) {
    const [side, pad] = output(layer, sides.at(-1));
    if (side < 1) break;
    sides.push(side);
    pads.push(pad);
  }
  const fitting = layers.slice(0, pads.length);
  const units = [sides.at(-1) >> 1];
  for (let i = fitting.length - 1; i > 0; i--) {
    const { window, stride, dilation } = fitting[i];
    units.unshift(units[0] * stride - pads[i] + dilation * ((window - 1) >> 1));
  }
  let [field, jump, first, from] = [1, 1, 0, channels];
  const rows = fitting.map((layer, i) => {
    const side = sides[i + 1];
    const to = layer.channels || from;
    const kernel = layer.window ** 2 * from * layer.channels;
    field += (reach(layer) - 1) * jump;
    first -= pads[i] * jump;
    jump *= layer.stride;
    from = to;
    return {
      shape: [side, side, to], weights: kernel + (biases ? layer.channels : 0), macs: kernel * side * side,
      field, jump, unit: units[i], low: first + units[i] * jump, seen: pixelsRead(fitting, i, units[i], sides, pads),
    };
  });
  return { rows, stopped: rows.length < layers.length ? rows.length + 1 : 0 };
}

// One convolution with the field, the jump and the output of the whole stack.
export function single(rows, channels, biases) {
  const { field, shape: [side, , to] } = rows.at(-1);
  const kernel = field ** 2 * channels * to;
  return { field, weights: kernel + (biases ? to : 0), macs: kernel * side * side };
}

const square = (side) => `${side}\u00d7${side}`;
const sum = (rows, what) => rows.reduce((total, row) => total + row[what], 0);
const several = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

function describe({ kind, window, stride, dilation, padding, channels }) {
  const parts = [`${kind} ${square(window)}`];
  if (kind === "conv") parts.push(`${count(channels)} channels`);
  if (stride > 1) parts.push(`stride ${stride}`);
  if (dilation > 1) parts.push(`dilation ${dilation}`);
  if (padding !== PADDINGS[kind]) parts.push(padding);
  return parts.join(", ");
}

function comparison(layers, rows, channels, biases) {
  const one = single(rows, channels, biases);
  const [weights, macs] = [sum(rows, "weights"), sum(rows, "macs")];
  const convolutions = layers.filter((layer) => layer.kind === "conv");
  if (!macs) return `A stack of poolings has no weights; one ${square(one.field)} convolution has ${count(one.weights)}.`;
  if (layers.length === 1 && layers[0].dilation === 1) return `This is one ${square(one.field)} convolution itself.`;
  const even = !biases && convolutions.length === layers.length && convolutions.every((layer) => layer.channels === channels);
  const letters = even ? ` (${sum(convolutions.map((layer) => ({ area: layer.window ** 2 })), "area")} C\u00b2 against ${one.field ** 2} C\u00b2)` : "";
  return `Against one ${square(one.field)} convolution with the same field, jump and output: `
    + `${(weights / one.weights).toPrecision(3)} times the weights${letters}, ${count(weights)} to ${count(one.weights)}, and `
    + `${(macs / one.macs).toPrecision(3)} times the multiply-adds, ${count(macs)} to ${count(one.macs)}.`;
}

// The input, with a frame for the field of each layer up to the chosen one, and its neighbor's.
function picture(rows, chosen, size) {
  const at = rows[chosen];
  const last = rows.at(-1);
  const neighbor = at.unit + 1 < at.shape[0] ? at.low + at.jump : null;
  const low = Math.min(0, ...rows.map((row) => row.low));
  const span = Math.max(size, last.low + last.field, neighbor === null ? 0 : neighbor + at.field) - low;
  const box = (name, x, y, side) => make("div", { class: `stack-box ${name}`,
    style: `left: ${(100 * (x - low)) / span}%; top: ${(100 * (y - low)) / span}%; width: ${(100 * side) / span}%; height: ${(100 * side) / span}%` });
  const input = box("stack-input", 0, 0, size);
  if (size <= 64) input.style.backgroundSize = `${100 / size}% ${100 / size}%`;
  const map = make("div", { class: "stack-map", role: "img", "aria-label": `The input, ${size} by ${size} pixels, with the receptive `
    + `fields of ${several(chosen + 1, "layer")}, the last ${at.field} by ${at.field} pixels.` }, input);
  if (neighbor !== null) map.append(box("stack-neighbor", neighbor, at.low, at.field));
  rows.slice(0, chosen + 1).forEach((row, i) => map.append(box(i === chosen ? "stack-field is-chosen" : "stack-field", row.low, row.low, row.field)));
  return map;
}

// What the field of one layer is, in words.
function fieldWords(row, size) {
  const inside = Math.min(size, row.low + row.field) - Math.max(0, row.low);
  const parts = [`Field ${square(row.field)} pixels, jump ${row.jump}.`];
  if (inside < row.field) parts.push(`${square(inside)} of it lie on the input, the rest is padding.`);
  if (row.seen < inside) parts.push(`It reads ${square(row.seen)} of these pixels and skips the others.`);
  return parts.join(" ");
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  if (!parse(state.layers)) put("layers", RULES.layers.start);
  let layers = parse(state.layers);
  let chosen = layers.length - 1;
  let listed = ""; // what the list of layers shows
  const group = `stack-${Math.random().toString(36).slice(2)}`;
  const presetNow = () => Object.keys(PRESETS).find((name) => {
    const [text, size, channels] = PRESETS[name];
    return state.layers === expand(text, state.channels) && state.size === size && (text.includes("-C") || state.channels === channels);
  });

  const said = status();
  const list = make("div", { class: "stack-list", role: "radiogroup", "aria-label": "Layers, from the input on" });
  const ratio = make("p", { class: "stack-ratio" });
  const note = make("p", { class: "lab-note" });
  const drawing = make("div");
  const fieldNote = make("p", { class: "lab-note" });
  const numbers = make("div");

  // ---- what changes the stack ----
  function change(next, pick, sentence) {
    layers = next;
    chosen = clamp(pick, 0, layers.length - 1);
    put("layers", write(layers));
    draw(sentence);
  }
  function edit(patch) {
    const layer = { ...layers[chosen], ...patch };
    let sentence;
    if (layer.stride > 1 && layer.dilation > 1) { // Keras refuses both at once
      const other = "stride" in patch ? "dilation" : "stride";
      layer[other] = 1;
      sentence = `The ${other} is 1 again: Keras refuses a stride and a dilation above 1 in one layer.`;
    }
    change(layers.map((old, i) => (i === chosen ? layer : old)), chosen, sentence);
  }
  const retype = (kind) => edit(kind === "conv"
    ? { kind, window: 3, stride: 1, dilation: 1, padding: "same", channels: channelsBefore(chosen) }
    : { kind, window: 2, stride: 2, dilation: 1, padding: "valid", channels: 0 });
  const channelsBefore = (index) => layers.slice(0, index).findLast((layer) => layer.channels)?.channels ?? state.channels;
  function add() {
    if (layers.length === MOST) return draw(`A stack has at most ${MOST} layers.`);
    const layer = { kind: "conv", window: 3, stride: 1, dilation: 1, padding: "same", channels: channelsBefore(chosen + 1) };
    change(layers.toSpliced(chosen + 1, 0, layer), chosen + 1);
  }
  function remove() {
    if (layers.length === 1) return draw("A stack has at least one layer.");
    change(layers.toSpliced(chosen, 1), chosen);
  }
  function move(step) {
    const to = chosen + step;
    if (to < 0 || to >= layers.length) return draw(`Layer ${chosen + 1} is the ${step < 0 ? "first" : "last"} already.`);
    change(layers.toSpliced(chosen, 1).toSpliced(to, 0, layers[chosen]), to);
  }

  // ---- controls ----
  const [preset, presetList] = select("Start from", [...Object.keys(PRESETS), "your own"], "your own", (name) => {
    if (!PRESETS[name]) return draw();
    const [text, size, channels] = PRESETS[name];
    put("size", size);
    put("channels", channels);
    layers = parse(expand(text, channels));
    change(layers, layers.length - 1);
  });
  const [sizeField, , fillSize] = whole("Input size, pixels", RULES.size, state.size, (size) => { put("size", size); draw(); });
  const [channelsField, , fillChannels] = whole("Input channels", RULES.channels, state.channels, (channels) => {
    const followed = PRESETS[presetNow()]?.[0];
    put("channels", channels);
    if (followed?.includes("-C")) change(parse(expand(followed, channels)), chosen);
    else draw();
  });
  const [biasesField] = toggle("Count biases", state.biases, (on) => { put("biases", on); draw(); });
  const choose = (label, name, options) => select(label, options, options[0], (value) => edit({ [name]: Number(value) }));
  const [kindField, kindList] = select("Kind", { conv: "convolution", pool: "pooling" }, "conv", retype);
  const [kernelField, kernelList] = choose("Kernel", "window", WINDOWS.conv);
  const [poolField, poolList] = choose("Window", "window", WINDOWS.pool);
  const [strideField, strideList] = choose("Stride", "stride", [1, 2, 3, 4]);
  const [dilationField, dilationList] = choose("Dilation", "dilation", [1, 2, 3]);
  const [paddingField, paddingList] = select("Padding", ["same", "valid"], "same", (padding) => edit({ padding }));
  const [filtersField, , fillFilters] = whole("Channels", CHANNELS, CHANNELS.low, (channels) => edit({ channels }));
  const button = (text, act) => make("button", { type: "button", onclick: act }, text);
  const heading = make("p", { class: "lab-heading" });

  // ---- drawing the state ----
  function drawList(rows) {
    const lines = layers.map((layer, i) => [`${i + 1}. ${describe(layer)}`, rows[i] ? shape(rows[i].shape) : "does not fit"]);
    if (String(lines) !== listed) { // the arrow keys that choose a layer keep their place
      listed = String(lines);
      list.replaceChildren(...lines.map(([name, sizes], i) => make("label", { class: "stack-layer" },
        make("input", { type: "radio", name: group, onchange: () => { chosen = i; draw(); } }),
        make("span", {}, name), make("span", { class: "stack-shape" }, sizes))));
    }
    list.querySelectorAll("input")[chosen].checked = true;
  }

  function drawEditor() {
    const layer = layers[chosen];
    const pool = layer.kind === "pool";
    heading.textContent = `Change layer ${chosen + 1} of ${layers.length}`;
    for (const [field, hidden] of [[kernelField, pool], [poolField, !pool], [dilationField, pool], [filtersField, pool]]) field.hidden = hidden;
    kindList.value = layer.kind;
    (pool ? poolList : kernelList).value = layer.window;
    strideList.value = layer.stride;
    dilationList.value = layer.dilation;
    paddingList.value = layer.padding;
    if (!pool) fillFilters(layer.channels);
    fillSize(state.size);
    fillChannels(state.channels);
    presetList.value = presetNow() ?? "your own";
    note.textContent = NOTES[presetNow()] ?? "";
  }

  function drawNumbers(rows) {
    const lines = rows.map((row, i) => [`${i + 1}. ${describe(layers[i])}`, shape(row.shape), count(row.weights), count(row.macs), count(row.field), count(row.jump)]);
    const { shape: sizes, field, jump } = rows.at(-1);
    lines.push(["Whole stack", shape(sizes), count(sum(rows, "weights")), count(sum(rows, "macs")), count(field), count(jump)]);
    const cells = table("Layers of the stack", ["Layer", "Output", "Weights", "MACs", "Field", "Jump"], lines);
    cells.tBodies[0].lastChild.className = "is-total";
    numbers.replaceChildren(cells);
  }

  function draw(sentence) {
    const { rows, stopped } = trace(layers, state.size, state.channels, state.biases);
    drawList(rows);
    drawEditor();
    numbers.replaceChildren();
    drawing.replaceChildren();
    ratio.textContent = fieldNote.textContent = "";
    if (stopped) {
      const map = stopped > 1 ? rows.at(-1).shape[0] : state.size;
      said.textContent = `Layer ${stopped} does not fit: its window of ${reach(layers[stopped - 1])} is larger than its map of ${map}. `
        + "Take a smaller window, a larger input or another padding.";
      return;
    }
    const row = rows[chosen];
    said.textContent = sentence ?? `Output ${shape(rows.at(-1).shape)}, ${count(sum(rows, "weights"))} weights, ${show(sum(rows, "macs") / 1e9, 3)} G multiply-adds. `
      + `Layer ${chosen + 1} of ${layers.length}: field ${square(row.field)}, jump ${row.jump}.`;
    drawing.replaceChildren(picture(rows, chosen, state.size));
    fieldNote.textContent = `${fieldWords(row, state.size)}${row.unit + 1 < row.shape[0] ? " Dashed: the next unit's field." : ""}`;
    ratio.textContent = comparison(layers, rows, state.channels, state.biases);
    drawNumbers(rows);
  }

  el.replaceChildren(lab("stack layers",
    make("div", { class: "lab-controls" }, preset, sizeField, channelsField, biasesField),
    note, said,
    make("div", { class: "lab-panels" },
      panel("Layers, from the input on", list, heading,
        make("div", { class: "lab-controls" }, kindField, kernelField, poolField, strideField, dilationField, paddingField, filtersField),
        make("div", { class: "lab-controls" }, button("Add a layer after it", add), button("Remove", remove), button("Move up", () => move(-1)), button("Move down", () => move(1)))),
      panel("The input and the field of each layer, up to the chosen one", drawing, fieldNote)),
    ratio, numbers));
  draw();
}

export default { render };
