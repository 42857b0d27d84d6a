// Lab of the chapter on Inception-v3: a smoothed target, and the gap of logits that it asks for.
// An anywidget module: the same file serves the page, JupyterLab and Colab.

import { clamp, count, lab, make, panel, plot, select, settings, show, slider, status, table, toggle, vector } from "./kit.js";

const GAPS = [-2, 15];
const RULES = {
  classes: { start: 1000, low: 2, high: 1000 },
  epsilon: { start: 0.1, low: 0, high: 0.5, real: true },
  gap: { start: 5, low: GAPS[0], high: GAPS[1], real: true },
  mistake: { start: false, choices: [false, true] },
};
const STOPS = [2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000];
const CASES = {
  paper: { text: "1000 classes, \u03b5 = 0.1, as in the paper", classes: 1000, epsilon: 0.1 },
  ten: { text: "10 classes, \u03b5 = 0.1", classes: 10, epsilon: 0.1 },
  two: { text: "2 classes, \u03b5 = 0.1", classes: 2, epsilon: 0.1 },
  none: { text: "10 classes, no smoothing", classes: 10, epsilon: 0 },
};
const TITLES = { smoothed: "Smoothed over all K", mistake: "Over the K \u2212 1 others", plain: "Without smoothing" };

/* What the net should give: the probability of the right class, and of each other one. A share epsilon
   is spread over all K classes, the right one included ("smoothed", Szegedy et al. 2016, section 7),
   over the K - 1 others ("mistake"), or over none ("plain"). */
export function target(classes, epsilon, kind) {
  const other = { smoothed: epsilon / classes, mistake: epsilon / (classes - 1), plain: 0 }[kind];
  return { right: 1 - (classes - 1) * other, other };
}

// What the net gives: the right class leads by a gap, the others are equal.
export function softmax(classes, gap) {
  const total = Math.exp(gap) + classes - 1;
  return { right: Math.exp(gap) / total, other: 1 / total };
}

// The cross-entropy of that softmax against a target; the logits of the other classes are 0.
export const loss = (classes, gap, goal) => Math.log(Math.exp(gap) + classes - 1) - goal.right * gap;

// The gap with the least loss, where the softmax equals the target; null where it would be infinite.
// For the paper's target it is log((1 - epsilon) K / epsilon + 1).
export const best = (goal) => (goal.other > 0 ? Math.log(goal.right / goal.other) : null);

const tell = (value) => (Math.abs(value) >= 0.01 ? String(Number(value.toPrecision(4))).replace("-", "\u2212") : show(value, 7));

// The right class and all others together, as parts of 1.
function bar(text, { right, other }, classes) {
  const pieces = [["right", right], ["others", other * (classes - 1)]]
    .map(([name, part]) => make("span", { class: `smoothing-part is-${name}`, style: `width: ${100 * part}%` }));
  return make("div", { class: "smoothing-row" }, make("p", { class: "lab-note" }, text), make("div", { class: "smoothing-bar", "aria-hidden": "true" }, ...pieces));
}

// The loss over the gap, a curve for each target.
function curves({ classes, gap }, goals) {
  const top = Math.max(...GAPS.flatMap((end) => Object.values(goals).map((goal) => loss(classes, end, goal))));
  const shown = Object.entries(goals).map(([kind, goal]) => [kind, goal, best(goal)]);
  const told = shown.map(([kind, goal, at]) => `${TITLES[kind]}: ${tell(loss(classes, gap, goal))} here, ${at === null ? "falling everywhere" : `least at ${tell(at)}`}.`);
  return plot({ x: GAPS, y: [0, top], label: `The loss over the gap. ${told.join(" ")}` }, (across, up) => {
    const gaps = Array.from({ length: 4 * (GAPS[1] - GAPS[0]) + 1 }, (_, i) => GAPS[0] + i / 4);
    return shown.flatMap(([kind, goal, at]) => {
      const low = at !== null && at <= GAPS[1] ? up(loss(classes, at, goal)) : null;
      return [
        vector("path", { class: `smoothing-curve is-${kind}`, d: `M${gaps.map((z) => `${across(z)} ${up(loss(classes, z, goal))}`).join("L")}` }),
        ...(low === null ? [] : [vector("path", { class: `smoothing-least is-${kind}`, d: `M${across(at)} ${low}V${up(0)}` })]),
        vector("circle", { class: `smoothing-mark is-${kind}`, cx: across(gap), cy: up(loss(classes, gap, goal)), r: kind === "smoothed" ? 5 : 3.5 }),
      ];
    });
  });
}

