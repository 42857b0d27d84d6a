// Lab of the batch normalization chapter: one channel before and after it, in both modes.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { clamp, count, lab, make, panel, plot, random, select, settings, show, slider, status, table, vector } from "./kit.js";

const BINS = 40;
const MOST_STEPS = 1000;
const SEED = 2015; // of the activations
const RULES = {
  batch: { start: 32, choices: [2, 4, 8, 16, 32, 64, 128, 256] },
  shift: { start: 3, low: -5, high: 5, real: true },
  spread: { start: 2, low: 0.05, high: 5, real: true },
  gamma: { start: 1, low: 0, high: 3, real: true },
  beta: { start: 0, low: -3, high: 3, real: true },
  epsilon: { start: 1e-3, choices: [1e-5, 1e-3] },
  mode: { start: "training", choices: ["training", "inference"] },
  momentum: { start: 0.99, choices: [0.9, 0.99] },
  steps: { start: 30, low: 0, high: MOST_STEPS },
};
const CASES = {
  "batch of 2": { batch: 2, mode: "training", momentum: 0.9, steps: 60 },
  "batch of 256": { batch: 256, mode: "training", momentum: 0.9, steps: 60 },
  "30 steps, momentum 0.99": { batch: 32, mode: "inference", momentum: 0.99, steps: 30 },
  "30 steps, momentum 0.9": { batch: 32, mode: "inference", momentum: 0.9, steps: 30 },
  "500 steps, momentum 0.99": { batch: 32, mode: "inference", momentum: 0.99, steps: 500 },
};

// Uniform number of an index.
export const uniform = (index) => random(SEED, index);

// Standard normal number of an index, by Box and Muller's formula.
export const normal = (index) =>
  Math.sqrt(-2 * Math.log(1 - uniform(2 * index))) * Math.cos(2 * Math.PI * uniform(2 * index + 1));

// The activations of one batch; number 0 comes before the first step.
export const batchAt = ({ batch, shift, spread }, step) =>
  Array.from({ length: batch }, (_, i) => shift + spread * normal(step * batch + i));

// Mean and biased variance (Ioffe & Szegedy 2015, algorithm 1).
export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

// Batch normalization with the statistics `used` (algorithm 1 in training, 2 in inference).
export const normalize = (values, used, { gamma, beta, epsilon }) =>
  values.map((value) => (gamma * (value - used.mean)) / Math.sqrt(used.variance + epsilon) + beta);

// One step of the moving statistics, as Keras takes it.
export const move = (moving, seen, momentum) => ({
  mean: momentum * moving.mean + (1 - momentum) * seen.mean,
  variance: momentum * moving.variance + (1 - momentum) * seen.variance,
});

// Statistics of the standard normal batches so far, by size: only these take time to draw.
const drawn = new Map();

function drawnMoments(batch, step) {
  if (!drawn.has(batch)) drawn.set(batch, []);
  const known = drawn.get(batch);
  while (known.length <= step) known.push(moments(batchAt({ batch, shift: 0, spread: 1 }, known.length)));
  return known[step];
}

// The statistics of each batch, `seen`, and the moving ones after it; before the first step 0 and 1.
export function follow({ batch, shift, spread, momentum, steps }) {
  const rows = [];
  let moving = { mean: 0, variance: 1 };
  for (let step = 0; step <= steps; step++) {
    const { mean, variance } = drawnMoments(batch, step);
    const seen = { mean: shift + spread * mean, variance: spread ** 2 * variance };
    if (step) moving = move(moving, seen, momentum);
    rows.push({ seen, moving });
  }
  return rows;
}

// How far the moving statistics are from the true ones: the mean in true standard deviations, the
// variance as a share of the true one; `left` is the weight that their start values still have.
export const distance = (moving, { shift, spread, momentum, steps }) => ({
  mean: (moving.mean - shift) / spread,
  variance: moving.variance / spread ** 2 - 1,
  left: momentum ** steps,
});

// How many values fall into each of the bins between two ends.
export function histogram(values, [low, high]) {
  const counts = Array(BINS).fill(0);
  for (const value of values) counts[clamp(Math.floor(((value - low) / (high - low)) * BINS), 0, BINS - 1)]++;
  return counts;
}

const percent = (share, digits = 0) => `${show(100 * share, digits)} %`;
const figures = ({ mean, variance }) => [show(mean, 3), show(variance, 3), show(Math.sqrt(variance), 3)];

