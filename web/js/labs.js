/* Brings the labs of a page to life without a kernel: a small stand-in for anywidget's model, and
   the same widget modules that JupyterLab and Colab run. Each module was registered as a string by
   labs/NAME.js, because browsers do not load ES modules from file://. */
(() => {
"use strict";

class Model {
  #state;
  #listeners = new Map();

  constructor(state) { this.#state = { ...state }; }

  get(name) { return this.#state[name]; }

  set(name, value) {
    if (typeof name === "object") {
      for (const [key, item] of Object.entries(name)) this.set(key, item);
      return;
    }
    if (this.#state[name] === value) return;
    this.#state[name] = value;
    this.#emit(`change:${name}`, value);
    this.#emit("change");
  }

  on(names, listener) {
    for (const name of names.split(" ")) {
      this.#listeners.set(name, [...(this.#listeners.get(name) || []), listener]);
    }
  }

  off(name, listener) {
    if (!name) this.#listeners.clear();
    else this.#listeners.set(name, (this.#listeners.get(name) || []).filter((other) => listener && other !== listener));
  }

  save_changes() { /* no kernel to tell */ }

  send() { /* no kernel to tell */ }

  #emit(name, value) {
    for (const listener of this.#listeners.get(name) || []) listener({ changed: this.#state }, value);
  }
}

const styled = new Set();

async function mount(host, { esm, css }) {
  if (!styled.has(css)) {
    styled.add(css);
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
  }
  const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const module = await import(address);
  URL.revokeObjectURL(address);
  const widget = module.default;
  const model = new Model(JSON.parse(host.dataset.props || "{}"));
  const el = document.createElement("div");
  await widget.initialize?.({ model });
  await widget.render({ model, el });
  host.replaceChildren(el);
  host.dataset.alive = "true";
}

for (const host of document.querySelectorAll(".lab-host[data-lab]")) {
  const lab = window.courseLabs?.[host.dataset.lab];
  // The static figure stays where a lab cannot start.
  if (lab) mount(host, lab).catch((error) => console.error(`lab ${host.dataset.lab}:`, error));
}
})();
