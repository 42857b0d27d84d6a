// Lab of the MobileNetV2 chapter: an inverted residual, what it costs and what it keeps in memory.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, panel, select, settings, shape, show, slider, status, table, vector } from "./kit.js";

const NAMES = ["size", "channels", "filters", "ratio", "stride"];
const KERNEL = 3; // of the depthwise filters, and of the hourglass
const RULES = {
  size: { start: 56, low: 1, high: 512 },
  channels: { start: 24, low: 1, high: 1024 },
  filters: { start: 24, low: 1, high: 1024 },
  ratio: { start: 6, low: 1, high: 10 },
  stride: { start: 1, choices: [1, 2] },
  tiles: { start: 6, low: 1, high: 1024 },
  bytes: { start: 4, choices: [4, 2, 1] },
};
const WIDTHS = [4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024];
const STOPS = {
  size: [4, 7, 8, 14, 16, 28, 32, 56, 64, 112, 128, 224, 256, 512],
  channels: WIDTHS,
  filters: WIDTHS,
  ratio: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  tiles: [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 96, 144, 192, 256, 384, 512, 768, 1024],
};

// Side and channels of what comes in, channels that go out, t, stride.
export const BLOCKS = {
  first: { name: "112 \u00d7 112, 32 to 16, t = 1", numbers: [112, 32, 16, 1, 1], note: "Sandler et al. 2018, table 2, the first block: no expansion." },
  halving: { name: "112 \u00d7 112, 16 to 24, stride 2", numbers: [112, 16, 24, 6, 2], note: "Sandler et al. 2018, table 2, the second block: its expanded tensor is the largest of the net." },
  residual: { name: "56 \u00d7 56, 24 to 24", numbers: [56, 24, 24, 6, 1], note: "Sandler et al. 2018, table 2, the third block, the first with a shortcut." },
  middle: { name: "14 \u00d7 14, 64 to 96", numbers: [14, 64, 96, 6, 1], note: "Sandler et al. 2018, table 2: stride 1, and yet no shortcut, since the channels change." },
  late: { name: "7 \u00d7 7, 160 to 160", numbers: [7, 160, 160, 6, 1], note: "Sandler et al. 2018, table 2, a block of the row with 160 channels." },
  wide: { name: "56 \u00d7 56, 256 to 256, as in ResNet-50", numbers: [56, 256, 256, 6, 1], note: "The tensor of the first stage of ResNet-50 (He et al. 2016, table 1). Expansion is made for thin tensors: here it costs far more than the hourglass." },
};

const layer = (name, side, reads, channels, kernel = 1) => {
  const products = kernel ** 2 * reads * channels;
  return { name, side, channels, weights: products + 2 * channels, macs: products * side ** 2 };
};

/* The layers of the block, each { name, side, channels, weights, macs }: convolutions with batch
   normalization, whose gamma and beta train (Sandler et al. 2018, table 1). */
export function inverted({ size, channels, filters, ratio, stride }) {
  const [inner, out] = [ratio * channels, Math.ceil(size / stride)];
  const filtered = { name: "depthwise", side: out, channels: inner, weights: KERNEL ** 2 * inner + 2 * inner, macs: KERNEL ** 2 * inner * out ** 2 };
  return [...(ratio === 1 ? [] : [layer("expand", size, channels, inner)]), filtered, layer("project", out, inner, filters)];
}

// Whether the block adds its input: section 3.3, figure 4d.
export const hasShortcut = ({ channels, filters, stride }) => stride === 1 && channels === filters;

/* The bottleneck of a ResNet on the same input, a quarter of the channels inside and the stride in the
   first convolution (He et al. 2016, figure 5); a projection where the shape changes (option B). */
export function hourglass(state) {
  const { size, channels, filters, stride } = state;
  const [inner, out] = [Math.max(1, Math.floor(filters / 4)), Math.ceil(size / stride)];
  return [layer("reduce", out, channels, inner), layer("3x3", out, inner, inner, KERNEL), layer("widen", out, inner, filters),
    ...(hasShortcut(state) ? [] : [layer("projection", out, channels, filters)])];
}

const values = ({ side, channels }) => side ** 2 * channels;

/* How many values each step of the block keeps, the expanded tensor whole: what it reads, what it gives,
   and the input as long as the shortcut needs it. Normalization and activation write over what they read. */
export function held(state) {
  const came = state.size ** 2 * state.channels;
  const kept = hasShortcut(state) ? came : 0;
  const found = {};
  let before = came;
  inverted(state).forEach((one, i) => {
    found[one.name] = before + values(one) + (i ? kept : 0);
    before = values(one);
  });
  if (kept) found.add = 3 * kept;
  return found;
}

// Parts in which the expanded channels are worked through, and the channels of the largest.
export function parts({ tiles, ratio, channels }) {
  const number = Math.min(tiles, ratio * channels);
  return { number, channels: Math.ceil((ratio * channels) / number) };
}

