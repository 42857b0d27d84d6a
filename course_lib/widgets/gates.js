// Lab of the SENet chapter: what the gates of a stage cost, and which gate meets which column.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, panel, select, settings, shape, show, slider, status, table, toggle, vector } from "./kit.js";

const OPENINGS = { half: 2, quarter: 4 }; // channels out of the stage / channels into it
const RULES = {
  channels: { start: 2048, low: 4, high: 4096 },
  side: { start: 7, low: 1, high: 224 },
  blocks: { start: 3, low: 1, high: 40 },
  ratio: { start: 16, low: 1, high: 64 },
  batch: { start: 4, low: 1, high: 8 },
  width: { start: 4, low: 1, high: 8 },
  opening: { start: "half", choices: Object.keys(OPENINGS) },
  bias: { start: true, choices: [true, false] },
};
const STOPS = {
  channels: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
  side: [1, 2, 4, 7, 8, 14, 16, 28, 32, 56, 64, 112, 224],
  blocks: [1, 2, 3, 4, 5, 6, 8, 12, 18, 23, 36, 40],
  ratio: [1, 2, 4, 8, 16, 32, 64],
  batch: [1, 2, 3, 4, 5, 6, 7, 8],
  width: [1, 2, 3, 4, 5, 6, 7, 8],
};

// Channels that go out, side of their map, blocks, what the first block reads (He et al. 2016, table 1).
export const STAGES = {
  stage1: [256, 56, 3, "quarter"],
  stage2: [512, 28, 4, "half"],
  stage3: [1024, 14, 6, "half"],
  stage4: [2048, 7, 3, "half"],
};
const NAMES = ["channels", "side", "blocks", "opening"];

/* Weights and multiply-adds of one gate: C to C / r, rounded down and at least 1, and back (Hu et al.
   2018, section 3.2). The means of the channels and the product with the map have no multiply-adds. */
export function gate({ channels, ratio, bias }) {
  const inner = Math.max(1, Math.floor(channels / ratio));
  const products = 2 * channels * inner;
  return { inner, weights: products + (bias ? channels + inner : 0), macs: products };
}

/* The same of the stage's bottlenecks without gates, with batch normalization: a quarter of the channels
   inside, a projection in the first block, whose first convolution has the stride. */
export function stage({ channels, side, blocks, opening }) {
  const [inner, reads] = [Math.floor(channels / 4), Math.floor(channels / OPENINGS[opening])];
  const products = blocks * (9 * inner ** 2 + inner * channels) + reads * inner + (blocks - 1) * channels * inner + reads * channels;
  const normalized = blocks * (2 * inner + channels) + channels;
  return { weights: products + 2 * normalized, macs: products * side ** 2 };
}

/* What a product of maps (B, H, W, C) and gates (B, C) gives: "right", "wrong", "shape" or "error".
   Broadcasting fits shapes from their right ends, so B of the gates meets W of the maps. */
export function outcome(batch, width) {
  if (batch === 1) return "right";
  if (batch === width) return "wrong";
  return width === 1 ? "shape" : "error";
}

// Whose gate each column of each image meets in the result, counted from 1; nothing where it is an error.
export function met(batch, width, flat) {
  const end = outcome(batch, width);
  const upTo = (number) => Array.from({ length: number }, (_, i) => i + 1);
  if (!flat || end === "right") return upTo(batch).map((image) => Array(width).fill(image));
  return end === "error" ? [] : upTo(batch).map(() => upTo(batch));
}

const percent = (part, whole) => {
  const share = (100 * part) / whole;
  return `${share >= 10 ? show(share, 1) : Number(share.toPrecision(3))} %`;
};

function bar(title, own, added, most) {
  const pieces = [["stage", own], ["gates", added]].map(([name, value]) => make("span", { class: `gates-part is-${name}`, style: `width: ${(100 * value) / most}%` }));
  return make("div", { class: "gates-row" }, make("p", { class: "lab-note" }, `${title}: stage ${count(own)} + gates ${count(added)}, ${percent(added, own)} more`),
    make("div", { class: "gates-bar", "aria-hidden": "true" }, ...pieces));
}

