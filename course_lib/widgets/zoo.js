// Lab of the case studies: the nets of the course in one scatter, by cost, year and accuracy.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { ARROWS, clamp, count, lab, make, select, settings, shape, show, status, table, ticks, vector } from "./kit.js";

const BYTES = 4; // of an activation as float32
const POINT = 5; // radius, pixels
const NONE = "no number in our ledger";

const accuracy = ({ published }) => (published && published.data === "ImageNet" ? 100 * (1 - published.error) : null);
// What can be plotted, and whether its scale is logarithmic.
const AXES = {
  weights: { text: "Trainable weights", log: true, value: (net) => net.trainable },
  macs: { text: "Multiply-adds for one image", log: true, value: (net) => net.macs },
  memory: { text: "Activation memory, bytes", log: true, value: (net) => BYTES * net.peak_activations },
  year: { text: "Year of publication", log: false, value: (net) => net.year },
  accuracy: { text: "ImageNet top-1 accuracy, %", log: false, value: accuracy },
};
const COLUMNS = {
  Net: (net) => net.name,
  Family: (net) => net.family,
  Year: AXES.year.value,
  Weights: AXES.weights.value,
  MACs: AXES.macs.value,
  "Memory, bytes": AXES.memory.value,
  "Published accuracy": ({ published }) => published && 1 - published.error,
};
const RULES = {
  x: { start: "macs", choices: Object.keys(AXES) },
  y: { start: "weights", choices: Object.keys(AXES) },
  family: { start: "all" },
  net: { start: "" },
  nets: { start: [] },
  landmarks: { start: [] }, // nets that are named where there is room
};

// Three digits and a unit: 1234567 becomes "1.23 M".
export function metric(value) {
  const power = value < 1 ? 0 : clamp(Math.floor(Math.log10(value) / 3), 0, 4);
  const rounded = Number((value / 1000 ** power).toPrecision(3));
  return rounded === 1000 ? metric(1000 ** (power + 1)) : `${rounded}${["", "\u00a0k", "\u00a0M", "\u00a0G", "\u00a0T"][power]}`;
}

// The value of a net on an axis, `null` where there is no number.
export const valueOf = (net, axis) => AXES[axis].value(net);

// Where an axis begins and ends, for all nets: their decades, or a margin of one.
export function bounds(nets, axis) {
  const values = nets.map(AXES[axis].value).filter((value) => value !== null);
  const { log } = AXES[axis];
  if (values.length === 0) return log ? [1, 10] : [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return log ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))] : [Math.floor(low) - 1, Math.ceil(high) + 1];
}

// The place of a value on an axis, 0 to 1.
export function place(value, [low, high], log) {
  return log ? Math.log10(value / low) / Math.log10(high / low) : (value - low) / (high - low);
}

// The numbers that stand on an axis: powers of ten, or round ones.
export const marks = ([low, high], log) =>
  (log ? ticks(Math.log10(low), Math.log10(high), Math.log10(high / low) + 0.5).map((power) => 10 ** power) : ticks(low, high, 7));

const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a - b);

// Nets by a column of the table; those without a number stay at the end.
export function sorted(nets, column, descending) {
  const value = COLUMNS[column];
  const [has, lacks] = [nets.filter((net) => value(net) !== null), nets.filter((net) => value(net) === null)];
  has.sort((a, b) => (descending ? -1 : 1) * order(value(a), value(b)) || order(a.name, b.name));
  return [...has, ...lacks];
}

/* The net that a key leads to: left and right go by x, up and down by y, Home and End to the ends.
   nets: those that can be chosen, with numbers on both axes. */
export function neighbor(nets, name, key, { x, y }) {
  const [dx, dy] = ARROWS[key] || [0, 0];
  const [first, second] = dy ? [y, x] : [x, y];
  const line = [...nets].sort((a, b) =>
    order(valueOf(a, first), valueOf(b, first)) || order(valueOf(a, second), valueOf(b, second)) || order(a.name, b.name));
  const at = line.findIndex((net) => net.name === name);
  if (line.length === 0) return name;
  if (key === "Home" || at === -1) return line[0].name;
  if (key === "End") return line.at(-1).name;
  return line[clamp(at + dx - dy, 0, line.length - 1)].name;
}

// What was published of a net, with its source.
export function told({ published }) {
  if (!published) return NONE;
  const { error, data, meaning, source } = published;
  return `${show(100 * (1 - error))} % on ${data} (100 % \u2212 ${show(100 * error)} %, ${meaning}; ${source})`;
}

