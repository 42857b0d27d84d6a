// Lab of the chapter on Inception: six widths, four branches, and what they cost.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { count, lab, make, select, settings, shape, show, status, table, toggle, whole } from "./kit.js";

const LABELS = {
  size: "Map side, pixels", channels: "Channels in", one: "1\u00d71", reduce3: "3\u00d73 reduce", three: "3\u00d73",
  reduce5: "5\u00d75 reduce", five: "5\u00d75", pool: "Pool projection",
};
const NUMBERS = Object.keys(LABELS);

// Side and channels of the map that comes in, then the six widths (Szegedy et al. 2015, table 1).
export const MODULES = {
  "3a": [28, 192, 64, 96, 128, 16, 32, 32],
  "3b": [28, 256, 128, 128, 192, 32, 96, 64],
  "4a": [14, 480, 192, 96, 208, 16, 48, 64],
  "4b": [14, 512, 160, 112, 224, 24, 64, 64],
  "4c": [14, 512, 128, 128, 256, 24, 64, 64],
  "4d": [14, 512, 112, 144, 288, 32, 64, 64],
  "4e": [14, 528, 256, 160, 320, 32, 128, 128],
  "5a": [7, 832, 256, 160, 320, 32, 128, 128],
  "5b": [7, 832, 384, 192, 384, 48, 128, 128],
};
const rule = (start, high) => ({ start, low: 1, high });
const RULES = {
  size: rule(28, 512), channels: rule(192, 4096), one: rule(64, 2048), reduce3: rule(96, 2048), three: rule(128, 2048),
  reduce5: rule(16, 2048), five: rule(32, 2048), pool: rule(32, 2048), four: { start: false, choices: [true, false] },
};

// The six convolutions as [name, side of the kernel, channels read, filters]; with four widths the
// projection's width stands in for both reductions.
export function convolutions({ channels, one, reduce3, three, reduce5, five, pool, four }) {
  const [before3, before5] = four ? [pool, pool] : [reduce3, reduce5];
  return [
    ["1\u00d71", 1, channels, one],
    ["3\u00d73 reduce", 1, channels, before3],
    ["3\u00d73", 3, before3, three],
    ["5\u00d75 reduce", 1, channels, before5],
    ["5\u00d75", 5, before5, five],
    ["Pool projection", 1, channels, pool],
  ];
}

// The form without reductions (figure 2a).
export const naive = ({ channels, one, three, five }) =>
  [["1\u00d71", 1, channels, one], ["3\u00d73", 3, channels, three], ["5\u00d75", 5, channels, five]];

/* What a module costs as it is set, with all six widths, and in its naive form.
   Returns { module, six, naive }, each { weights (with biases), macs, channels (that come out) }. */
export function prices(state) {
  const wide = state.one + state.three + state.five;
  const price = (layers, behind) => {
    const products = layers.reduce((total, [, side, reads, gives]) => total + side ** 2 * reads * gives, 0);
    const biases = layers.reduce((total, [, , , gives]) => total + gives, 0);
    return { weights: products + biases, macs: products * state.size ** 2, channels: wide + behind };
  };
  return {
    module: price(convolutions(state), state.pool),
    six: price(convolutions({ ...state, four: false }), state.pool),
    naive: price(naive(state), state.channels),
  };
}

const BRANCHES = ["1\u00d71", "3\u00d73", "5\u00d75", "pooling"];
const millions = (macs) => `${show(macs / 1e6, 1)} M`;

