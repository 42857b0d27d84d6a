// Lab of the ResNet chapter: build a stage of residual blocks and see what each layer costs.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, select, settings, shape, status, whole } from "./kit.js";

const EXPANSION = { basic: 1, bottleneck: 4 };
const SHORTCUTS = {
  projection: "B: project where the shape changes",
  zero_pad: "A: pad with zeros",
  projection_all: "C: project in every block",
  none: "none: a plain stage",
};
const RULES = {
  kind: { start: "bottleneck", choices: Object.keys(EXPANSION) },
  width: { start: 128, low: 1, high: 1024 },
  blocks: { start: 4, low: 1, high: 50 },
  stride: { start: 2, choices: [1, 2] },
  shortcut: { start: "projection", choices: Object.keys(SHORTCUTS) },
  stride_on: { start: "1x1", choices: ["1x1", "3x3"] },
  input_size: { start: 56, low: 1, high: 512 },
  channels: { start: 256, low: 1, high: 4096 },
};

// One convolution with batch normalization: gamma and beta train, there are no biases.
function convolution(name, kernel, stride, size, from, to) {
  const out = Math.ceil(size / stride);
  const weights = kernel * kernel * from * to;
  return { name, kernel, stride, shape: [out, out, to], trainable: weights + 2 * to, macs: out * out * weights };
}

function block(index, settings, size, channels) {
  const { kind, width, shortcut } = settings;
  const stride = index === 1 ? settings.stride : 1;
  const to = width * EXPANSION[kind];
  const layers = [];
  const add = (name, kernel, step, filters) => {
    const [from_size, , from] = layers.length ? layers.at(-1).shape : [size, size, channels];
    layers.push(convolution(name, kernel, step, from_size, from, filters));
  };
  if (kind === "basic") {
    add("conv1", 3, stride, width);
    add("conv2", 3, 1, width);
  } else {
    const [first, second] = settings.stride_on === "1x1" ? [stride, 1] : [1, stride];
    add("conv1", 1, first, width);
    add("conv2", 3, second, width);
    add("conv3", 1, 1, to);
  }
  const { shape: out } = layers.at(-1);
  const same = stride === 1 && channels === to;
  if (shortcut === "projection_all" || (shortcut === "projection" && !same)) {
    layers.push(convolution("shortcut", 1, stride, size, channels, to));
  } else if (shortcut === "zero_pad" && channels > to) {
    throw new RangeError(`Option A can only add channels: the block gets ${channels} and gives ${to}.`);
  }
  return { index, layers, shape: out };
}

/* What a stage costs.
   settings: kind "basic" | "bottleneck", width (channels before expansion), blocks, stride (of the
   first block), shortcut "zero_pad" | "projection" | "projection_all" | "none", stride_on "1x1" |
   "3x3" (bottleneck), input_size (pixels), channels (of the input).
   Returns { blocks: [{ index, layers, shape }], shape, trainable, macs }. */
export function stageCost(settings) {
  const blocks = [];
  let [size, channels] = [settings.input_size, settings.channels];
  for (let index = 1; index <= settings.blocks; index++) {
    blocks.push(block(index, settings, size, channels));
    [size, , channels] = blocks.at(-1).shape;
  }
  const sum = (what) => blocks.flatMap((b) => b.layers).reduce((total, layer) => total + layer[what], 0);
  return { blocks, shape: [size, size, channels], trainable: sum("trainable"), macs: sum("macs") };
}

const percent = (part, whole) => `${((100 * (part - whole)) / whole).toFixed(1)} %`;

// Blocks with the same layers share their rows: "block 1", then "blocks 2 to 4, each".
function groups(blocks) {
  const cost = (b) => JSON.stringify(b.layers);
  const found = [];
  for (const b of blocks) {
    const last = found.at(-1);
    if (last && cost(last.block) === cost(b)) last.to = b.index;
    else found.push({ block: b, from: b.index, to: b.index });
  }
  return found;
}

