/* Brings the labs of a page to life without a kernel: a small stand-in for anywidget's model, and
   the same widget modules that JupyterLab and Colab run. Each module was registered as a string by
   labs/NAME.js, because browsers do not load ES modules from file://. */
(() => {
"use strict";

class Model {
  #state;
  #listeners = new Map();

  constructor(state, onsave) {
    this.#state = { ...state };
    this.save_changes = () => onsave(this.#state); // there is no kernel to tell
  }

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

  send() { /* no kernel to tell */ }

  #emit(name, value) {
    for (const listener of this.#listeners.get(name) || []) listener({ changed: this.#state }, value);
  }
}

/* The settings of a lab stand in the address, so that a link leads to them: `#lab=conv&stride=2`,
   or `lab=conv.2` for the second lab of that name on a page. Long values stay out. */
const LONGEST = 300; // characters of a value

function fromAddress(key, props) {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (asked.get("lab") !== key) return props;
  const found = { ...props };
  for (const [name, text] of asked) {
    if (!Object.hasOwn(props, name)) continue;
    try {
      const value = JSON.parse(text);
      if (typeof value === typeof props[name] && Array.isArray(value) === Array.isArray(props[name])) found[name] = value;
    } catch { /* what cannot be read is left as the page has it */ }
  }
  return found;
}

function toAddress(key, props, state) {
  const told = new URLSearchParams({ lab: key });
  for (const name of Object.keys(props)) {
    if (state[name] === props[name]) continue; // so that no net is written down at each key
    const text = JSON.stringify(state[name]);
    if (text !== JSON.stringify(props[name]) && text.length <= LONGEST) told.set(name, text);
  }
  return `#${told}`;
}

/* The address follows once the reader pauses: browsers take it slowly, and no more than a hundred
   changes in half a minute. */
const PAUSE = 300; // milliseconds
let later;

function remember(address) {
  clearTimeout(later);
  later = setTimeout(() => history.replaceState(history.state, "", address), PAUSE);
}
addEventListener("hashchange", () => clearTimeout(later)); // the reader has gone elsewhere

/* Long settings are a script of their own (`_ext/booksite/lab_settings.py`), since no page that was
   opened from disk may fetch a file. It is asked for when the reader comes to the lab. */
const NEAR = "200px"; // from the window
const SETTINGS = /^[a-z_]+-[0-9a-f]{12}$/;

function inSight(host) {
  return new Promise((seen) => {
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      seen();
    }, { rootMargin: NEAR });
    watch.observe(host);
  });
}

function brought(name) {
  const script = document.createElement("script");
  script.src = `${document.documentElement.dataset.content_root || "./"}_static/labs/settings/${name}.js`;
  return new Promise((done, fail) => {
    script.onload = () => done(window.courseSettings[name]);
    script.onerror = () => fail(new Error(`${script.src} did not arrive`));
    document.head.append(script);
  });
}

async function settingsOf(host, isAsked) {
  const name = host.dataset.settings;
  if (!name) return JSON.parse(host.dataset.props || "{}");
  if (!SETTINGS.test(name)) throw new Error(`data-settings: no such name: ${name}`);
  if (!isAsked) await inSight(host);
  return window.courseSettings?.[name] ?? brought(name);
}

const styled = new Set();

async function mount(host, key, { esm, css }) {
  const isAsked = new URLSearchParams(location.hash.slice(1)).get("lab") === key;
  const props = await settingsOf(host, isAsked);
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
  const link = document.createElement("a");
  link.className = "lab-link";
  link.textContent = "Link to these settings";
  link.href = toAddress(key, props, props);
  const model = new Model(fromAddress(key, props), (state) => {
    link.href = toAddress(key, props, state);
    remember(link.href);
  });
  const el = document.createElement("div");
  await widget.initialize?.({ model });
  await widget.render({ model, el });
  host.replaceChildren(el, link);
  host.dataset.alive = "true";
  if (isAsked) host.scrollIntoView();
}

const seen = {};
for (const host of document.querySelectorAll(".lab-host[data-lab]")) {
  const name = host.dataset.lab;
  const lab = window.courseLabs?.[name];
  seen[name] = (seen[name] || 0) + 1;
  const key = seen[name] > 1 ? `${name}.${seen[name]}` : name;
  // The static figure stays where a lab cannot start.
  if (lab) mount(host, key, lab).catch((error) => console.error(`lab ${key}:`, error));
}
})();
