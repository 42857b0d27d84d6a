// Lab of the EfficientNet chapter: scale depth, width and resolution and see what the net becomes.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, panel, select, settings, show, slider, status, table, toggle, vector } from "./kit.js";

const STEP = 0.05; // of the sliders for width and depth
const HIGHEST = 110; // box of the drawing, pixels
const RULES = {
  width: { start: 1, low: 0.25, high: 4, real: true },
  depth: { start: 1, low: 0.25, high: 4, real: true },
  resolution: { start: 224, low: 32, high: 672 },
  compound: { start: false, choices: [false, true] },
  phi: { start: 1, low: 0, high: 7, real: true },
  law: { start: {} },
  base: { start: {} },
  presets: { start: {} },
};
const OWN = "your own";

/* The nearest multiple of 8, not under 90 % of the channels: the authors' code, round_filters in
   tensorflow/tpu, models/official/efficientnet. */
export function roundChannels(channels) {
  const rounded = Math.max(8, Math.floor(Math.trunc(channels + 4) / 8) * 8);
  return rounded >= 0.9 * channels ? rounded : rounded + 8;
}

// Tan & Le 2019, equation 3: depth alpha^phi, width beta^phi, resolution gamma^phi.
export const coefficients = (law, phi, side) => ({
  depth: law.alpha ** phi,
  width: law.beta ** phi,
  resolution: Math.round(side * law.gamma ** phi),
});

// By which factor equation 3 expects the multiply-adds to grow: depth x width^2 x resolution^2.
export const expected = ({ width, depth, resolution }, side) => depth * width ** 2 * (resolution / side) ** 2;

// A convolution without biases and its normalization: gamma and beta train, two statistics do not.
// A depthwise one reads one channel.
function convolution(kernel, from, to, side) {
  const weights = kernel * kernel * from * to;
  return { params: weights + 4 * to, trainable: weights + 2 * to, macs: weights * side * side };
}

function dense(from, to) {
  const weights = (from + 1) * to;
  return { params: weights, trainable: weights, macs: from * to };
}

const total = (parts) => {
  const sum = (what) => parts.reduce((all, part) => all + part[what], 0);
  return { params: sum("params"), trainable: sum("trainable"), macs: sum("macs") };
};

// One MBConv block: widen, filter each channel, gate (squeeze-and-excitation), narrow.
function block({ expansion, kernel, from, to, before, after, gate }) {
  const inside = expansion * from;
  const units = Math.max(1, Math.trunc(gate * from));
  const parts = [convolution(kernel, 1, inside, after), dense(inside, units), dense(units, inside), convolution(1, inside, to, after)];
  return total(expansion === 1 ? parts : [convolution(1, from, inside, before), ...parts]);
}

/* What a scaled EfficientNet costs for one image.
   base: B0 as the settings hold it; rows of [expansion, channels, repeats, stride, kernel].
   scale: { width, depth, resolution }, resolution in pixels.
   Returns { stages: [{ stage, operator, channels, repeats, side, params, trainable, macs }], params,
   trainable, macs }; stages as in Tan & Le 2019, table 1, side of the map that a stage gives. */
export function netCost(base, { width, depth, resolution }) {
  let side = Math.ceil(resolution / 2);
  let channels = roundChannels(base.stem * width);
  const stages = [{ stage: 1, operator: "Conv 3\u00d73", channels, repeats: 1, side, ...convolution(3, 3, channels, side) }];
  base.rows.forEach(([expansion, ideal, blocks, stride, kernel], i) => {
    const repeats = Math.ceil(depth * blocks);
    const to = roundChannels(width * ideal);
    const parts = [];
    for (let number = 0; number < repeats; number++) {
      const after = number === 0 ? Math.ceil(side / stride) : side;
      parts.push(block({ expansion, kernel, from: channels, to, before: side, after, gate: base.gate }));
      [side, channels] = [after, to];
    }
    stages.push({ stage: i + 2, operator: `MBConv${expansion} ${kernel}\u00d7${kernel}`, channels, repeats, side, ...total(parts) });
  });
  const stage = stages.length + 1;
  const last = roundChannels(base.last * width);
  stages.push({ stage, operator: "Conv 1\u00d71", channels: last, repeats: 1, side, ...convolution(1, channels, last, side) });
  stages.push({ stage, operator: "Pooling, dense", channels: base.classes, repeats: 1, side: 1, ...dense(last, base.classes) });
  return { stages, ...total(stages) };
}

