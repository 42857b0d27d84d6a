/* On the start page of a published site: a button that keeps the book in this browser, and one that
   removes it. Nothing is kept unasked; a site on file:// is on the reader's machine already. */
(() => {
"use strict";
if (!location.protocol.startsWith("http") || !navigator.serviceWorker) return;
const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
const file = (name) => new URL(name, root).href;
const PREFIX = `course-offline ${root.href} `; // of the caches, as in the worker

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const keep = make("button", { type: "button" });
const remove = make("button", { type: "button" }, "Remove");
const status = make("p", { class: "offline-status", role: "status" });
const box = make("div", { class: "offline" }, make("p", { class: "offline-buttons" }, keep, remove), status);

/* The worker of this site, where it is the one that keeps the book. */
async function registration() {
  const found = await navigator.serviceWorker.getRegistration(root.href);
  return found?.scope === root.href ? found : null;
}

async function kept() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

function show(isKept, text = "") {
  keep.hidden = isKept;
  remove.hidden = !isKept;
  status.textContent = text;
}

/* Wait until a worker has kept every file, or has failed to. */
function finished(worker) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the files did not arrive"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

const KEPT = "This book is kept in this browser and opens without a connection.";

async function keepBook() {
  keep.disabled = true;
  status.textContent = "Keeping the book\u2026";
  try {
    const found = await navigator.serviceWorker.register(file("offline-worker.js"), { scope: root.href });
    await finished(found.installing ?? found.waiting ?? found.active);
    show(true, KEPT);
    remove.focus();
  } catch (error) {
    await (await registration())?.unregister();
    show(false, "The book could not be kept: a file did not arrive, or this browser has no room for it. Try again later.");
    console.info("offline:", error.message);
  }
  keep.disabled = false;
}

async function removeBook() {
  await (await registration())?.unregister();
  for (const name of await kept()) await caches.delete(name);
  show(false, "Removed. The book is read from the network again.");
  keep.focus();
}

async function start() {
  const isKept = Boolean((await registration())?.active);
  let size = "";
  try {
    const { bytes } = await (await fetch(file("offline.json"), { cache: "no-cache" })).json();
    size = ` (${(bytes / 1e6).toFixed(1)} MB)`;
  } catch { /* without a connection nothing can be kept anew */ }
  if (!isKept && !size) return;
  keep.textContent = `Keep this book offline${size}`;
  keep.addEventListener("click", keepBook);
  remove.addEventListener("click", removeBook);
  show(isKept, isKept ? KEPT : "");
  document.querySelector("article")?.append(box);
}

start();
})();
