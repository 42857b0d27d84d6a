/* Service worker of the book, at the root of the site. A reader who asked to keep the book gets each
   file from the network, and without a network as it was kept. The build fills in what was built:
   each version keeps a cache of its own, taken over whole or not at all. */
"use strict";
const VERSION = "@VERSION@"; // a hash of the list of files; empty: give up what was kept
const START = "@START@";
const FILES = "@FILES@"; // path: sha256 in base64
const PATIENCE = 6000; // milliseconds that a page may take before the kept one is shown
const AT_ONCE = 6; // files fetched at the same time

const scope = self.registration.scope;
const prefix = `course-offline ${scope} `;
const current = prefix + VERSION;
const ours = async () => (await caches.keys()).filter((name) => name.startsWith(prefix));

/* A file that has not changed is taken from an older version. Each remembers its hash. */
async function keep(cache, older, path) {
  const address = new URL(path, scope).href;
  for (const other of older) {
    const kept = await other.match(address);
    if (kept?.headers.get("course-hash") === FILES[path]) return cache.put(address, kept);
  }
  // The browser refuses a file that is not the one that was built.
  const response = await fetch(address, { cache: "no-cache", integrity: `sha256-${FILES[path]}` });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const headers = new Headers({ "course-hash": FILES[path] });
  const type = response.headers.get("content-type");
  if (type) headers.set("content-type", type);
  return cache.put(address, new Response(await response.blob(), { headers }));
}

async function install() {
  const older = await Promise.all((await ours()).filter((name) => name !== current).map((name) => caches.open(name)));
  const cache = await caches.open(current);
  const paths = Object.keys(FILES);
  const next = async () => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) await keep(cache, older, path);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  } catch (error) {
    paths.length = 0;
    await caches.delete(current);
    throw error;
  }
}

async function activate() {
  const stale = (await ours()).filter((name) => !VERSION || name !== current);
  await Promise.all(stale.map((name) => caches.delete(name)));
  if (VERSION) await self.clients.claim();
  else await self.registration.unregister();
}

async function kept(request) {
  const cache = await caches.open(current);
  // Some hosts publish a page without the ending of its file.
  for (const address of [request.url, `${request.url.replace(/[?#].*$/, "")}.html`]) {
    const found = await cache.match(address, { ignoreSearch: true });
    if (found) return found;
  }
  const path = request.url.slice(scope.length).replace(/[?#].*$/, "");
  // The page at the root only leads on to the start page.
  return path === "" || path === "index.html" ? Response.redirect(new URL(START, scope).href) : undefined;
}

async function answer(request) {
  const network = fetch(request);
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  let response;
  try {
    response = await (request.mode === "navigate" ? Promise.race([network, late]) : network);
  } catch { /* no network */ }
  if (response && response.status < 500) return response;
  network.catch(() => {}); // it may fail after the kept page was shown
  return (await kept(request)) ?? network;
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  if (VERSION) event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (VERSION && request.method === "GET" && request.url.startsWith(scope)) event.respondWith(answer(request));
});