const snap = (value) => Math.round(value / STEP) / Math.round(1 / STEP);
const thickness = (net) => net.stages.slice(0, -1).reduce((sum, { channels, repeats }) => sum + channels * repeats, 0);

// The net as boxes on a floor: one for each block, as thick as its channels, as high as its side.
function drawing(net, name, kind, { across, up, gap, wide }) {
  const shown = net.stages.slice(0, -1);
  const floor = Math.ceil(shown[0].side * up) + 1;
  const parts = [];
  let x = gap / 2;
  for (const { channels, repeats, side } of shown) {
    const [thick, high] = [channels * across, side * up];
    const path = Array.from({ length: repeats }, (_, i) => `M${x + i * thick} ${floor}v${-high}h${thick}v${high}z`);
    // The lines between thin boxes would cover them.
    parts.push(vector("path", { class: `scaling-box ${kind}`, d: path.join(""), "stroke-width": Math.min(0.8, thick / 5) }),
      vector("text", { x: x + (repeats * thick) / 2, y: floor + 14, "text-anchor": "middle" }, String(repeats)));
    x += repeats * thick + gap;
  }
  const label = `${name}: ${shown.map((one) => `${one.repeats} of ${one.channels} channels at ${one.side} pixels`).join(", ")}.`;
  return vector("svg", { class: "scaling-drawing", role: "img", "aria-label": label, width: wide, height: floor + 18, viewBox: `0 0 ${wide} ${floor + 18}` }, ...parts);
}

function stageTable({ stages }) {
  const most = Math.max(...stages.map(({ macs }) => macs));
  const barred = (macs) => make("span", {}, count(macs), make("span", { class: "scaling-bar", style: `width: ${(100 * macs) / most}%` }));
  return table("Stages of the scaled net", ["Stage", "Side", "Channels", "Repeats", "Weights", "MACs"], stages.map((one) =>
    [`${one.stage}: ${one.operator}`, count(one.side), count(one.channels), count(one.repeats), count(one.trainable), barred(one.macs)]));
}

