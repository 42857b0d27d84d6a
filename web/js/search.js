/* Excerpts for Sphinx's search results, from `search_texts.js`: no page is fetched, so that they
   are there from file://, too. Each leads to the section that it is taken from. */
(() => {
"use strict";
const LENGTH = 240; // characters of an excerpt
const texts = window.courseTexts || {};
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; // Sphinx would fetch each page

/* The words asked for, and their stems, which are what Sphinx compares. */
function asked() {
  const query = new URLSearchParams(location.search).get("q") || "";
  const stemmer = new Stemmer();
  const words = new Set();
  for (const word of splitQuery(query.toLowerCase())) {
    if (stopwords.includes(word)) continue;
    words.add(word).add(stemmer.stemWord(word));
  }
  return [...words].filter((word) => word.length > 1).sort((a, b) => b.length - a.length);
}

/* A pattern of words that begin with one of `words`. */
function pattern(words) {
  const plain = words.map((word) => word.replace(/[.*+\-?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${plain.join("|")})[\\p{L}\\p{N}]*`, "giu");
}

/* Where the excerpt with most different words begins, and how many words it has. */
function best(text, words) {
  const hits = [...text.matchAll(words)];
  let found = { count: 0, start: 0 };
  hits.forEach((hit, i) => {
    const near = hits.slice(i).filter((other) => other.index < hit.index + LENGTH * 0.7);
    const count = new Set(near.map((other) => other[0].toLowerCase().slice(0, 4))).size;
    if (count > found.count) found = { count, start: hit.index };
  });
  return found;
}

/* Cut at words, with the words asked for marked. */
function excerpt(text, start, words) {
  const from = start < LENGTH / 3 ? 0 : text.indexOf(" ", start - LENGTH / 3) + 1;
  let to = from + LENGTH;
  if (to < text.length) to = text.lastIndexOf(" ", to);
  const part = text.slice(from, to > start ? to : from + LENGTH);
  const box = document.createElement("p");
  box.className = "context";
  let end = 0;
  if (from) box.append("… ");
  for (const hit of part.matchAll(words)) {
    const mark = document.createElement("mark");
    mark.textContent = hit[0];
    box.append(part.slice(end, hit.index), mark);
    end = hit.index + hit[0].length;
  }
  box.append(part.slice(end), from + part.length < text.length ? " …" : "");
  return box;
}

/* The page and the anchor that a result leads to; Sphinx's links begin at the search page. */
function place(link) {
  const [page, anchor] = link.getAttribute("href").split("#");
  return [page.slice(0, -DOCUMENTATION_OPTIONS.LINK_SUFFIX.length), anchor || ""];
}

function explain(item, words) {
  const link = item.querySelector("a");
  if (!link || item.querySelector(".context")) return;
  const [page, anchor] = place(link);
  const sections = (texts[page] || []).filter(([id]) => !anchor || id === anchor);
  let chosen = null;
  for (const section of sections) {
    const found = best(section[2], words);
    if (!chosen || found.count > chosen.found.count) chosen = { section, found };
  }
  if (!chosen || !chosen.section[2]) return;
  const [id, title, text] = chosen.section;
  if (!anchor && chosen.found.count && id !== texts[page][0][0]) {
    const deeper = document.createElement("a");
    deeper.href = `${link.getAttribute("href")}#${id}`;
    deeper.className = "search-section";
    deeper.textContent = title;
    item.append(deeper);
  }
  item.append(excerpt(text, chosen.found.start, words));
}

const words = asked();
const results = document.getElementById("search-results");
if (words.length && results) {
  const marked = pattern(words);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node.nodeName === "LI") explain(node, marked);
    }
  }).observe(results, { childList: true, subtree: true });
}
})();