/* What the block keeps at its peak, in values. In tiles the input and the sum of what the tiles gave
   stay, beside the expanded and the filtered channels of one tile (Sandler et al. 2018, section 5.1). */
export function peak(state) {
  const { number, channels } = parts(state);
  if (number === 1) return Math.max(...Object.values(held(state)));
  const [depthwise, project] = inverted(state).slice(-2);
  const expanded = state.ratio === 1 ? 0 : channels * state.size ** 2;
  return state.size ** 2 * state.channels + values(project) + expanded + channels * depthwise.side ** 2;
}

// The same of the hourglass, kept whole; a projection runs first.
export function hourglassPeak(state) {
  const came = state.size ** 2 * state.channels;
  const [reduce, middle, widen] = hourglass(state).map(values);
  const kept = hasShortcut(state) ? came : widen;
  const first = hasShortcut(state) ? came + reduce : came + widen + reduce;
  return Math.max(first, kept + reduce + middle, kept + middle + widen, kept + 2 * widen);
}

const sum = (layers, what) => layers.reduce((total, one) => total + one[what], 0);
const size = (bytes) => (bytes < 2 ** 20 ? `${show(bytes / 2 ** 10, 1)} KiB` : `${show(bytes / 2 ** 20)} MiB`);
const millions = (macs) => (macs < 1e5 ? count(macs) : `${show(macs / 1e6, 1)} M`);
const TITLES = { expand: "Expand 1\u00d71", depthwise: "Depthwise 3\u00d73", project: "Project 1\u00d71", reduce: "Reduce 1\u00d71", "3x3": "3\u00d73", widen: "Widen 1\u00d71", projection: "Projection 1\u00d71" };

// The maps of a block from left to right, high as their side and wide as their channels.
function boxes(title, maps, most, arc) {
  const [room, side] = [320 / maps.length, maps[0].side];
  const pieces = maps.flatMap((map, i) => {
    const [wide, tall] = [Math.max(2, 74 * (map.channels / most)), Math.max(2, (62 * map.side) / side)];
    const middle = room * (i + 0.5);
    return [vector("rect", { class: i === 0 || i === maps.length - 1 ? "is-end" : "", x: middle - wide / 2, y: 58 - tall / 2, width: wide, height: tall }),
      vector("text", { x: middle, y: 102, "text-anchor": "middle" }, `${map.side}\u00b2 \u00d7 ${count(map.channels)}`)];
  });
  const [from, to] = [room / 2, 320 - room / 2];
  if (arc) pieces.push(vector("path", { class: arc, d: `M${from} 24C${from + 20} 4 ${to - 20} 4 ${to} 24` }));
  const label = `${title}: ${maps.map((map) => `${map.side} by ${map.side} by ${count(map.channels)}`).join(", then ")}; ${arc ? (arc === "is-projected" ? "a projected shortcut" : "a shortcut") : "no shortcut"}.`;
  return make("div", {}, make("p", { class: "lab-note" }, title),
    vector("svg", { class: "lab-plot expansion-boxes", viewBox: "0 0 320 108", role: "img", "aria-label": label }, ...pieces));
}