function bars(values, ends, label, used) {
  const counts = histogram(values, ends);
  const top = Math.max(...counts);
  const deviation = Math.sqrt(used.variance);
  return plot({ x: ends, y: [0, top * 1.2], label, told: [show, (at) => (Number.isInteger(at) ? show(at) : "")] }, (across, up) => {
    const edge = (i) => across(ends[0] + (i / BINS) * (ends[1] - ends[0]));
    const path = counts.map((n, i) => (n ? `M${edge(i)} ${up(0)}V${up(n)}H${edge(i + 1) - 0.8}V${up(0)}z` : "")).join("");
    const [from, to] = [-1, 1].map((side) => across(clamp(used.mean + side * deviation, ...ends)));
    return [vector("path", { class: "norm-bars", d: path }),
      vector("path", { class: "norm-mark", d: `M${across(used.mean)} ${up(0)}V${up(top * 1.15)}M${from} ${up(top * 1.1)}H${to}` })];
  });
}

// Batches as dots, the moving statistic as a line, the true one dashed.
function course(rows, what, { true: goal, ends, horizon }) {
  const value = (at) => clamp(at, ...ends);
  const label = `${what} by step: ${show(rows.at(-1).moving[what], 3)} after ${rows.length - 1} steps, true ${show(goal, 3)}.`;
  return plot({ x: [0, horizon], y: ends, label }, (across, up) => [
    vector("path", { class: "norm-dots", d: rows.map(({ seen }, i) => `M${across(i)} ${up(value(seen[what]))}h0`).join("") }),
    vector("path", { class: "norm-true", d: `M${across(0)} ${up(goal)}H${across(horizon)}` }),
    vector("path", { class: "norm-moving", d: `M${rows.map(({ moving }, i) => `${across(i)} ${up(value(moving[what]))}`).join("L")}` }),
  ]);
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const refill = {}; // shows a setting that something else than its control has changed

  function change(news) {
    for (const [name, value] of Object.entries(news)) {
      put(name, value);
      refill[name]?.();
    }
    draw();
  }
  const pick = (label, name, texts) => {
    const options = texts || Object.fromEntries(RULES[name].choices.map((option) => [option, String(option)]));
    const numbers = typeof RULES[name].start === "number";
    const [field, list] = select(label, options, state[name], (value) => change({ [name]: numbers ? Number(value) : value }));
    refill[name] = () => { list.value = String(state[name]); };
    return field;
  };
  const slide = (label, name, step) =>
    slider(label, { ...RULES[name], step }, state[name], (value) => show(value), (value) => change({ [name]: value }))[0];
  const button = (text, onclick) => make("button", { type: "button", onclick }, text);
  const more = (steps) => () => change({ steps: Math.min(MOST_STEPS, state.steps + steps) });
  const OWN = "your own";
  const [caseField, caseList] = select("Case", [OWN, ...Object.keys(CASES)], OWN, (name) => { if (CASES[name]) change(CASES[name]); });

  const said = status();
  const plots = make("div", { class: "lab-panels" });
  const numbers = make("div");
  const notes = make("div");
  const details = make("div");
  let shown;

  function draw() {
    const { batch, mode, momentum, steps, shift, spread, gamma, beta } = state;
    const rows = follow(state);
    const { seen, moving } = rows.at(-1);
    const values = batchAt(state, steps);
    const used = mode === "training" ? seen : moving;
    const output = normalize(values, used, state);
    const after = moments(output);
    const truth = { mean: shift, variance: spread ** 2 };
    const off = distance(moving, state);
    const taken = `${count(steps)} ${steps === 1 ? "step" : "steps"}`;
    caseList.value = Object.keys(CASES).find((name) => Object.entries(CASES[name]).every(([key, value]) => state[key] === value)) || OWN;

    // Both histograms have one axis, whose ends are whole so that it stays while batches change.
    const ends = [Math.floor(Math.min(shift - 3.5 * spread, beta - 2.5 * gamma - 0.5, ...output)),
      Math.ceil(Math.max(shift + 3.5 * spread, beta + 2.5 * gamma + 0.5, ...output))];
    const horizon = [50, 100, 200, 500, 1000].find((most) => most >= steps);
    const wander = { mean: (3 * spread) / Math.sqrt(batch), variance: 2.5 * truth.variance * Math.sqrt(2 / batch) };
    const span = (what, start) => [Math.min(start, 0, what === "mean" ? shift - wander.mean : 0), Math.max(start, truth[what] + wander[what])];
    const describe = ({ mean, variance }) => `mean ${show(mean)}, standard deviation ${show(Math.sqrt(variance))}`;
    const whose = mode === "training" ? "this batch's own" : "the moving ones";
    plots.replaceChildren(
      panel("Before: what comes in", bars(values, ends, `Histogram of the ${batch} activations that come in: ${describe(seen)}.`, used)),
      panel("After: the output", bars(output, ends, `Histogram of the ${batch} outputs: ${describe(after)}.`, after)),
      panel("Mean, step by step", course(rows, "mean", { true: shift, ends: span("mean", 0), horizon })),
      panel("Variance, step by step", course(rows, "variance", { true: truth.variance, ends: span("variance", 1), horizon })));

    said.textContent = `${mode === "training" ? "Training" : "Inference"} mode after ${taken}: `
      + `the output has mean ${show(after.mean)} and standard deviation ${show(Math.sqrt(after.variance))}; the moving mean is `
      + `${show(Math.abs(off.mean))} standard deviations from the true mean, the moving variance ${percent(Math.abs(off.variance))} `
      + `${off.variance < 0 ? "below" : "above"} the true variance.`;
    numbers.replaceChildren(table("Statistics of the activations", ["Statistics", "Mean", "Variance", "Standard deviation"], [
      ["True, of all activations", ...figures(truth)],
      [steps ? `Batch ${count(steps)}` : "Batch 0, before the first step", ...figures(seen)],
      [`Moving, after ${taken}`, ...figures(moving)],
      ["Output", ...figures(after)],
    ]));
    notes.replaceChildren(
      make("p", { class: "lab-note" }, `The mark in the first histogram is the mean, plus and minus one standard deviation, that ${mode} mode normalizes with: ${whose}. `
        + "Below it, each dot is a batch, the line the moving statistic, the dashed line the true one."),
      make("p", { class: "lab-note" }, `The moving mean starts at 0, the moving variance at 1. Each step keeps ${momentum} of them: after ${taken} `
        + `they still weigh ${momentum}`, make("sup", {}, String(steps)), ` = ${percent(off.left, off.left < 0.01 ? 4 : 1)}.`),
      make("p", { class: "lab-note" }, `A batch of ${batch} finds on average (${batch} \u2212 1) / ${batch} = ${percent((batch - 1) / batch, 1)} of the true variance, because it measures from its own mean. `
        + "Keras moves towards that; the paper corrects it by m / (m \u2212 1) (Ioffe and Szegedy 2015, section 3.1 and algorithm 2)."
        + (batch === 2 ? " In training mode two activations always become nearly \u03b2 \u2212 \u03b3 and \u03b2 + \u03b3, whatever they were." : "")));
    shown = { rows, values, output, ends };
    fill();
  }

  // The numbers of the plots, written only while they are open.
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "The numbers of the plots"), details);
  function fill() {
    if (!closed.open) return details.replaceChildren();
    const { rows, values, output, ends } = shown;
    const edge = (i) => show(ends[0] + (i / BINS) * (ends[1] - ends[0]));
    const [before, after] = [values, output].map((some) => histogram(some, ends));
    const bins = before.map((n, i) => [`${edge(i)} to ${edge(i + 1)}`, n, after[i]]).filter(([, a, b]) => a || b);
    const every = Math.max(1, Math.ceil((rows.length - 1) / 20));
    const steps = rows.map(({ seen, moving }, i) => [i, ...[seen.mean, moving.mean, seen.variance, moving.variance].map((value) => show(value, 3))])
      .filter(([i]) => i % every === 0 || i === rows.length - 1);
    return details.replaceChildren(
      table("Histograms", ["Interval", "Before", "After"], bins),
      table("Statistics by step", ["Step", "Mean of the batch", "Moving mean", "Variance of the batch", "Moving variance"], steps));
  }

  el.replaceChildren(lab("batch normalization of one channel",
    make("div", { class: "lab-controls" }, caseField, pick("Batch size", "batch"),
      pick("Mode", "mode", { training: "training: this batch's statistics", inference: "inference: moving statistics" }),
      pick("Momentum", "momentum"), pick("Epsilon", "epsilon", { 0.00001: "0.00001", 0.001: "0.001" })),
    make("div", { class: "lab-sliders" }, slide("True mean", "shift", 0.1),
      slide("True standard deviation", "spread", 0.05), slide("Gamma \u03b3", "gamma", 0.1), slide("Beta \u03b2", "beta", 0.1)),
    make("div", { class: "lab-controls norm-steps", role: "group", "aria-label": "Training steps" },
      button("One more step", more(1)), button("10 more", more(10)), button("100 more", more(100)), button("Start again", () => change({ steps: 0 }))),
    said, plots, numbers, notes, closed));
  draw();
}

export default { render };
