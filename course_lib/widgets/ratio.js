// Lab of the MobileNet chapter: a standard convolution beside a depthwise and a pointwise one.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, panel, plot, select, settings, shape, show, slider, status, table, vector } from "./kit.js";

export const KERNELS = [1, 3, 5, 7, 9];
const NAMES = ["kernel", "channels", "filters", "size"];
const MOST = 11; // exponent of 2 at the end of the law's axis
const RULES = {
  kernel: { start: 3, choices: KERNELS },
  channels: { start: 3, low: 1, high: 2048 },
  filters: { start: 5, low: 1, high: 2048 },
  size: { start: 4, low: 1, high: 512 },
};
const WIDTHS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
const STOPS = {
  kernel: KERNELS,
  channels: WIDTHS,
  filters: WIDTHS,
  size: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 48, 56, 64, 96, 112, 128, 192, 224, 256, 384, 512],
};

// Side of the kernel, channels in, channels out, side of the map that goes out.
export const EXAMPLES = {
  hand: {
    name: "by hand: 3 to 5 channels", numbers: [3, 3, 5, 4],
    note: "Small enough to count by hand: an image of 6 \u00d7 6 with 3 channels, no padding, 5 filters.",
  },
  first: {
    name: "MobileNet, 32 to 64 channels", numbers: [3, 32, 64, 112],
    note: "Howard et al. 2017, table 1: the first depthwise and the first 1\u00d71 convolution behind the stem.",
  },
  mobilenet: {
    name: "MobileNet, 512 to 512 channels", numbers: [3, 512, 512, 14],
    note: "Howard et al. 2017, table 3, prints for this layer 462 and 52.3 million multiply-adds, 2.36 and 0.27 million weights.",
  },
  last: {
    name: "MobileNet, 1024 to 1024 channels", numbers: [3, 1024, 1024, 7],
    note: "Howard et al. 2017, table 1: the last depthwise and the last 1\u00d71 convolution, with stride 1.",
  },
  inception: {
    name: "5\u00d75 of Inception (3a), made separable", numbers: [5, 16, 32, 28],
    note: "Szegedy et al. 2015, table 1, has this as a standard convolution. With a larger kernel the number of filters decides.",
  },
};

/* Weights, biases left out, and multiply-adds: each weight has one at each position that goes out.
   Returns { weights, macs }, each { standard, depthwise, pointwise, separable }. */
export function prices({ kernel, channels, filters, size }) {
  const depthwise = kernel ** 2 * channels;
  const weights = { standard: depthwise * filters, depthwise, pointwise: channels * filters, separable: depthwise + channels * filters };
  const macs = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, value * size ** 2]));
  return { weights, macs };
}

const divisor = (a, b) => (b === 0 ? a : divisor(b, a % b));

// 1/N + 1/f^2 (Howard et al. 2017, section 3.1).
const share = (kernel, filters) => 1 / filters + 1 / kernel ** 2;

// The same as a fraction in lowest terms, and its value.
export function law(kernel, filters) {
  const [top, bottom] = [filters + kernel ** 2, filters * kernel ** 2];
  const common = divisor(top, bottom);
  return { top: top / common, bottom: bottom / common, value: top / bottom };
}

const three = (value) => String(Number(value.toPrecision(3)));
const square = (side) => `${side}\u00d7${side}`;

// The parts of a sum as parts of a bar, `most` being the whole width.
function bar(text, parts, most) {
  const pieces = parts.map(([name, value]) => make("span", { class: `ratio-part is-${name}`, style: `width: ${(100 * value) / most}%` }));
  return make("div", { class: "ratio-row" }, make("p", { class: "lab-note" }, text), make("div", { class: "ratio-bar", "aria-hidden": "true" }, ...pieces));
}

function bars({ standard, depthwise, pointwise, separable }) {
  const most = Math.max(standard, separable);
  return [bar(`Standard: ${count(standard)}`, [["standard", standard]], most),
    bar(`Depthwise ${count(depthwise)} + pointwise ${count(pointwise)} = ${count(separable)}`, [["depthwise", depthwise], ["pointwise", pointwise]], most)];
}

