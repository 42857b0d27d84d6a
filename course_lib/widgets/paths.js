// Lab of the chapter on why residual nets train: the paths through n residual blocks.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { ARROWS, clamp, count, lab, make, panel, plot, settings, show, slider, status, table, vector } from "./kit.js";

const MOST_BLOCKS = 60;
const MOST_SWITCHES = 16; // up to here each block has a switch of its own
const DRAWN_BLOCKS = 4; // up to here all paths are drawn
const RULES = {
  blocks: { start: 4, low: 1, high: MOST_BLOCKS },
  removed: { start: [] },
  gain: { start: 0.5, low: 0.05, high: 2, real: true },
};

// Which of the blocks are taken out, each once and in order; a link may name others.
export const removedOf = (blocks, removed) =>
  [...new Set(removed)].filter((block) => Number.isInteger(block) && block >= 1 && block <= blocks).sort((a, b) => a - b);

// Number of paths of each length through so many residual blocks, exact.
export function pathCounts(blocks) {
  const counts = [1n];
  for (let length = 1; length <= blocks; length++) {
    counts.push((counts[length - 1] * BigInt(blocks - length + 1)) / BigInt(length));
  }
  return counts;
}

/* The paths through residual blocks, some of which are taken out (Veit et al. 2016, sections 3, 4.1
   and 5), and through a plain net of as many layers.
   Returns { all, left, counts (by length), shares (of the paths left), gradients (shares of the
   gradient), mean (length), weighted (mean length by gradient), factor (what the gradient is
   multiplied by on all paths together), plain: { left, factor } }. */
export function pathsOf({ blocks, removed, gain }) {
  const kept = blocks - removed.length;
  const counts = pathCounts(kept);
  const factor = (1 + gain) ** kept;
  return {
    all: 2n ** BigInt(blocks), left: 2n ** BigInt(kept), counts,
    shares: counts.map((paths) => Number(paths) / 2 ** kept),
    gradients: counts.map((paths, length) => (Number(paths) * gain ** length) / factor),
    mean: kept / 2, weighted: (kept * gain) / (1 + gain), factor,
    plain: { left: removed.length ? 0n : 1n, factor: removed.length ? 0 : gain ** blocks },
  };
}

// The lengths, from the first to the last, outside of which at most 2.5 % lie on each side.
export function middle(shares) {
  const end = (some) => {
    let outside = 0;
    return some.findIndex((share) => (outside += share) > 0.025);
  };
  return [end(shares), shares.length - 1 - end([...shares].reverse())];
}

const percent = (share) => `${100 * share >= 0.1 || share === 0 ? show(100 * share, 1) : power(100 * share)} %`;
const RAISED = Object.fromEntries([..."0123456789-"].map((digit, i) => [digit, "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"[i]]));
const raised = (exponent) => [...String(exponent)].map((digit) => RAISED[digit]).join("");

// A number of any size, to three digits.
function power(value) {
  if (value === 0 || (value >= 0.001 && value < 1e6)) return value < 1 ? show(value, 5) : count(+value.toFixed(2));
  const [digits, exponent] = value.toExponential(2).split("e");
  return `${digits} \u00b7 10${raised(Number(exponent))}`;
}

const list = (numbers) => [numbers.slice(0, -1).join(", "), numbers.at(-1)].filter((text) => text !== "").join(" and ");
const plural = (n, word) => `${count(n)} ${word}${n === 1 || n === 1n ? "" : "s"}`;

function bars(shares, blocks, mean, what) {
  const top = Math.max(...shares);
  const [from, to] = middle(shares);
  const label = `${what} by number of blocks on the path: mean ${show(mean)}, at least 95 % from ${from} to ${to}.`;
  const told = [(at) => (Number.isInteger(at) ? show(at) : ""), (at) => `${show(100 * at)} %`];
  return plot({ x: [-0.6, blocks + 0.6], y: [0, top * 1.1], label, told }, (across, up) => [
    vector("path", { class: "paths-bars", d: shares.map((share, k) => `M${across(k - 0.42)} ${up(0)}V${up(share)}H${across(k + 0.42)}V${up(0)}z`).join("") }),
    vector("path", { class: "paths-mean", d: `M${across(mean)} ${up(0)}V${up(top * 1.1)}` }),
  ]);
}