function tableBody(stage) {
  const body = make("tbody");
  const most = Math.max(...stage.blocks.flatMap((b) => b.layers.map((layer) => layer.macs)));
  for (const { block: b, from, to } of groups(stage.blocks)) {
    const title = from === to ? `Block ${from}` : `Blocks ${from} to ${to}, each`;
    body.append(make("tr", { class: "stage-block" }, make("th", { colspan: 4, scope: "rowgroup" }, title)));
    for (const layer of b.layers) {
      const step = layer.stride > 1 ? `, stride ${layer.stride}` : "";
      const bar = make("span", { class: "stage-bar", style: `width: ${(100 * layer.macs) / most}%` });
      body.append(make("tr", {},
        make("th", { scope: "row" }, `${layer.name} ${layer.kernel}\u00d7${layer.kernel}${step}`),
        make("td", { "data-label": "Output" }, shape(layer.shape)),
        make("td", { "data-label": "Trainable" }, count(layer.trainable)),
        make("td", { "data-label": "MACs" }, count(layer.macs), bar)));
    }
  }
  return body;
}

function render({ model, el }) {
  const [chosen, keep] = settings(model, RULES);
  const put = (name, value) => {
    keep(name, value);
    draw();
  };
  const pick = (label, name, options) =>
    select(label, options, chosen[name], (value) => put(name, typeof chosen[name] === "number" ? Number(value) : value))[0];
  const type = (label, name) => whole(label, RULES[name], chosen[name], (value) => put(name, value))[0];

  const strideOn = pick("Stride sits on", "stride_on", { "1x1": "the 1\u00d71 (paper)", "3x3": "the 3\u00d73 (v1.5)" });
  const summary = status();
  const compare = make("div", { class: "stage-compare" });
  const head = make("thead", {}, make("tr", {}, ...["Layer", "Output", "Trainable parameters", "MACs"].map((text) => make("th", { scope: "col" }, text))));
  const table = make("table", { class: "stage-table" }, make("caption", { hidden: "" }, "Layers of the stage"), head, make("tbody"));

  function card(title, stage, base) {
    const more = (what) => (base && base[what] !== stage[what] ? ` (${stage[what] > base[what] ? "+" : ""}${percent(stage[what], base[what])})` : "");
    return make("div", { class: "stage-card" }, make("strong", {}, title),
      make("span", {}, `${count(stage.trainable)} trainable parameters${more("trainable")}`), make("br"),
      make("span", {}, `${count(stage.macs)} MACs${more("macs")}`));
  }

  function draw() {
    strideOn.hidden = chosen.kind === "basic";
    let stage;
    try {
      stage = stageCost(chosen);
    } catch (error) {
      summary.textContent = `${error.message} Choose another shortcut or a larger width.`;
      compare.replaceChildren();
      table.tBodies[0].replaceWith(make("tbody"));
      return;
    }
    const plain = stageCost({ ...chosen, shortcut: "none" });
    summary.textContent = `Output ${shape(stage.shape)}. ${count(stage.trainable)} trainable parameters, `
      + `${(stage.macs / 1e9).toFixed(3)} G multiply-adds for one image.`;
    compare.replaceChildren(card("Your stage", stage, plain), card("The plain stage, without shortcuts", plain));
    table.tBodies[0].replaceWith(tableBody(stage));
  }

  el.replaceChildren(lab("build a stage of residual blocks",
    make("div", { class: "lab-controls" },
      pick("Block", "kind", { basic: "basic", bottleneck: "bottleneck" }), type("Width", "width"),
      type("Blocks", "blocks"), pick("Stride of block 1", "stride", { 1: "1", 2: "2" }),
      pick("Shortcut", "shortcut", SHORTCUTS), strideOn,
      type("Input size, pixels", "input_size"), type("Input channels", "channels")),
    summary, compare, table));
  draw();
}

export default { render };