// A curve of the law for each kernel, over the channels out; both axes are logarithmic.
function curves({ kernel, filters }) {
  const label = `Curves of 1/N + 1/f\u00b2 over N on logarithmic axes: each falls like 1/N, then levels off at 1/f\u00b2. `
    + `The setting, ${square(kernel)} and N = ${count(filters)}, lies at ${three(law(kernel, filters).value)}.`;
  const told = [(power) => count(2 ** power), (power) => (power < 0 ? `1/${2 ** -power}` : String(2 ** power))];
  return plot({ x: [0, MOST], y: [-7, 1], label, told }, (across, up) => {
    const place = (side, power) => `${across(power)} ${up(Math.log2(share(side, 2 ** power)))}`;
    const powers = Array.from({ length: 4 * MOST + 1 }, (_, i) => i / 4);
    const lines = KERNELS.flatMap((side) => [
      vector("path", { class: `ratio-curve${side === kernel ? " is-here" : ""}`, d: `M${powers.map((power) => place(side, power)).join("L")}` }),
      vector("text", { x: across(MOST), y: up(Math.log2(share(side, 2 ** MOST))) - 3, "text-anchor": "end" }, square(side)),
    ]);
    const [x, y] = place(kernel, Math.log2(filters)).split(" ");
    return [...lines, vector("circle", { class: "ratio-mark", cx: x, cy: y, r: 5 })];
  });
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const refills = [];

  // A slider whose stops are round numbers, and the number that the lab started with.
  function slide(label, name, text) {
    const stops = [...new Set([...STOPS[name], state[name]])].sort((a, b) => a - b);
    const [field, input, tell] = slider(label, { low: 0, high: stops.length - 1 }, stops.indexOf(state[name]), (at) => text(stops[at]), (at) => {
      put(name, stops[at]);
      draw();
    });
    refills.push(() => {
      input.value = stops.indexOf(state[name]);
      tell();
    });
    return field;
  }
  const names = Object.fromEntries(Object.entries(EXAMPLES).map(([key, { name }]) => [key, name]));
  const exampleNow = () => Object.keys(EXAMPLES).find((key) => EXAMPLES[key].numbers.every((value, i) => value === state[NAMES[i]]));
  const [start, list] = select("Start from", { ...names, own: "your own" }, "own", (key) => {
    (EXAMPLES[key]?.numbers ?? []).forEach((value, i) => put(NAMES[i], value));
    for (const refill of refills) refill();
    draw();
  });

  const note = make("p", { class: "lab-note" });
  const said = status();
  const work = make("div");
  const values = make("div");
  const picture = make("div");
  const facts = make("p", { class: "lab-note" });
  const numbers = make("div");
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "The numbers as tables"), numbers);
  el.replaceChildren(lab("standard and separable convolutions",
    make("div", { class: "lab-controls" }, start),
    make("div", { class: "lab-sliders" }, slide("Kernel side f", "kernel", square), slide("Channels in", "channels", count),
      slide("Channels out N", "filters", count), slide("Side of the output, pixels", "size", String)),
    note, said,
    make("div", { class: "lab-panels" },
      make("div", { class: "lab-panel" }, make("p", { class: "lab-heading" }, "Multiply-adds"), work, make("p", { class: "lab-heading" }, "Weights"), values),
      panel("The law: 1/N + 1/f\u00b2 over N", picture)),
    facts, closed));

  function sentence({ macs }) {
    const { kernel, channels, filters, size } = state;
    const { top, bottom, value } = law(kernel, filters);
    const task = `${square(kernel)} from ${count(channels)} to ${count(filters)} channels, ${shape([size, size])} out`;
    if (value >= 1) return `${task}: separable needs ${count(macs.separable)} multiply-adds, standard only ${count(macs.standard)}. 1/${count(filters)} + 1/${kernel ** 2} is not below 1.`;
    return `${task}: ${count(macs.separable)} multiply-adds instead of ${count(macs.standard)}, `
      + `1/${count(filters)} + 1/${kernel ** 2} = ${count(top)}/${count(bottom)} = ${three(value)} of them.`;
  }

  // Written only while it is open.
  function fill() {
    if (!closed.open) return numbers.replaceChildren();
    const { weights, macs } = prices(state);
    const titles = { standard: "Standard", depthwise: "Depthwise", pointwise: "Pointwise", separable: "Both together" };
    const powers = Array.from({ length: MOST + 1 }, (_, power) => 2 ** power);
    return numbers.replaceChildren(
      table("Cost of the convolutions", ["Convolution", "Weights", "Multiply-adds", "Of standard"],
        Object.entries(titles).map(([name, title]) => [title, count(weights[name]), count(macs[name]), three(macs[name] / macs.standard)])),
      table("The law", ["N", ...KERNELS.map(square)], powers.map((filters) => [`N = ${count(filters)}`, ...KERNELS.map((side) => three(share(side, filters)))])));
  }

  function draw() {
    const found = prices(state);
    const key = exampleNow();
    const { pointwise, separable } = found.macs;
    list.value = key ?? "own";
    note.textContent = EXAMPLES[key]?.note ?? "Numbers of your own.";
    said.textContent = sentence(found);
    work.replaceChildren(...bars(found.macs));
    values.replaceChildren(...bars(found.weights));
    picture.replaceChildren(curves(state));
    facts.textContent = `Neither the channels in nor the side of the output change the ratio, and the weights have the same one. `
      + `The 1\u00d71 part has ${show((100 * pointwise) / separable, 1)} % of the separable work: N/(N + f\u00b2). Below N = f\u00b2 = ${state.kernel ** 2} the depthwise part has more. `
      + "Biases are left out.";
    fill();
  }
  draw();
}

export default { render };