function render({ model, el }) {
  const [state, put] = settings(model, RULES);
  const refills = [];
  const change = (news) => {
    for (const [name, value] of Object.entries(news)) put(name, value);
    for (const refill of refills) refill();
    draw();
  };

  const stops = [...new Set([...STOPS, state.classes])].sort((a, b) => a - b);
  const [classesField, classesBar, tellClasses] = slider("Classes K", { low: 0, high: stops.length - 1 }, stops.indexOf(state.classes),
    (at) => count(stops[at]), (at) => change({ classes: stops[at] }));
  refills.push(() => {
    classesBar.value = stops.indexOf(state.classes);
    tellClasses();
  });
  const slide = (label, name, step) => {
    const [field, input, tellValue] = slider(label, { ...RULES[name], step }, state[name], (value) => show(value), (value) => change({ [name]: value }));
    refills.push(() => {
      input.value = state[name];
      tellValue();
    });
    return field;
  };
  const names = Object.fromEntries(Object.entries(CASES).map(([key, { text }]) => [key, text]));
  const [start, list] = select("Start from", { ...names, own: "your own" }, "own", (key) => {
    const { classes, epsilon } = CASES[key] ?? state;
    change({ classes, epsilon });
  });
  const [switched] = toggle("Beside it: \u03b5 spread over the K \u2212 1 others, a common mistake", state.mistake, (on) => change({ mistake: on }));
  // To the stop of the slider that is nearest, so that slider and state agree.
  const go = make("button", { type: "button", onclick: () => {
    const at = best(target(state.classes, state.epsilon, "smoothed"));
    if (at !== null) change({ gap: clamp(Math.round(10 * at) / 10, ...GAPS) });
  } }, "Go to the least loss");

  const said = status();
  const bars = make("div");
  const picture = make("div");
  const each = make("div");
  const losses = make("div");
  const facts = make("p", { class: "lab-note" });
  const numbers = make("div");
  const closed = make("details", { ontoggle: () => fill() }, make("summary", {}, "The curves as a table"), numbers);
  el.replaceChildren(lab("label smoothing",
    make("div", { class: "lab-controls" }, start, switched),
    make("div", { class: "lab-sliders" }, classesField, slide("Smoothing \u03b5", "epsilon", 0.01), slide("Gap z of the right logit", "gap", 0.1)),
    make("div", { class: "lab-controls" }, go),
    said,
    make("div", { class: "lab-panels" },
      panel("Target and net: the right class, all others", bars),
      panel("The loss over the gap", picture)),
    each, losses, facts, closed));

  const goalsNow = () => Object.fromEntries(Object.keys(TITLES).filter((kind) => state.mistake || kind !== "mistake")
    .map((kind) => [kind, target(state.classes, state.epsilon, kind)]));

  function sentence(goals, net) {
    const { classes, epsilon, gap } = state;
    const here = `Gap ${show(gap)}: the net gives the right class ${tell(net.right)}`;
    if (epsilon === 0) return `${here}, the target is 1. Loss ${tell(loss(classes, gap, goals.plain))}; without smoothing a wider gap is always better.`;
    const at = best(goals.smoothed);
    const words = `${here}, the target is ${tell(goals.smoothed.right)}. Loss ${tell(loss(classes, gap, goals.smoothed))}; `
      + `the least is ${tell(loss(classes, at, goals.smoothed))}, at a gap of ${tell(at)}`;
    return state.mistake ? `${words}, with the mistake at ${tell(best(goals.mistake))}.` : `${words}.`;
  }

  // Written only while it is open.
  function fill() {
    if (!closed.open) return numbers.replaceChildren();
    const goals = goalsNow();
    const gaps = Array.from({ length: GAPS[1] - GAPS[0] + 1 }, (_, i) => GAPS[0] + i);
    return numbers.replaceChildren(table("Loss by gap", ["Gap", ...Object.keys(goals).map((kind) => TITLES[kind])],
      gaps.map((z) => [show(z), ...Object.values(goals).map((goal) => tell(loss(state.classes, z, goal)))])));
  }

  function draw() {
    const { classes, epsilon, gap, mistake } = state;
    const goals = goalsNow();
    const net = softmax(classes, gap);
    const least = best(goals.smoothed);
    list.value = Object.keys(CASES).find((key) => CASES[key].classes === classes && CASES[key].epsilon === epsilon) ?? "own";
    go.disabled = least === null;
    said.textContent = sentence(goals, net);
    const targets = Object.entries(goals).filter(([kind]) => kind !== "plain");
    const described = (title, { right, other }) => `${title}: ${tell(right)} and ${tell(other * (classes - 1))}`;
    bars.replaceChildren(...targets.map(([kind, goal]) => bar(described(kind === "mistake" ? "Mistaken target" : "Target", goal), goal, classes)),
      bar(described("The net's softmax", net), net, classes));
    picture.replaceChildren(curves(state, goals),
      make("p", { class: "lab-note" }, `Thick: smoothed; thin: without smoothing${mistake ? "; dotted: over the K \u2212 1 others" : ""}. A line goes down from the least loss.`));
    const others = classes === 2 ? "The other class" : `Each of ${count(classes - 1)} others`;
    each.replaceChildren(table("Probabilities", ["Class", "Target", ...(mistake ? ["Mistaken target"] : []), "Net", "Gradient on its logit"],
      [["Right class", "right"], [others, "other"]].map(([title, which]) =>
        [title, ...targets.map(([, goal]) => tell(goal[which])), tell(net[which]), tell(net[which] - goals.smoothed[which])])));
    losses.replaceChildren(table("Losses", ["Target", "Loss at this gap", "Least loss", "At a gap of"], Object.entries(goals).map(([kind, goal]) => {
      const at = best(goal);
      return [TITLES[kind], tell(loss(classes, gap, goal)), ...(at === null ? ["0, never reached", "infinite"] : [tell(loss(classes, at, goal)), tell(at)])];
    })));
    facts.textContent = `All other logits are equal. The gradient on a logit is the net's probability less the target's; it is 0 at the gap log((1 \u2212 \u03b5)K/\u03b5 + 1)${least === null ? "" : ` = ${tell(least)}`}. `
      + `${mistake && epsilon > 0 ? `Spread over K \u2212 1 classes, \u03b5 = ${show(epsilon, 4)} is what \u03b5K/(K \u2212 1) = ${tell((epsilon * classes) / (classes - 1))} is in the paper: log((1 \u2212 \u03b5)(K \u2212 1)/\u03b5) = ${tell(best(goals.mistake))}. ` : ""}`
      + "Szegedy et al. 2016, section 7.";
    fill();
  }
  draw();
}

export default { render };