// A bar for each step; those of the least interest are pale.
function bars(rows) {
  const most = Math.max(...rows.map(([, bytes]) => bytes));
  return rows.map(([text, bytes, kind]) => make("div", { class: "expansion-row" }, make("p", { class: "lab-note" }, `${text}: ${size(bytes)}`),
    make("div", { class: `expansion-bar is-${kind}`, "aria-hidden": "true", style: `width: ${(100 * bytes) / most}%` })));
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
  function slide(label, name, text = count) {
    const stops = [...new Set([...STOPS[name], state[name]])].sort((a, b) => a - b);
    const [field, input, tell] = slider(label, { low: 0, high: stops.length - 1 }, stops.indexOf(state[name]), (at) => text(stops[at]), (at) => change({ [name]: stops[at] }));
    refills.push(() => {
      input.value = stops.indexOf(state[name]);
      tell();
    });
    return field;
  }
  const pick = (label, name, options) => {
    const [field, list] = select(label, options, state[name], (value) => change({ [name]: Number(value) }));
    refills.push(() => { list.value = String(state[name]); });
    return field;
  };
  const names = Object.fromEntries(Object.entries(BLOCKS).map(([key, { name }]) => [key, name]));
  const [start, list] = select("Start from", { ...names, own: "your own" }, "own", (key) =>
    change(Object.fromEntries((BLOCKS[key]?.numbers ?? []).map((value, i) => [NAMES[i], value]))));

  const note = make("p", { class: "lab-note" });
  const said = status();
  const drawings = make("div");
  const memory = make("div");
  const rows = make("div");
  const facts = make("p", { class: "lab-note" });
  const numbers = make("div");
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "Memory as tables"), numbers);
  el.replaceChildren(lab("an inverted residual",
    make("div", { class: "lab-controls" }, start, pick("Stride", "stride", { 1: "1", 2: "2" }),
      pick("Bytes of a value", "bytes", { 4: "4, float32", 2: "2, 16 bits", 1: "1, int8" })),
    make("div", { class: "lab-sliders" }, slide("Expansion t", "ratio", String), slide("Channels in", "channels"), slide("Channels out", "filters"),
      slide("Side of the input, pixels", "size", String), slide("Tiles, of the channels inside", "tiles", (tiles) => (tiles === 1 ? "1: kept whole" : count(tiles)))),
    note, said,
    make("div", { class: "lab-panels" },
      panel("The maps: height is the side, width the channels", drawings),
      panel("Activations kept at once, for one image", memory)),
    rows, facts, closed));

  function draw() {
    const ours = inverted(state);
    const theirs = hourglass(state);
    const { number, channels: part } = parts(state);
    const whole = peak({ ...state, tiles: 1 }) * state.bytes;
    const tiled = peak(state) * state.bytes;
    const other = hourglassPeak(state) * state.bytes;
    const joined = hasShortcut(state);
    const key = Object.keys(BLOCKS).find((name) => BLOCKS[name].numbers.every((value, i) => value === state[NAMES[i]]));
    list.value = key ?? "own";
    note.textContent = BLOCKS[key]?.note ?? "Numbers of your own.";
    const why = state.stride === 2 ? "stride 2" : `${count(state.channels)} is not ${count(state.filters)}`;
    said.textContent = `${shape([state.size, state.size, state.channels])} by way of ${count(state.ratio * state.channels)} channels to ${shape([ours.at(-1).side, ours.at(-1).side, state.filters])}: `
      + `${count(sum(ours, "weights"))} weights, ${millions(sum(ours, "macs"))} multiply-adds, ${joined ? "the shortcut adds the input" : `no shortcut (${why})`}. `
      + `At its peak it keeps ${size(whole)}${number === 1 ? "" : `, in ${count(number)} tiles ${size(tiled)}`}.`;

    const came = { side: state.size, channels: state.channels };
    const most = Math.max(...[came, ...ours, ...theirs].map(({ channels }) => channels));
    drawings.replaceChildren(boxes("Inverted residual: thin, wide, thin", [came, ...ours], most, joined ? "is-shortcut" : ""),
      boxes("Hourglass of a ResNet: wide, thin, wide", [came, ...theirs.slice(0, 3)], most, joined ? "is-shortcut" : "is-projected"));
    const steps = Object.entries(held(state)).map(([name, kept]) => [name === "add" ? "Add the input" : TITLES[name], kept * state.bytes, "step"]);
    const inTiles = number === 1 ? [] : [[`In ${count(number)} tiles of ${part === 1 ? "1 channel" : `${count(part)} channels`} at most`, tiled, "tiled"]];
    const all = [...steps, ...inTiles, ["Hourglass, at its peak", other, "other"]];
    memory.replaceChildren(...bars(all));

    const map = ({ side, channels }) => `${side}\u00b2 \u00d7 ${count(channels)}`;
    const line = (one) => [TITLES[one.name], map(one), count(one.weights), count(one.macs)];
    const total = (title, layers) => [title, map({ side: layers[1].side, channels: state.filters }), count(sum(layers, "weights")), count(sum(layers, "macs"))];
    const heads = ["Layer", "Output", "Weights", "MACs"];
    rows.replaceChildren(make("div", { class: "lab-panels expansion-tables" },
      panel("Inverted residual", table("Layers of the inverted residual", heads, [...ours.map(line), total("Together", ours)])),
      panel("Hourglass on the same input", table("Layers of the hourglass", heads, [...theirs.map(line), total("Together", theirs)]))));
    for (const one of rows.querySelectorAll("tbody tr:last-child")) one.classList.add("is-total");
    facts.textContent = "MACs are multiply-adds. Weights: those that train, with two for each channel that is normalized. The hourglass has a quarter of its output's channels inside. A step keeps what it reads and gives, and the input while the shortcut needs it; "
      + "normalization and activation write over what they read. Tiles change neither weights nor multiply-adds: each filters its channels and adds its part of the projection "
      + "(Sandler et al. 2018, section 5.1, who find 2 to 5 of them most useful).";
    shown = all;
    fill();
  }

  let shown;
  // Written only while it is open.
  function fill() {
    if (!closed.open) return numbers.replaceChildren();
    const inner = state.ratio * state.channels;
    const tilings = STOPS.tiles.filter((tiles) => tiles < inner).concat(inner);
    return numbers.replaceChildren(
      table("Activations kept", ["Step", "Bytes"], shown.map(([text, bytes]) => [text, count(bytes)])),
      table("Peak by tiles", ["Tiles", "Bytes at the peak"], tilings.map((tiles) => [tiles === 1 ? "1, kept whole" : count(tiles), count(peak({ ...state, tiles }) * state.bytes)])));
  }
  draw();
}

export default { render };