/* The unrolled view: each copy of a sum is fed by two copies of the sum before it. The input stands
   on the left once for each path; the bits of its row say which blocks the path enters. */
function unrolled(blocks, removed) {
  const mask = removed.reduce((bits, block) => bits | (1 << (block - 1)), 0);
  const place = (row) => 34 + 20 * row;
  const step = (340 - 60) / blocks;
  const parts = [
    vector("text", { x: 2, y: 14 }, "Blocks on the path"), vector("text", { x: 342, y: 14, "text-anchor": "end" }, "Output"),
  ];
  for (let block = 1; block <= blocks; block++) {
    const [left, right] = [60 + (block - 1) * step, 60 + block * step];
    const half = (left + right) / 2;
    for (let copy = 0; copy < 2 ** (blocks - block + 1); copy++) {
      const row = copy << (block - 1);
      const y = place(row);
      const above = place(row - (1 << (block - 1)));
      const look = row & mask ? "is-gone" : "";
      if (copy % 2 === 0) parts.push(vector("path", { class: look, d: `M${left} ${y}H${right}` }));
      else {
        parts.push(vector("path", { class: look, d: `M${left} ${y}H${half - 13}m26 0H${right}V${above}` }),
          vector("rect", { class: look, x: half - 13, y: y - 8, width: 26, height: 16, rx: 3 }),
          vector("text", { class: look, x: half, y: y + 4, "text-anchor": "middle" }, `f${String.fromCharCode(0x2080 + block)}`),
          vector("circle", { class: look, cx: right, cy: above, r: 2.5 }));
      }
    }
  }
  for (const { row, length } of routes(blocks)) {
    const gone = row & mask;
    parts.push(vector("text", { class: gone ? "is-gone" : "", x: 6, y: place(row) + 4 }, `${length}${gone ? " gone" : ""}`));
  }
  const label = `The ${plural(2 ** blocks, "path")} through ${plural(blocks, "block")}, one below the other; ${2 ** (blocks - removed.length)} are left.`;
  return vector("svg", { class: "paths-unrolled", viewBox: `0 0 350 ${place(2 ** blocks) - 6}`, role: "img", "aria-label": label }, ...parts);
}