const sentence = (net) => `${net.name} (${net.family}, ${net.work}; image ${shape(net.input)}): `
  + `${metric(net.trainable)} weights, ${metric(net.macs)} multiply-adds, ${metric(valueOf(net, "memory"))}B of activations; `
  + `published accuracy: ${told(net)}.`;

const isNet = (net) => net && typeof net.name === "string" && typeof net.family === "string" && Array.isArray(net.input)
  && ["year", "trainable", "macs", "peak_activations"].every((key) => net[key] > 0);

// Names beside points, where they cover no other name and no point; the first, which is that of the
// chosen net, may cover points.
function names(points, wanted, { left, right, top, bottom }) {
  const taken = [];
  const apart = (one, other) => one.x > other.x + other.wide || other.x > one.x + one.wide || Math.abs(one.y - other.y) > 13;
  const inside = (box) => box.x >= left && box.x + box.wide <= right && box.y - 12 >= top && box.y <= bottom;
  const covered = ({ x, y, wide }) => points.filter(({ a, b }) => a > x - POINT && a < x + wide + POINT && b > y - 10 - POINT && b < y + 2 + POINT).length;
  for (const { net, a, b } of wanted.flatMap((name) => points.filter((point) => point.net.name === name))) {
    const wide = 6.6 * net.name.length;
    const [after, over, before] = [a + 12, a - wide / 2, a - 12 - wide];
    const sides = [[after, 4], [before, 4], [over, -12], [over, 22], [after, -8], [before, -8], [after, 16], [before, 16]]
      .map(([x, dy]) => ({ x, y: b + dy, wide }));
    const [box] = sides.filter((side) => inside(side) && taken.every((other) => apart(side, other)))
      .sort((one, other) => covered(one) - covered(other));
    if (box && (covered(box) === 0 || net.name === wanted[0])) taken.push({ ...box, text: net.name });
  }
  return taken.map(({ x, y, text }) => vector("text", { class: "zoo-name", x, y }, text));
}