// A row for each image, a box for each column of its map, in it the number of the gate that it meets.
function grid(rows, label, fallback) {
  if (rows.length === 0) return make("p", { class: "gates-error" }, fallback);
  const cells = rows.flatMap((row, i) => [
    vector("text", { x: 0, y: 24 * i + 17 }, `image ${i + 1}`),
    ...row.flatMap((number, j) => [
      vector("rect", { class: number === i + 1 ? "is-own" : "is-other", x: 56 + 24 * j, y: 24 * i + 2, width: 20, height: 20 }),
      vector("text", { x: 66 + 24 * j, y: 24 * i + 16.5, "text-anchor": "middle" }, String(number)),
    ]),
  ]);
  return vector("svg", { class: "gates-grid", viewBox: `0 0 250 ${24 * rows.length + 2}`, role: "img", "aria-label": label }, ...cells);
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const refills = [];
  const change = (news) => {
    for (const [name, value] of Object.entries(news)) put(name, value);
    for (const refill of refills) refill();
    draw();
  };
  // A slider whose stops are round numbers, and the number that the lab started with.
  function slide(label, name) {
    const stops = [...new Set([...STOPS[name], state[name]])].sort((a, b) => a - b);
    const [field, input, tell] = slider(label, { low: 0, high: stops.length - 1 }, stops.indexOf(state[name]), (at) => count(stops[at]), (at) => change({ [name]: stops[at] }));
    refills.push(() => {
      input.value = stops.indexOf(state[name]);
      tell();
    });
    return field;
  }
  const texts = Object.fromEntries(Object.keys(STAGES).map((name, i) => [name, `stage ${i + 1} of ResNet-50`]));
  const [start, list] = select("Start from", { ...texts, own: "your own" }, "own", (key) =>
    change(Object.fromEntries((STAGES[key] ?? []).map((value, i) => [NAMES[i], value]))));
  const [switched] = toggle("Gates have biases", state.bias, (bias) => change({ bias }));

  const [costs, trap] = [status(), status()];
  const bars = make("div");
  const rows = make("div");
  const right = make("div");
  const flat = make("div");
  const numbers = make("div");
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "The drawings as tables"), numbers);
  el.replaceChildren(lab("gates of squeeze-and-excitation",
    make("div", { class: "lab-controls" }, start, switched),
    make("div", { class: "lab-sliders" }, slide("Channels C", "channels"), slide("Reduction r", "ratio"), slide("Side of the map, pixels", "side"), slide("Blocks, a gate in each", "blocks")),
    costs,
    make("div", { class: "lab-panels" }, panel("The gates' share of the stage", bars), panel("One gate", rows)),
    make("p", { class: "lab-heading gates-trap" }, "Which gate meets which column?"),
    make("p", { class: "lab-note" }, "Maps of shape (B, H, W, C) are multiplied by one gate for each image and channel. Shapes are fitted from their right ends."),
    make("div", { class: "lab-sliders" }, slide("Images in the batch, B", "batch"), slide("Columns of the map, W", "width")),
    trap,
    make("div", { class: "lab-panels" }, panel("Gates of shape (B, 1, 1, C)", right), panel("Gates of shape (B, C)", flat)),
    make("p", { class: "lab-note" }, "A number is the image whose gate a column is multiplied by, in every row of the map; filled: its own image, dashed: another one."),
    closed));

  // Unchanged words are left alone, so that a screen reader speaks only what is new.
  const say = (place, words) => { if (place.textContent !== words) place.textContent = words; };

  const ENDS = {
    right: () => "the right result, because a batch of one has only one gate. The fault waits for a larger batch",
    wrong: ({ batch }) => `no error, and ${count(batch - 1)} of ${count(batch)} columns of each image are wrong: column n meets the gate of image n`,
    shape: ({ batch }) => `the wrong shape, ${shape([batch, "H", batch, "C"])}: the one column becomes ${count(batch)}, one for each gate`,
    error: ({ batch, width }) => `an error: ${count(batch)} gates do not fit ${count(width)} columns`,
  };

  function draw() {
    const one = gate(state);
    const whole = stage(state);
    const all = { weights: state.blocks * one.weights, macs: state.blocks * one.macs };
    const now = String(NAMES.map((name) => state[name]));
    list.value = Object.keys(STAGES).find((name) => String(STAGES[name]) === now) ?? "own";
    say(costs, `A gate goes from ${count(state.channels)} channels to ${count(one.inner)} and back: ${count(one.weights)} weights, ${count(one.macs)} multiply-adds. `
      + `${state.blocks === 1 ? "It adds" : `${count(state.blocks)} of them add`} ${percent(all.weights, whole.weights)} to the weights of the stage and ${percent(all.macs, whole.macs)} to its multiply-adds.`);
    bars.replaceChildren(bar("Weights", whole.weights, all.weights, whole.weights + all.weights), bar("Multiply-adds", whole.macs, all.macs, whole.macs + all.macs),
      make("p", { class: "lab-note" }, "Hu et al. 2018, section 4: all gates together add about 10 % to the weights of ResNet-50, and about 4 % without those of the last stage. "
        + `The stage's first block reads ${count(Math.floor(state.channels / OPENINGS[state.opening]))} channels${state.opening === "half" ? " at twice the side" : ""}.`));
    const biases = (number) => (state.bias ? number : 0);
    const half = state.channels * one.inner;
    rows.replaceChildren(table("Layers of a gate", ["Layer", "Output", "Weights", "MACs"], [
      ["Squeeze: the mean of each channel", shape([1, 1, state.channels]), "0", "0"],
      ["Dense, ReLU", shape([1, 1, one.inner]), count(half + biases(one.inner)), count(half)],
      ["Dense, sigmoid", shape([1, 1, state.channels]), count(half + biases(state.channels)), count(half)],
      ["Product with the map", shape([state.side, state.side, state.channels]), "0", "0"],
    ]), make("p", { class: "lab-note" }, `The mean takes ${count(state.side ** 2 * state.channels)} additions, the product as many multiplications; neither counts as multiply-adds (MACs). Equations 3 and 5 of the paper have no biases, the authors' nets have.`));

    const { batch, width } = state;
    const end = outcome(batch, width);
    say(trap, `B = ${batch}, W = ${width}: gates of shape (B, C) give ${ENDS[end](state)}.`);
    const grids = [false, true].map((kind) => met(batch, width, kind));
    const told = `${batch} images, ${width} columns`;
    right.replaceChildren(grid(grids[0], `${told}: each column meets the gate of its own image.`, ""));
    flat.replaceChildren(grid(grids[1], `${told}: gates of shape (B, C) give ${ENDS[end](state)}.`, `Error: (${batch}, H, ${width}, C) \u00d7 (${batch}, C)`));
    fill();
  }

  // Written only while it is open.
  function fill() {
    if (!closed.open) return numbers.replaceChildren();
    const { batch, width } = state;
    const one = (title, found) => (found.length === 0 ? make("p", { class: "lab-note" }, `${title}: an error.`)
      : make("div", {}, make("p", { class: "lab-heading" }, title),
        table(title, ["Image", ...found[0].map((_, j) => `Column ${j + 1}`)], found.map((row, i) => [`Image ${i + 1}`, ...row.map((number) => `gate ${number}`)]))));
    return numbers.replaceChildren(one("Gates of shape (B, 1, 1, C)", met(batch, width, false)), one("Gates of shape (B, C)", met(batch, width, true)));
  }
  draw();
}

export default { render };