// Every path through a few blocks: its row in the drawing, the blocks that it enters, their number.
export const routes = (blocks) => Array.from({ length: 2 ** blocks }, (_, row) => {
  const entered = Array.from({ length: blocks }, (__, i) => i + 1).filter((block) => (row >> (block - 1)) & 1);
  return { row, entered, length: entered.length };
});

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  state.removed = removedOf(state.blocks, state.removed);
  const change = (name, value) => {
    put(name, value);
    draw();
  };
  const takeOut = (removed) => change("removed", removedOf(state.blocks, removed));

  // ---- which blocks are taken out: a switch for each, or how many ----
  const holder = make("div", { class: "paths-removed" });
  let switches = [];
  function setSwitches() {
    const { blocks, removed } = state;
    switches = [];
    if (blocks > MOST_SWITCHES) {
      const text = (n) => plural(n, "block");
      return holder.replaceChildren(slider("Blocks taken out", { low: 0, high: blocks }, removed.length, text,
        (n) => takeOut(Array.from({ length: n }, (_, i) => i + 1)))[0]);
    }
    switches = Array.from({ length: blocks }, (_, i) => make("button", {
      type: "button", tabindex: i ? "-1" : "0", "aria-label": `Take out block ${i + 1}`, "aria-pressed": String(removed.includes(i + 1)),
      onclick: () => {
        const block = i + 1;
        takeOut(state.removed.includes(block) ? state.removed.filter((other) => other !== block) : [...state.removed, block]);
        switches.forEach((one, j) => one.setAttribute("aria-pressed", String(state.removed.includes(j + 1))));
      },
      onfocus: () => switches.forEach((one, j) => { one.tabIndex = i === j ? 0 : -1; }),
      onkeydown: (event) => {
        const [dx, dy] = ARROWS[event.key] || [0, 0];
        if (!dx && !dy) return;
        event.preventDefault();
        switches[clamp(i + dx + dy, 0, blocks - 1)].focus();
      },
    }, String(i + 1)));
    return holder.replaceChildren(make("p", { class: "lab-note", "aria-hidden": "true" }, "Take out block"),
      make("div", { class: "paths-switches", role: "group", "aria-label": "Blocks that are taken out; arrow keys move, space takes out or puts back" }, ...switches));
  }

  const said = status();
  const numbers = make("div", { class: "paths-numbers" });
  const drawing = make("div");
  const plots = make("div", { class: "lab-panels" });
  const notes = make("p", { class: "lab-note" });
  const details = make("div");
  const closed = make("details", { ontoggle: () => fill(pathsOf(state)) }, make("summary", {}, "The numbers of the plots"), details);

  function fill(net) {
    if (!closed.open) return details.replaceChildren();
    const lengths = net.counts.map((paths, k) => [k, count(paths), percent(net.shares[k]), percent(net.gradients[k])]);
    const parts = [table("Paths by length", ["Blocks on the path", "Paths", "Share of the paths", "Share of the gradient"], lengths)];
    if (state.blocks <= DRAWN_BLOCKS) {
      parts.push(table("All paths", ["Path", "Blocks that it enters", "Length", "Left"], routes(state.blocks).map(({ row, entered, length }) =>
        [row + 1, list(entered) || "none", length, entered.some((block) => state.removed.includes(block)) ? "no" : "yes"])));
    }
    return details.replaceChildren(...parts);
  }

  function draw() {
    const { blocks, removed, gain } = state;
    const net = pathsOf(state);
    const [from, to] = middle(net.gradients);
    const without = blocks <= MOST_SWITCHES ? `block${removed.length === 1 ? "" : "s"} ${list(removed)}` : plural(removed.length, "block");
    said.textContent = removed.length === 0
      ? `${plural(blocks, "residual block")}: ${plural(net.all, "path")}; a plain net of ${plural(blocks, "layer")} has 1.`
      : `${plural(blocks, "residual block")} without ${without}: ${count(net.left)} of ${plural(net.all, "path")} ${net.left === 1n ? "is" : "are"} left; `
        + `in a plain net of ${plural(blocks, "layer")} none would be.`;
    const plainLength = removed.length ? "no path" : String(blocks);
    numbers.replaceChildren(table("Residual and plain net", ["Quantity", "Residual net", "Plain net"], [
      ["Paths", count(net.all), "1"],
      [`Paths left without ${plural(removed.length, "block")}`, count(net.left), String(net.plain.left)],
      ["Share that is left", percent(Number(net.left) / Number(net.all)), removed.length ? "0 %" : "100 %"],
      ["Mean length of a path, blocks", show(net.mean), plainLength],
      ["Mean length, weighted by gradient", show(net.weighted), plainLength],
      ["Gradient at the input over that at the output", power(net.factor), power(net.plain.factor)],
    ]));
    drawing.replaceChildren(...(blocks <= DRAWN_BLOCKS
      ? [panel("All paths: each enters a block or skips it", unrolled(blocks, removed))] : []));
    plots.replaceChildren(
      panel("Paths, by blocks on the path", bars(net.shares, blocks, net.mean, "Share of the paths")),
      panel("Gradient, by blocks on the path", bars(net.gradients, blocks, net.weighted, "Share of the gradient")));
    notes.textContent = `The lines mark the means. With gain ${show(gain)}, at least 95 % of the gradient runs through paths of ${from} to ${to} blocks. `
      + "The lab lets every branch multiply a gradient by the same gain and adds up all paths with one sign; in a trained net both differ "
      + "from path to path. Veit et al. 2016: number of paths in section 3, taking out blocks in section 4.1, lengths and gradients in section 5.";
    fill(net);
  }

  const [blocksField] = slider("Residual blocks", RULES.blocks, state.blocks, String, (blocks) => {
    put("blocks", blocks);
    put("removed", removedOf(blocks, state.removed));
    setSwitches();
    draw();
  });
  const [gainField] = slider("Gain of a branch", { ...RULES.gain, step: 0.05 }, state.gain, (value) => show(value),
    (value) => change("gain", value));
  el.replaceChildren(lab("paths through residual blocks",
    make("div", { class: "lab-sliders" }, blocksField, gainField), holder, said, drawing, plots, numbers, notes, closed));
  setSwitches();
  draw();
}

export default { render };
