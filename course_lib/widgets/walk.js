// Lab of the chapter on GoogLeNet: walk a net from the image to the classes, stop by stop.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { clamp, count, lab, make, panel, select, settings, shape, show, slider, status, table, vector } from "./kit.js";

export const MEASURES = { weights: "Weights", macs: "Multiply-adds", values: "Values that come out" };
const RULES = {
  net: { start: "googlenet" },
  stop: { start: 0, low: 0, high: 999 },
  show: { start: "weights", choices: Object.keys(MEASURES) },
  nets: { start: [] },
};
const [WIDE, HIGH] = [340, 130]; // of the bars

// A stop of the file that tools/walk_data.py writes, with names.
export function named([name, what, sizes, weights, macs, depth, field]) {
  return { name, what, sizes, weights, macs, depth, field, values: sizes.reduce((product, size) => product * size, 1) };
}

/* What a walk has passed when it stands at a stop, itself included: for each measure what is here,
   what all stops so far have, and what the whole net has. */
export function passed(stops, at) {
  const sum = (some, measure) => some.reduce((total, stop) => total + stop[measure], 0);
  return Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, {
    here: stops[at][measure], sofar: sum(stops.slice(0, at + 1), measure), whole: sum(stops, measure),
  }]));
}

// The share of a whole in percent, to one digit behind the point.
export const percent = (part, whole) => `${show((100 * part) / whole, 1)} %`;

const isNet = (net) => net && typeof net.name === "string" && typeof net.title === "string" && Array.isArray(net.stops)
  && net.stops.length > 0 && net.stops.every((stop) => Array.isArray(stop) && Array.isArray(stop[2]));

// The map that comes out: as high as its side, as wide as its channels, in shares of the net's largest.
function box({ sizes }, stops) {
  const side = (stop) => (stop.sizes.length === 3 ? stop.sizes[0] : 1);
  const channels = (stop) => stop.sizes.at(-1);
  const high = Math.max(2, (110 * side({ sizes })) / Math.max(...stops.map(side)));
  const wide = Math.max(2, (150 * channels({ sizes })) / Math.max(...stops.map(channels)));
  const label = `The output as a box: ${side({ sizes })} pixels high, ${count(channels({ sizes }))} channels wide.`;
  return vector("svg", { class: "walk-box", viewBox: "0 0 160 120", role: "img", "aria-label": label },
    vector("rect", { x: 80 - wide / 2, y: 60 - high / 2, width: wide, height: high }));
}

// The image, and on it what one value of the output sees.
function sight({ field }, side) {
  const wide = field === null ? 110 : Math.max(1.5, (110 * Math.min(field, side)) / side);
  const label = field === null || field >= side ? "One value sees the whole image." : `One value sees ${field} of ${side} pixels across.`;
  return vector("svg", { class: "walk-box", viewBox: "0 0 160 120", role: "img", "aria-label": label },
    vector("rect", { class: "walk-image", x: 25, y: 5, width: 110, height: 110 }),
    vector("rect", { x: 80 - wide / 2, y: 60 - wide / 2, width: wide, height: wide }));
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const nets = state.nets.filter(isNet).map((net) => ({ ...net, stops: net.stops.map(named) }));
  if (nets.length === 0) return;
  if (!nets.some(({ name }) => name === state.net)) put("net", nets[0].name);
  const stopsOf = () => nets.find(({ name }) => name === state.net).stops;
  const hold = (at) => clamp(at, 0, stopsOf().length - 1);
  put("stop", hold(state.stop));

  const [choice] = select("Net", Object.fromEntries(nets.map(({ name, title }) => [name, title])), state.net, (name) => {
    put("net", name);
    put("stop", hold(state.stop));
    setSlider();
    draw();
  });
  const [measure] = select("Bars show", MEASURES, state.show, (name) => {
    put("show", name);
    draw();
  });
  const way = make("div", { class: "walk-way" });
  let bar;
  let told;
  function setSlider() {
    const stops = stopsOf();
    const [field, input, tell] = slider("Stop", { low: 0, high: stops.length - 1 }, state.stop, (at) => stops[at].name, goTo);
    [bar, told] = [input, tell];
    way.replaceChildren(step("Back", -1), field, step("Next", 1));
  }
  const step = (text, by) => make("button", { type: "button", onclick: () => goTo(state.stop + by) }, text);
  function goTo(at) {
    put("stop", hold(at));
    bar.value = state.stop;
    told();
    draw();
  }

  const said = status();
  const numbers = make("div");
  const drawings = make("div", { class: "walk-drawings" });
  const bars = make("div", { class: "walk-bars" });
  bars.addEventListener("click", (event) => {
    const { left, width } = bars.lastChild.getBoundingClientRect();
    goTo(Math.floor(((event.clientX - left) / width) * stopsOf().length));
  });
  const all = make("div");
  const closed = make("details", { ontoggle: () => list() }, make("summary", {}, "All stops as a table"), all);
  el.replaceChildren(lab("a net, stop by stop",
    make("div", { class: "lab-controls" }, choice, measure), way, said,
    make("div", { class: "lab-panels" },
      panel("What comes out, and what one value of it sees", drawings),
      make("div", { class: "lab-panel" }, numbers)),
    bars, closed));

  function list() {
    if (!closed.open) return all.replaceChildren();
    return all.replaceChildren(table("All stops", ["Stop", "What it is", "Output", "Weights", "Multiply-adds", "Depth", "Sees"],
      stopsOf().map((stop) => [stop.name, stop.what, shape(stop.sizes), count(stop.weights), count(stop.macs), count(stop.depth),
        stop.field === null ? "all" : count(stop.field)])));
  }

  function draw() {
    const stops = stopsOf();
    const stop = stops[state.stop];
    const side = stops[0].sizes[0];
    const found = passed(stops, state.stop);
    const sees = stop.field === null ? "the whole image" : `${count(stop.field)} \u00d7 ${count(stop.field)} pixels`;
    said.textContent = `Stop ${state.stop} of ${stops.length - 1}, ${stop.name}: ${stop.what}. Out comes ${shape(stop.sizes)}, ${count(stop.values)} values; `
      + `depth ${stop.depth}, one value sees ${sees}.`;
    drawings.replaceChildren(box(stop, stops), sight(stop, side));
    numbers.replaceChildren(table("Here and so far", ["For one image", "Here", "So far", "Of the net so far"],
      ["weights", "macs"].map((name) => {
        const { here, sofar, whole } = found[name];
        return [MEASURES[name], count(here), count(sofar), percent(sofar, whole)];
      })));
    const top = Math.max(...stops.map((each) => each[state.show]));
    const wide = WIDE / stops.length;
    const label = `${MEASURES[state.show]} of each stop; here ${count(stop[state.show])}, at most ${count(top)}.`;
    const parts = stops.flatMap((each, i) => {
      const high = Math.max(0.75, ((HIGH - 10) * each[state.show]) / top);
      const place = { class: i === state.stop ? "is-here" : "", x: i * wide + 1, width: wide - 2 };
      return [vector("rect", { ...place, y: HIGH - 8 - high, height: high }),
        ...(i === state.stop ? [vector("rect", { ...place, y: HIGH - 4, height: 4 })] : [])];
    });
    bars.replaceChildren(make("p", { class: "lab-heading" }, `${MEASURES[state.show]}, stop by stop`),
      vector("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...parts));
    list();
  }
  setSlider();
  draw();
}

export default { render };
