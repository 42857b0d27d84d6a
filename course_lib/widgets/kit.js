// What the labs share. `course_lib.widgets.lab` puts it in place of the line with which a lab asks
// for it, so that a lab is one module of its own on the page, in JupyterLab and in Colab.

export const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const GROUPED = new Intl.NumberFormat("en-US"); // toLocaleString would make one at each call
export const count = (value) => GROUPED.format(value);
export const show = (value, digits = 2) => String(+value.toFixed(digits)).replace("-", "\u2212");
export const shape = (sizes) => sizes.join(" \u00d7 ");

// Uniform number, at least 0 and below 1, of a seed and an index, by the generator mulberry32.
export function random(seed, index) {
  const state = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

// An element; attributes that begin with "on" listen, and one that is `false` is left out.
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

let drawings = ""; // the namespace of SVG, which the parser knows

// The same for an SVG drawing and its parts.
export function vector(tag, attributes = {}, ...children) {
  if (!drawings) {
    const sample = make("template");
    sample.innerHTML = "<svg></svg>";
    drawings = sample.content.firstChild.namespaceURI;
  }
  return furnish(document.createElementNS(drawings, tag), attributes, children);
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

let controls = 0;

// A control with its label.
export function labelled(label, control) {
  control.id = `lab-control-${++controls}-${Math.random().toString(36).slice(2, 7)}`;
  return make("span", { class: "lab-field" }, make("label", { for: control.id }, label), control);
}

// A list to choose from: values, or texts by value. Returns the labelled control and the list.
export function select(label, options, value, onpick) {
  const list = make("select", { onchange: () => onpick(list.value) });
  const named = Array.isArray(options) ? options.map((option) => [option, String(option)]) : Object.entries(options);
  for (const [key, text] of named) list.append(make("option", { value: key }, text));
  list.value = String(value);
  return [labelled(label, list), list];
}

// A field for a whole number; what lies outside its bounds is not taken, and is put right on leaving.
// Returns the labelled control, the field, and a function that fills it.
export function whole(label, { low, high }, value, ontype) {
  let taken = value;
  const field = make("input", {
    type: "number", min: low, max: high, value, inputmode: "numeric",
    oninput: () => {
      const typed = Number(field.value);
      if (field.value === "" || !Number.isInteger(typed) || typed < low || typed > high) return;
      taken = typed;
      ontype(typed);
    },
    onchange: () => { field.value = taken; },
  });
  const fill = (number) => {
    taken = number;
    if (Number(field.value) !== number) field.value = number;
  };
  return [labelled(label, field), field, fill];
}

// A slider, which says its value in words to a screen reader and beside it.
export function slider(label, { low, high, step = 1 }, value, text, onmove) {
  const said = make("output", { class: "lab-value" });
  const bar = make("input", { type: "range", min: low, max: high, step, value, oninput: () => { tell(); onmove(Number(bar.value)); } });
  const tell = () => {
    said.textContent = text(Number(bar.value));
    bar.setAttribute("aria-valuetext", said.textContent);
  };
  const field = labelled(label, bar);
  field.append(said);
  tell();
  return [field, bar, tell];
}

// A switch, on or off, with its label.
export function toggle(label, value, onflip) {
  const box = make("input", { type: "checkbox", role: "switch", checked: value, onchange: () => onflip(box.checked) });
  const field = labelled(label, box);
  field.classList.add("lab-switch");
  return [field, box];
}

// A table; each row begins with its heading. On a narrow screen each number stands under its row's
// heading, beside its column's.
export function table(caption, heads, rows) {
  const cell = (text, i) => make("td", { "data-label": heads[i + 1] }, text);
  const line = ([title, ...cells]) => make("tr", {}, make("th", { scope: "row" }, title), ...cells.map(cell));
  return make("table", { class: "lab-table" }, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows.map(line)));
}

// Round numbers for an axis.
export function ticks(low, high, most = 5) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/* A plot: its axes, and the parts that `inside(across, up)` gives; these two turn values into
   places. x and y: the ends of the axes, label: what a screen reader says, told: how the numbers of
   the axes are written. */
export function plot({ x, y, label, told = [show, show] }, inside) {
  const [width, height, left, right, top, bottom] = [320, 170, 40, 10, 8, 20];
  const across = (value) => +(left + ((value - x[0]) / (x[1] - x[0])) * (width - left - right)).toFixed(2);
  const up = (value) => +(height - bottom - ((value - y[0]) / (y[1] - y[0])) * (height - top - bottom)).toFixed(2);
  const columns = ticks(...x, 6).map((at) => vector("text", { x: across(at), y: height - 5, "text-anchor": "middle" }, told[0](at)));
  const rows = ticks(...y, 4).flatMap((at) => [
    vector("path", { class: "lab-grid", d: `M${left} ${up(at)}H${width - right}` }),
    vector("text", { x: left - 5, y: up(at) + 4, "text-anchor": "end" }, told[1](at)),
  ]);
  return vector("svg", { class: "lab-plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ...rows, ...columns, ...inside(across, up));
}

export const panel = (title, ...children) =>
  make("div", { class: "lab-panel" }, make("p", { class: "lab-heading" }, title), ...children);

// The sentence that says what changed; screen readers speak it.
export const status = () => make("p", { class: "lab-total", role: "status", "aria-live": "polite" });

// JupyterLab would take arrows that a control does not type, and go to the next cell.
const keepArrows = (event) => { if (event.key in ARROWS) event.stopPropagation(); };

// The whole lab.
export const lab = (title, ...children) =>
  make("div", { class: "lab", role: "group", "data-lm-suppress-shortcuts": "true", "aria-label": `Lab: ${title}`, onkeydown: keepArrows }, ...children);

function fits(value, { start, choices, low, high, real }) {
  if (choices) return choices.includes(value);
  if (low !== undefined) return Number.isFinite(value) && value >= low && value <= high && (real || !Number.isInteger(start) || Number.isInteger(value));
  return typeof value === typeof start && Array.isArray(value) === Array.isArray(start);
}

/* The settings of a lab and a function that changes one. Each has a rule, `{ start, choices }`,
   `{ start, low, high }` (whole numbers if the start is one, unless `real` is set) or `{ start }`; a
   value that breaks its rule, as a link from elsewhere may hold, becomes the start. */
export function settings(model, rules) {
  const values = {};
  for (const [name, rule] of Object.entries(rules)) {
    const given = model.get(name);
    values[name] = fits(given, rule) ? given : rule.start;
  }
  const put = (name, value) => {
    if (!fits(value, rules[name])) return;
    values[name] = value;
    model.set(name, value);
    model.save_changes();
  };
  return [values, put];
}