// The channels that come out, branch by branch, as parts of a bar.
function bar(title, parts, most) {
  const pieces = parts.map((part, i) => make("span", { class: `module-part is-${i}`, style: `width: ${(100 * part) / most}%` }));
  const told = parts.map((part, i) => `${count(part)} from ${BRANCHES[i]}`).join(", ");
  return make("div", { class: "module-row" }, make("p", { class: "lab-note" }, `${title}: ${told}`),
    make("div", { class: "module-bar", "aria-hidden": "true" }, ...pieces));
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const change = (name, value) => {
    put(name, value);
    draw();
  };
  const fills = {};
  const fields = {};
  const typed = Object.fromEntries(NUMBERS.map((name) => {
    const [field, input, fill] = whole(LABELS[name], RULES[name], state[name], (value) => change(name, value));
    fills[name] = fill;
    fields[name] = input;
    return [name, field];
  }));
  const presets = Object.fromEntries(Object.keys(MODULES).map((name) => [name, `module ${name}`]));
  const [start, list] = select("Start from", { ...presets, own: "your own" }, "own", (name) => {
    (MODULES[name] ?? []).forEach((value, i) => {
      put(NUMBERS[i], value);
      fills[NUMBERS[i]](value);
    });
    draw();
  });
  const [switched] = toggle("Four widths only, a common bug", state.four, (on) => change("four", on));

  const said = status();
  const bars = make("div");
  const forms = make("div");
  const rows = make("div");
  el.replaceChildren(lab("design an Inception module",
    make("div", { class: "lab-controls" }, start, typed.size, typed.channels),
    make("div", { class: "lab-controls" }, ...NUMBERS.slice(2).map((name) => typed[name]), switched),
    said,
    make("div", { class: "lab-panels" },
      make("div", { class: "lab-panel" }, make("p", { class: "lab-heading" }, "Channels that come out"), bars, forms),
      make("div", { class: "lab-panel" }, make("p", { class: "lab-heading" }, "Convolution by convolution"), rows)),
    make("p", { class: "lab-note" }, "Weights include biases; multiply-adds do not. Stride 1 and padding keep the map's side in every branch.")));

  function sentence(found) {
    const out = shape([state.size, state.size, found.module.channels]);
    if (!state.four) {
      return `Output ${out}: ${count(found.module.weights)} weights, ${millions(found.module.macs)} multiply-adds. `
        + `The naive module has ${(found.naive.macs / found.module.macs).toPrecision(3)} times as many and gives ${count(found.naive.channels)} channels.`;
    }
    if (found.module.weights === found.six.weights && found.module.macs === found.six.macs) {
      return `Output ${out}. With these numbers four widths cost what six do.`;
    }
    return `Output still ${out}, but ${count(found.module.weights)} weights instead of ${count(found.six.weights)}, `
      + `${millions(found.module.macs)} multiply-adds instead of ${millions(found.six.macs)}.`;
  }

  function draw() {
    const found = prices(state);
    const layers = convolutions(state);
    const now = String(NUMBERS.map((name) => state[name]));
    list.value = Object.keys(MODULES).find((name) => String(MODULES[name]) === now) ?? "own";
    for (const name of ["reduce3", "reduce5"]) fields[name].disabled = state.four;
    said.textContent = sentence(found);
    const { one, three, five } = state;
    const most = Math.max(found.module.channels, found.naive.channels);
    bars.replaceChildren(bar("Module", [one, three, five, state.pool], most), bar("Naive", [one, three, five, state.channels], most));
    const titles = { ...(state.four ? { module: "Four widths", six: "Six widths" } : { module: "Module" }), naive: "Naive" };
    forms.replaceChildren(table("Forms of the module", ["Form", "Channels out", "Weights", "MACs"],
      Object.entries(titles).map(([form, title]) => [title, count(found[form].channels), count(found[form].weights), count(found[form].macs)])));
    const work = layers.map(([, side, reads, gives]) => side ** 2 * reads * gives * state.size ** 2);
    rows.replaceChildren(table("Convolutions of the module", ["Convolution", "Reads", "Gives", "Weights", "MACs"],
      layers.map(([name, side, reads, gives], i) => [name, count(reads), count(gives), count(side ** 2 * reads * gives + gives), count(work[i])])));
  }
  draw();
}

export default { render };
