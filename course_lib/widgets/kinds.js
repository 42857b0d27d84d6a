// Lab on the cost of a convolution: six ways to the same output, side by side.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, select, settings, show, status, table, toggle, whole } from "./kit.js";

const RULES = {
  size: { start: 14, low: 1, high: 512 },
  channels: { start: 512, low: 1, high: 4096 },
  filters: { start: 512, low: 1, high: 4096 },
  kernel: { start: 3, choices: [1, 3, 5, 7, 9, 11] },
  groups: { start: 2, low: 1, high: 4096 },
  width: { start: 128, low: 1, high: 4096 },
  marks: { start: false },
};
const NUMBERS = ["size", "channels", "filters", "kernel", "groups", "width"];

/* Layers of papers: the numbers above, the kind that the paper proposes, and what it says. What a paper
   does not use, 2 groups or a quarter of the channels, is ours. */
export const PAPERS = {
  mobilenet: {
    name: "MobileNet", kind: "separable", numbers: [14, 512, 512, 3, 2, 128],
    note: "Howard et al. 2017, section 3.1: with N channels out, a separable convolution has 1/N + 1/k\u00b2 of the multiply-adds, here 1/512 + 1/9 = 0.113. "
      + "Table 3 prints 462 and 52.3 million for this layer.",
  },
  inception: {
    name: "Inception", kind: "reduced", numbers: [28, 192, 32, 5, 2, 16],
    note: "Szegedy et al. 2015, table 1, inception (3a), the branch with the 5\u00d75 kernel: 192 channels are reduced to 16 before it. "
      + "That leaves 12,443,648 of 120,422,400 multiply-adds and 15,872 of 153,600 weights.",
  },
  resnet: {
    name: "ResNet", kind: "bottleneck", numbers: [56, 256, 256, 3, 2, 64],
    note: "He et al. 2016, figure 5: a bottleneck with 256 channels outside and 64 inside has 69,632 weights, about as many as "
      + "two 3\u00d73 convolutions on 64 channels, 73,728.",
  },
  alexnet: {
    name: "AlexNet", kind: "grouped", numbers: [27, 96, 256, 5, 2, 24],
    note: "Krizhevsky et al. 2012, section 3.5: the second layer's 256 kernels are 5\u00d75\u00d748, since each sees the 48 of 96 maps that lie "
      + "on its own GPU. Two groups halve the weights.",
  },
  inception_v3: {
    name: "Inception-v3", kind: "factorized", numbers: [17, 192, 192, 7, 2, 48],
    note: "Szegedy et al. 2016, section 3.2: an n\u00d7n convolution becomes 1\u00d7n and n\u00d71, which worked well on maps of 12 to 20 pixels. "
      + "With as many channels in as out 2/n is left, here 2/7 = 0.286. The 192 channels are those of the released net's last 17\u00d717 module.",
  },
};

const KINDS = {
  standard: "Standard: k\u00d7k",
  grouped: "Grouped: k\u00d7k in groups",
  separable: "Separable: k\u00d7k depthwise, 1\u00d71",
  reduced: "Reduced: 1\u00d71, k\u00d7k",
  bottleneck: "Bottleneck: 1\u00d71, k\u00d7k, 1\u00d71",
  factorized: "Factorized: 1\u00d7k, k\u00d71",
};

// The convolutions of each kind, as [height, width, from, to, groups]. 1xk gives the smaller of both
// numbers of channels, as in Inception-v3. Nothing stands for groups that do not divide the channels.
export function chains({ channels, filters, kernel: k, groups, width }) {
  const reduce = [1, 1, channels, width, 1];
  const fewer = Math.min(channels, filters);
  return {
    standard: [[k, k, channels, filters, 1]],
    grouped: channels % groups || filters % groups ? null : [[k, k, channels, filters, groups]],
    separable: [[k, k, channels, channels, channels], [1, 1, channels, filters, 1]],
    reduced: [reduce, [k, k, width, filters, 1]],
    bottleneck: [reduce, [k, k, width, width, 1], [1, 1, width, filters, 1]],
    factorized: [[1, k, channels, fewer, 1], [k, 1, fewer, filters, 1]],
  };
}