function render({ model, el }) {
  const [given, keep] = settings(model, RULES);
  const { base, law, presets } = given;
  const small = netCost(base, { width: 1, depth: 1, resolution: base.side });
  for (const name of ["width", "depth"]) keep(name, snap(given[name]));

  const scale = () => {
    const { width, depth, resolution } = given;
    return given.compound ? coefficients(law, given.phi, base.side) : { width, depth, resolution };
  };
  const preset = () => Object.keys(presets).find((name) =>
    !given.compound && ["width", "depth", "resolution"].every((key) => presets[name][key] === given[key])) || OWN;
  const put = (name, value) => {
    keep(name, value);
    draw();
  };

  const said = status();
  const note = make("p", { class: "lab-note" });
  const cards = make("div", { class: "scaling-cards" });
  const [smallRow, largeRow] = [make("div"), make("div")];
  const large = make("p", { class: "lab-heading" });
  const list = make("div");

  // ---- controls ----
  const texts = Object.fromEntries([...Object.entries(presets).map(([name, { text }]) => [name, text]), [OWN, OWN]]);
  const [presetField, presetList] = select("Net", texts, OWN, (name) => {
    if (name === OWN) return draw();
    keep("compound", false);
    for (const key of ["width", "depth", "resolution"]) keep(key, presets[name][key]);
    return draw();
  });
  const bars = {
    depth: slider("Depth", { ...RULES.depth, step: STEP }, given.depth, (value) => show(value), (value) => put("depth", value)),
    width: slider("Width", { ...RULES.width, step: STEP }, given.width, (value) => show(value), (value) => put("width", value)),
    resolution: slider("Resolution", RULES.resolution, given.resolution,
      (value) => `${value} pixels, ${show(value / base.side)}`, (value) => put("resolution", value)),
    phi: slider("Coefficient \u03c6", { ...RULES.phi, step: 0.1 }, given.phi, (value) => show(value), (value) => put("phi", value)),
  };
  const [compoundField, compound] = toggle("Compound: one \u03c6", given.compound, (on) => {
    const { width, depth, resolution } = scale();
    keep("compound", on);
    if (!on) { // go on from the net that is shown, as near as the sliders can
      keep("width", snap(width));
      keep("depth", snap(depth));
      keep("resolution", resolution);
    }
    draw();
  });

  function drawCards(net, now) {
    const card = (title, ...lines) => make("div", { class: "scaling-card" }, make("span", {}, title), ...lines);
    const times = (what) => make("strong", {}, `${(net[what] / small[what]).toFixed(2)} \u00d7 B0`);
    cards.replaceChildren(
      card("Trainable weights", times("trainable"), make("span", {}, count(net.trainable)),
        make("span", {}, `${count(net.params)} with running statistics`)),
      card("Multiply-adds", times("macs"), make("span", {}, count(net.macs))),
      card("Equation 3 expects", make("strong", {}, `${expected(now, base.side).toFixed(2)} \u00d7 B0`),
        make("span", {}, "depth \u00d7 width\u00b2 \u00d7 resolution\u00b2 in multiply-adds; the net rounds channels, blocks and sides.")));
  }

  function drawBoxes(net) {
    const wide = Math.max(200, Math.floor(largeRow.clientWidth || 640));
    const gap = wide < 420 ? 16 : 22;
    const across = (wide - gap * (net.stages.length - 1)) / Math.max(thickness(small), thickness(net));
    const up = HIGHEST / Math.max(small.stages[0].side, net.stages[0].side);
    const measures = { across, up, gap, wide };
    smallRow.replaceChildren(drawing(small, "EfficientNet-B0", "is-base", measures));
    largeRow.replaceChildren(drawing(net, "The scaled net", "is-scaled", measures));
  }

  function draw() {
    const now = scale();
    const net = netCost(base, now);
    const name = preset();
    compound.checked = given.compound;
    presetList.value = name;
    for (const [key, [field, bar, tell]] of Object.entries(bars)) {
      field.hidden = (key === "phi") !== given.compound;
      bar.value = given[key];
      tell();
    }
    const sizes = `depth ${show(now.depth)}, width ${show(now.width)}, ${now.resolution} pixels`;
    const title = given.compound ? `Compound, \u03c6 = ${show(given.phi)}` : `${texts[name][0].toUpperCase()}${texts[name].slice(1)}`;
    large.textContent = `${title}: ${sizes}`;
    said.textContent = `${title}, ${sizes}: ${(net.trainable / 1e6).toFixed(2)} M weights and `
      + `${(net.macs / 1e9).toFixed(3)} G multiply-adds, ${(net.trainable / small.trainable).toFixed(2)} and `
      + `${(net.macs / small.macs).toFixed(2)} times those of B0.`;
    if (given.compound) {
      note.textContent = `Depth ${law.alpha}^\u03c6, width ${law.beta}^\u03c6, resolution ${base.side} \u00b7 ${law.gamma}^\u03c6 (Tan & Le 2019, equation 3 and section 3.3).`;
    } else if (name === OWN) {
      note.textContent = "Coefficients of your own.";
    } else {
      const { dropout } = presets[name];
      note.textContent = dropout === null ? "Tan & Le 2019, table 7."
        : `Coefficients of the authors\u2019 code, with dropout ${dropout} in front of the classifier, which costs nothing.`;
    }
    drawCards(net, now);
    drawBoxes(net);
    list.replaceChildren(stageTable(net));
  }

  el.replaceChildren(lab("scale a network",
    make("div", { class: "lab-controls" }, presetField, compoundField),
    make("div", { class: "lab-controls" }, ...Object.values(bars).map(([field]) => field)),
    note, said, cards,
    panel("EfficientNet-B0", smallRow),
    make("div", { class: "lab-panel" }, large, largeRow,
      make("p", { class: "lab-note" }, "A box is a block: as high as the side of its map, as thick as its channels, to one scale for both nets. The numbers count the blocks of a stage.")),
    list,
    make("p", { class: "lab-note" }, "Stages of Tan & Le 2019, table 1, with the side of the map that each gives. Weights: those that train.")));
  draw();
  new ResizeObserver(() => drawBoxes(netCost(base, scale()))).observe(el);
}

export default { render };