function render({ model, el }) {
  const [given, keep] = settings(model, RULES);
  const nets = given.nets.filter(isNet);
  const families = [...new Set([...nets].sort((a, b) => a.year - b.year).map((net) => net.family))];
  if (!families.includes(given.family)) keep("family", "all");
  const members = () => nets.filter((net) => given.family === "all" || net.family === given.family);
  const plotted = (among) => among.filter((net) => valueOf(net, given.x) !== null && valueOf(net, given.y) !== null);
  const sorting = { column: "Net", descending: false };

  const said = status();
  const note = make("p", { class: "lab-note" });
  const plot = make("div", { class: "zoo-plot", tabindex: "0", role: "application" });
  let points = [];

  // ---- choosing a point ----
  function choose(name) {
    keep("net", name);
    drawPlot();
    tell();
  }
  plot.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS) && !["Home", "End"].includes(event.key)) return;
    event.preventDefault();
    choose(neighbor(plotted(members()), given.net, event.key, given));
  });
  plot.addEventListener("click", (event) => {
    const box = plot.getBoundingClientRect();
    const far = ({ a, b }) => Math.hypot(event.clientX - box.left - a, event.clientY - box.top - b);
    const near = points.filter(({ free }) => free).sort((one, other) => far(one) - far(other))[0];
    if (near && far(near) < 30) choose(near.net.name);
  });

  // ---- the drawing ----
  function drawPlot() {
    const wide = Math.max(240, Math.floor(plot.clientWidth || 640));
    const high = plot.clientHeight || 400; // from zoo.css, so that the first drawing has its room
    const [left, right, top, bottom] = [52, wide - 22, 28, high - 44];
    const [x, y] = [AXES[given.x], AXES[given.y]];
    const [xs, ys] = [bounds(nets, given.x), bounds(nets, given.y)];
    const across = (value) => left + (right - left) * place(value, xs, x.log);
    const up = (value) => bottom - (bottom - top) * place(value, ys, y.log);
    const text = (value, log) => (log ? metric(value) : String(value));
    const chosen = new Set(members());
    points = plotted(nets).map((net) => ({ net, a: across(x.value(net)), b: up(y.value(net)), free: chosen.has(net) }));
    points.sort((one, other) => one.free - other.free);

    const parts = [vector("text", { x: 2, y: 14 }, y.text), vector("text", { x: right, y: high - 6, "text-anchor": "end" }, x.text)];
    const spaced = (right - left) / (marks(xs, x.log).length - 1) < 40 ? 2 : 1;
    marks(xs, x.log).forEach((value, i) => {
      parts.push(vector("path", { class: "zoo-line", d: `M${across(value)} ${top}V${bottom}` }));
      if (i % spaced === 0) parts.push(vector("text", { x: across(value), y: bottom + 17, "text-anchor": "middle" }, text(value, x.log)));
    });
    for (const value of marks(ys, y.log)) {
      parts.push(vector("path", { class: "zoo-line", d: `M${left} ${up(value)}H${right}` }),
        vector("text", { x: left - 7, y: up(value) + 4, "text-anchor": "end" }, text(value, y.log)));
    }
    const at = points.find(({ net, free }) => free && net.name === given.net);
    for (const { a, b, free } of points) parts.push(vector("circle", { class: free ? "zoo-point" : "zoo-point is-out", cx: a, cy: b, r: POINT }));
    if (at) parts.push(vector("circle", { class: "zoo-chosen", cx: at.a, cy: at.b, r: POINT + 3 }));
    const named = given.family === "all" ? given.landmarks : [...chosen].map(({ name }) => name);
    const wanted = new Set([given.net, ...named]);
    parts.push(...names(points.filter(({ free }) => free), [...wanted], { left, right, top, bottom }));
    plot.replaceChildren(vector("svg", { class: "zoo-drawing", "aria-hidden": "true", width: wide, height: high, viewBox: `0 0 ${wide} ${high}` }, ...parts));
    plot.setAttribute("aria-label", `Scatter of ${points.filter(({ free }) => free).length} nets. Left and right go from net to net by `
      + `${x.text}, up and down by ${y.text}.`);
  }

  function tell(before = "") {
    const net = members().find(({ name }) => name === given.net);
    const hidden = net && plotted([net]).length === 0 ? " It is in the table only." : "";
    said.textContent = before + (net ? sentence(net) + hidden : "No net is chosen.");
    const missing = members().length - plotted(members()).length;
    note.textContent = `Costs at each net\u2019s own input size, memory as float32 at the peak of inference.`
      + (missing ? ` ${missing} of ${members().length} nets have no number for these axes in our ledger and stand in the table only.` : "");
  }

  // ---- the table ----
  const row = (net) => [net.name, net.family, String(net.year), count(net.trainable), count(net.macs), count(valueOf(net, "memory")), told(net)];
  const listed = () => table("The nets and their numbers", Object.keys(COLUMNS), sorted(members(), sorting.column, sorting.descending).map(row));
  const list = listed();
  list.classList.add("zoo-table");
  for (const head of list.tHead.rows[0].cells) {
    const column = head.textContent;
    head.replaceChildren(make("button", { type: "button", onclick: () => {
      sorting.descending = sorting.column === column && !sorting.descending;
      sorting.column = column;
      drawTable();
      said.textContent = `Table by ${column}, ${sorting.descending ? "descending" : "ascending"}.`;
    } }, column));
  }
  function drawTable() {
    list.tBodies[0].replaceWith(listed().tBodies[0]);
    Object.keys(COLUMNS).forEach((column, i) => {
      const direction = sorting.descending ? "descending" : "ascending";
      list.tHead.rows[0].cells[i].setAttribute("aria-sort", column === sorting.column ? direction : "none");
    });
  }

  // ---- controls ----
  const titles = Object.fromEntries(Object.entries(AXES).map(([name, { text }]) => [name, text]));
  const axis = (label, name) => select(label, titles, given[name], (value) => {
    keep(name, value);
    drawPlot();
    tell(`${label}: ${titles[value]}. `);
  })[0];
  const [familyField] = select("Family", { all: "all nets", ...Object.fromEntries(families.map((name) => [name, name])) }, given.family, (value) => {
    keep("family", value);
    if (!members().some(({ name }) => name === given.net)) keep("net", members()[0].name);
    drawPlot();
    drawTable();
    tell(`${members().length} nets. `);
  });
  el.replaceChildren(lab("the nets of the course",
    make("div", { class: "lab-controls" }, axis("To the right", "x"), axis("Upwards", "y"), familyField),
    plot, said, note,
    make("details", { class: "zoo-details" }, make("summary", {}, "All numbers as a table"), list)));
  drawPlot();
  drawTable();
  tell();
  new ResizeObserver(drawPlot).observe(el);
}

export default { render };