/* What each kind costs, biases left out, with stride 1 and a map that keeps its side.
   Returns, by kind, null or { weights, macs, between }: values that lie between its convolutions. */
export function prices(settings) {
  const area = settings.size ** 2;
  return Object.fromEntries(Object.entries(chains(settings)).map(([kind, chain]) => {
    if (!chain) return [kind, null];
    const weights = chain.reduce((total, [height, width, from, to, groups]) => total + height * width * (from / groups) * to, 0);
    return [kind, { weights, macs: weights * area, between: chain.slice(0, -1).reduce((total, [, , , to]) => total + to, 0) * area }];
  }));
}

// Ends of the axis: powers of 1000 around all values above 0, as exponents of ten.
export function axis(values) {
  const exponents = values.filter((value) => value > 0).map(Math.log10);
  const low = 3 * Math.floor(Math.min(...exponents) / 3);
  return [low, Math.max(low + 3, 3 * Math.ceil(Math.max(...exponents) / 3))];
}

const SERIES = { weights: "weights", macs: "MACs", between: "between" };
const UNITS = ["1", "1 k", "1 M", "1 G", "1 T", "1000 T"];
const named = ({ numbers }) => Object.fromEntries(NUMBERS.map((name, i) => [name, numbers[i]]));
const bytes = (values) => (values < 2 ** 18 ? `${show(values / 2 ** 8, 1)} KiB` : `${show(values / 2 ** 18, 1)} MiB`); // 4 each
const steps = (chain) => chain.map(([height, width, from, to, groups]) =>
  `${height}\u00d7${width}, ${from} to ${to}${groups > 1 ? `, ${count(groups)} groups` : ""}`).join("; ");

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const paperNow = () => Object.keys(PAPERS).find((key) => String(PAPERS[key].numbers) === String(NUMBERS.map((name) => state[name])));

  const said = status();
  const note = make("p", { class: "lab-note" });
  const chart = make("div", { class: "kinds-chart" });
  const details = make("div");

  // ---- controls ----
  const fills = {};
  const type = (label, name) => {
    const [field, , fill] = whole(label, RULES[name], state[name], (value) => { put(name, value); draw(); });
    fills[name] = fill;
    return field;
  };
  const [kernelField, kernelList] = select("Kernel side k", RULES.kernel.choices, state.kernel, (value) => { put("kernel", Number(value)); draw(); });
  fills.kernel = (value) => { kernelList.value = value; };
  const presets = Object.fromEntries(Object.entries(PAPERS).map(([key, { name }]) => [key, name]));
  const [preset, presetList] = select("Start from", { ...presets, own: "your own" }, "own", (key) => (PAPERS[key] ? load(key) : draw()));
  const [marksField] = toggle("Mark the papers' layers", state.marks, (on) => { put("marks", on); draw(); });

  function load(key) {
    for (const [name, value] of Object.entries(named(PAPERS[key]))) {
      put(name, value);
      fills[name](value);
    }
    draw();
  }

  // ---- drawing the state ----
  function bar(series, price, [low, high], marked) {
    const value = price[series];
    const place = (number) => (100 * Math.max(0, Math.log10(number) - low)) / (high - low);
    const track = make("div", { class: "kinds-track", style: `background-size: ${100 / (high - low)}% 100%` });
    if (value) track.append(make("div", { class: `kinds-bar is-${series}`, style: `width: max(2px, ${place(value)}%)` }));
    if (marked?.[series]) track.append(make("span", { class: "kinds-mark", style: `left: ${place(marked[series])}%` }));
    const text = series === "between" ? (value ? `${count(value)} values, ${bytes(value)}` : "nothing") : count(value);
    return make("div", { class: "kinds-line" }, make("span", {}, SERIES[series]), track, make("span", { class: "kinds-number" }, text));
  }

  function drawKind(kind, price, standard, ends) {
    const key = state.marks ? Object.keys(PAPERS).find((name) => PAPERS[name].kind === kind) : undefined;
    const marked = key && prices(named(PAPERS[key]))[kind];
    const ratio = price && kind !== "standard" ? make("span", { class: "kinds-ratio" }, `${(price.macs / standard.macs).toPrecision(3)} of standard`) : "";
    const head = make("div", { class: "kinds-head" }, make("span", {}, KINDS[kind]), ratio);
    const block = make("div", { class: "kinds-kind" }, head);
    if (price) block.append(...Object.keys(SERIES).map((series) => bar(series, price, ends, marked)));
    else block.append(make("p", { class: "lab-note" }, `${count(state.groups)} groups do not divide ${count(state.channels)} channels in and ${count(state.filters)} out.`));
    if (key) block.append(make("button", { type: "button", class: "kinds-paper", "data-paper": key, onclick: () => load(key) },
      make("span", { "aria-hidden": "true" }, "\u25c6 "), `${PAPERS[key].name}: ${count(marked.weights)} weights, ${count(marked.macs)} MACs`));
    return block;
  }

  function drawAxis([low, high]) {
    const ticks = make("div", { class: "kinds-ticks" });
    for (let power = low; power <= high; power += 3) {
      ticks.append(make("span", { style: `left: ${(100 * (power - low)) / (high - low)}%` }, UNITS[power / 3]));
    }
    return make("div", { class: "kinds-line kinds-axis", "aria-hidden": "true" }, make("span"), ticks, make("span"));
  }

  function drawDetails(found) {
    const all = chains(state);
    const rows = Object.entries(found).map(([kind, price]) => (price
      ? [KINDS[kind], steps(all[kind]), count(price.weights), count(price.macs), (price.macs / found.standard.macs).toPrecision(3), count(price.between), price.between ? bytes(price.between) : "0"]
      : [KINDS[kind], "groups do not divide the channels", "", "", "", "", ""]));
    details.replaceChildren(table("Cost of each kind", ["Kind", "Convolutions", "Weights", "MACs", "Ratio", "Values between", "As float32"], rows));
  }

  function draw() {
    const found = prices(state);
    const costs = Object.entries(found).filter(([, price]) => price);
    const marked = state.marks ? Object.values(PAPERS).map((paper) => prices(named(paper))[paper.kind]) : [];
    const ends = axis([...costs.map(([, price]) => price), ...marked].flatMap((price) => Object.values(price)));
    const [cheapest, least] = costs.reduce((best, one) => (one[1].macs < best[1].macs ? one : best));
    presetList.value = paperNow() ?? "own";
    note.textContent = PAPERS[paperNow()]?.note ?? "";
    said.textContent = `${state.kernel}\u00d7${state.kernel} from ${count(state.channels)} to ${count(state.filters)} channels on ${state.size} \u00d7 ${state.size}: `
      + `standard has ${count(found.standard.weights)} weights and ${show(found.standard.macs / 1e6, 1)} M multiply-adds; `
      + `${cheapest === "standard" ? "no kind has fewer" : `${cheapest} has the fewest, ${(least.macs / found.standard.macs).toPrecision(3)} of that`}.`;
    const focused = chart.contains(document.activeElement) ? document.activeElement.dataset.paper : undefined;
    chart.replaceChildren(...Object.entries(found).map(([kind, price]) => drawKind(kind, price, found.standard, ends)), drawAxis(ends));
    if (focused) chart.querySelector(`[data-paper="${focused}"]`)?.focus();
    drawDetails(found);
  }

  el.replaceChildren(lab("kinds of convolution",
    make("div", { class: "lab-controls" }, preset, type("Map side, pixels", "size"), type("Channels in", "channels"), type("Channels out", "filters"),
      kernelField, type("Groups", "groups"), type("Channels inside", "width"), marksField),
    note, said, chart,
    make("p", { class: "lab-note" }, "Bars are logarithmic: each line is ten times the one before. Without biases, stride 1, map sides kept. "
      + "Between: the values that must be kept between the convolutions of a kind, and their memory as float32. "
      + "Channels inside: those of reduced and bottleneck; factorized has the fewer of in and out."),
    make("details", {}, make("summary", {}, "The numbers as a table"), details)));
  draw();
}

export default { render };
