/* Makes one document of the pages of a built site: `tools/gather.py` loads this file into an empty
   page and calls `gather.*`. Pages are parsed without running their scripts, so that labs keep
   their static figures and questions their printed form. Every id gets its page's name in front,
   and every link inside the book becomes `#page--id`. */
(() => {
"use strict";
const DROPPED = [
  "script", "template", "button", "input", "select", "textarea", "iframe", "a.headerlink", ".tip", ".only-dark",
  ".cell.tag_setup", ".outward-words", ".toctree-wrapper", "style:not(svg style)", "aside.feedback", "img.cover",
].join();
const REFERENCES = ["aria-labelledby", "aria-describedby", "aria-controls", "headers", "for"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const problems = [];
const questions = []; // {page, section, answer}

const slug = (name) => name.replace(/[^A-Za-z0-9]+/g, "-");
const anchor = (page, id) => (id ? `${page}--${id}` : page);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* Pages in the order of the side bar: [{part, pages: [name]}]. */
function contents(html, home) {
  const side = new DOMParser().parseFromString(html, "text/html").querySelector("nav.bd-links");
  const base = new URL(`${home}.html`, "site:/");
  const parts = [{ part: "", pages: [home] }];
  for (const node of side.querySelectorAll("p.caption, a.reference.internal")) {
    if (node.matches("p.caption")) parts.push({ part: node.textContent.trim(), pages: [] });
    else {
      const name = new URL(node.getAttribute("href"), base).pathname.replace(/^\/|\.html$/g, "");
      if (!parts.some(({ pages }) => pages.includes(name))) parts.at(-1).pages.push(name);
    }
  }
  return parts.filter(({ pages }) => pages.length);
}

function prefixIds(article, page) {
  const taken = new Set(); // some extensions give one id to many elements
  for (const element of article.querySelectorAll("[id]:not(svg, svg *)")) {
    if (taken.has(element.id)) element.removeAttribute("id");
    else {
      taken.add(element.id);
      element.id = anchor(page, element.id);
    }
  }
  for (const name of REFERENCES) {
    for (const element of article.querySelectorAll(`[${name}]:not(svg, svg *)`)) {
      const ids = element.getAttribute(name).split(" ").map((id) => anchor(page, id));
      if (ids.every((id) => article.querySelector(`#${CSS.escape(id)}`))) element.setAttribute(name, ids.join(" "));
      else element.removeAttribute(name);
    }
  }
}

/* Links to pages of the book lead inside; other files of the site are not in the book. */
function turnLinks(article, name, names, base) {
  const here = new URL(`${name}.html`, base);
  for (const link of article.querySelectorAll("a[href]")) {
    const target = new URL(link.getAttribute("href"), here);
    if (!target.href.startsWith(base)) continue;
    const page = decodeURIComponent(target.href.slice(base.length).replace(/\.html(?=$|[?#]).*$/, ""));
    if (names.includes(page)) link.setAttribute("href", `#${anchor(slug(page), decodeURIComponent(target.hash.slice(1)))}`);
    else link.replaceWith(...link.childNodes);
  }
  for (const link of article.querySelectorAll("a:not([href])")) link.replaceWith(...link.childNodes);
  for (const image of article.querySelectorAll("img[src]")) image.src = new URL(image.getAttribute("src"), here).href;
}

/* Comments tell the answer, too. Those of a list name theirs; those of an option get its letter. */
function comments(section) {
  const lines = [...section.querySelectorAll(":scope > .quiz-comments > li")];
  section.querySelectorAll(":scope > .quiz-options > li").forEach((item, i) => {
    for (const comment of item.querySelectorAll(":scope > .quiz-comment")) {
      const text = comment.querySelector("p") ?? comment;
      text.prepend(make("strong", {}, `${LETTERS[i]}: `));
      lines.push(make("li", {}, ...(text === comment ? comment : text.parentNode).childNodes));
      comment.remove();
    }
  });
  section.querySelector(":scope > .quiz-comments")?.remove();
  return lines.length ? [make("ul", { class: "answer-comments" }, ...lines)] : [];
}

function takeAnswers(article, page) {
  for (const section of article.querySelectorAll(".quiz[data-quiz]")) {
    const answer = section.querySelector(":scope > .quiz-answer");
    section.removeAttribute("data-quiz");
    answer.remove();
    answer.append(...comments(section));
    answer.id = `answer--${section.id}`;
    section.append(make("p", { class: "to-answer" }, make("a", { class: "paged", href: `#${answer.id}` }, "Answer at the end of the book")));
    questions.push({ page, section, answer });
  }
}

function stillLabs(article) {
  for (const overview of article.querySelectorAll("[data-questions]")) overview.removeAttribute("data-questions");
  for (const host of article.querySelectorAll(".lab-host")) {
    for (const name of Object.keys(host.dataset)) delete host.dataset[name];
    host.append(make("p", { class: "lab-elsewhere" }, "A live lab on the web pages of this book."));
  }
  for (const fold of article.querySelectorAll("details")) fold.open = true;
  for (const plain of article.querySelectorAll("noscript")) plain.replaceWith(...plain.childNodes);
}

function entry(section) {
  const heading = (node) => node.textContent.trim().replace(/\s+/g, " ");
  const parts = [...section.querySelectorAll("h2")].map((node) => ({ id: (node.closest("section[id]") ?? section).id, title: heading(node) }));
  return { id: section.id, title: heading(section.querySelector("h1")), sections: parts };
}

/* Append a page; `base` is the address of the site. Returns its entry of the contents. */
function add(html, name, names, base) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const article = parsed.querySelector("article.bd-article");
  const page = slug(name);
  article.querySelectorAll(DROPPED).forEach((node) => node.remove());
  turnLinks(article, name, names, base);
  prefixIds(article, page);
  stillLabs(article);
  takeAnswers(article, page);
  const section = make("section", { id: page, class: "page bd-article" }, ...article.childNodes);
  document.querySelector("main").append(document.adoptNode(section));
  return entry(section);
}

/* Append the answers to the questions of all pages. Returns the entry, or null without questions. */
function answers() {
  if (!questions.length) return null;
  const section = make("section", { id: "answers", class: "page bd-article" }, make("h1", {}, "Answers to the questions"));
  let last = null;
  for (const { page, section: question, answer } of questions) {
    if (page !== last) {
      const title = document.getElementById(page).querySelector("h1").textContent;
      section.append(make("section", { id: `answers--${page}` }, make("h2", {}, title)));
    }
    last = page;
    const back = make("a", { class: "paged", href: `#${question.id}` }, question.querySelector(".quiz-title").textContent);
    answer.prepend(make("p", { class: "quiz-title" }, back));
    section.lastChild.append(answer);
  }
  document.querySelector("main").append(section);
  return entry(section);
}

function formula(node) {
  const copy = node.cloneNode(true);
  copy.querySelector(".eqno")?.remove();
  const text = copy.textContent.trim();
  const inside = text.match(/^\\\((.*)\\\)$/s) ?? text.match(/^\\\[(.*)\\\]$/s);
  return inside ? inside[1].trim() : text;
}

/* Typeset all formulas: "print" draws them, "mathml" writes them for readers that draw themselves. */
async function typeset(how) {
  const places = [...document.querySelectorAll("main .math")];
  const texts = places.map(formula);
  if (how === "print") await MathJax.typesetPromise(places);
  for (const [i, place] of places.entries()) {
    const tex = texts[i];
    if (how === "mathml") {
      const number = place.querySelector(".eqno");
      const written = new DOMParser().parseFromString(MathJax.tex2mml(tex, { display: place.matches("div") }), "text/xml").documentElement;
      written.setAttribute("alttext", tex);
      place.replaceChildren(...(number ? [number] : []), document.importNode(written, true));
    }
    const wrong = place.querySelector("mjx-merror, merror");
    if (wrong) problems.push(`formula ${tex}: ${wrong.textContent}`);
  }
}

/* What is wrong with the document: formulas and links that lead nowhere. */
function check() {
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    const id = link.getAttribute("href").slice(1);
    if (!document.getElementById(id)) problems.push(`link to ${id} in ${link.closest(".page")?.id}: no such place`);
  }
  return problems;
}

/* Each page as XHTML, with links between files: [{id, title, body, math, svg}] and its images. */
function files() {
  const home = (id) => document.getElementById(id).closest(".page").id;
  return [...document.querySelectorAll("main > .page")].map((section) => {
    const copy = section.cloneNode(true);
    for (const link of copy.querySelectorAll('a[href^="#"]')) {
      const id = link.getAttribute("href").slice(1);
      link.setAttribute("href", `${home(id)}.xhtml${id === home(id) ? "" : `#${id}`}`);
    }
    const images = {};
    for (const image of copy.querySelectorAll('img[src^="file:"]')) {
      const name = decodeURIComponent(image.src.split("/").at(-1));
      images[`images/${name}`] = image.src;
      image.setAttribute("src", `images/${encodeURIComponent(name)}`);
    }
    return {
      id: section.id,
      body: new XMLSerializer().serializeToString(copy),
      math: Boolean(copy.querySelector("math")),
      svg: Boolean(copy.querySelector("svg")),
      images,
    };
  });
}

/* Show the number of a page after each link of class `paged`, by the id that it leads to. */
function number(pages) {
  for (const link of document.querySelectorAll("a.paged")) {
    const shown = link.querySelector(":scope > .page-number") ?? link.appendChild(make("span", { class: "page-number" }));
    shown.textContent = pages[link.getAttribute("href").slice(1)] ?? "";
  }
}

window.gather = { contents, add, answers, typeset, check, files, number };
})();
