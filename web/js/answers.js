/* Answers to questions: what counts as one, which are right, and where this browser keeps them.
   A classic script; `quiz.js` and `progress.js` find it under window.courseQuiz. */
(() => {
"use strict";
const STORE = "deep-convolutional-models:quiz";
const LONGEST = 100; // characters of an answer, and places in a list
const isPlain = (value) => Object.prototype.toString.call(value) === "[object Object]";

let forgetful = null; // the answers, where the browser refuses to remember them

const store = {
  /* What is remembered: a map from the id of a question to {kind, given}. */
  all() {
    if (forgetful) return new Map(forgetful);
    try {
      const found = JSON.parse(localStorage.getItem(STORE));
      return new Map(isPlain(found) ? Object.entries(found).filter(([, answer]) => isPlain(answer)) : []);
    } catch { return new Map(); }
  },
  /* Remember this and nothing else; return whether the browser does so beyond this page. */
  replace(answers) {
    try {
      localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(answers)));
      forgetful = null;
    } catch { forgetful = new Map(answers); } // a private window, or no room
    return !forgetful;
  },
  /* Whether the browser remembers anything, asked under another name: a page that is only opened
     writes no answers, since another tab may be writing some. */
  works() {
    try {
      localStorage.setItem(`${STORE}:works`, "yes");
      localStorage.removeItem(`${STORE}:works`);
      return true;
    } catch { return false; }
  },
  put(id, answer) { return this.replace(this.all().set(id, answer)); },
  forget(ids) { return this.replace([...this.all()].filter(([id]) => !ids.includes(id))); },
};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/* A number as people write it, or NaN: commas and spaces stand before groups of three digits only,
   so that 0,5 is not read as 5. */
function parse(text) {
  const plain = text.trim().replace("\u2212", "-");
  const grouped = /^[+-]?[1-9]\d{0,2}([,_\s]\d{3})+(\.\d*)?$/.test(plain);
  return plain === "" ? NaN : Number(grouped ? plain.replace(/[,_\s]/g, "") : plain);
}

const near = (a, b, slack) => Math.abs(a - b) <= slack + 1e-9 * Math.abs(b);

/* Words as they are compared: case and spaces do not matter, nor which cross and which dash. */
const plainWords = (text) => text.normalize("NFKC").toLowerCase()
  .replaceAll("\u00d7", "x").replace(/[\u2010-\u2015\u2212]/g, "-").replace(/\s+/g, "");

/* Whether two texts say the same, as number or as words. */
const same = (a, b) => plainWords(a) === plainWords(b) || near(parse(a), parse(b), 0);

/* Whether a text is what a cell of a table asks for. */
function fills(cell, text) {
  return "words" in cell
    ? cell.words.some((word) => same(word, text))
    : near(parse(text), cell.number, cell.slack);
}

const isText = (value) => typeof value === "string" && value.length <= LONGEST;

/* Whether an answer lists places of a list of `count`, none twice. */
function arePlaces(given, count) {
  return Array.isArray(given) && new Set(given).size === given.length
    && given.every((i) => Number.isInteger(i) && i >= 0 && i < count);
}

const sorted = (places) => String([...places].sort((a, b) => a - b));

/* Of each kind: whether something can be an answer to a question, and whether it is right. */
const RULES = {
  number: {
    fits: (data, given) => isText(given) && !Number.isNaN(parse(given)),
    right: (data, given) => near(parse(given), data.answer, data.tolerance),
  },
  choice: {
    fits: (data, given) => arePlaces(given, data.count) && given.length > 0 && (data.right.length > 1 || given.length === 1),
    right: (data, given) => sorted(given) === sorted(data.right),
  },
  order: {
    fits: (data, given) => arePlaces(given, data.right.length) && given.length === data.right.length,
    right: (data, given) => String(given) === String(data.right),
  },
  table: {
    fits: (data, given) => Array.isArray(given) && given.length === data.cells.length
      && given.every(isText) && given.some((text) => text.trim()),
    right: (data, given) => data.cells.every((cell, i) => fills(cell, given[i])),
  },
  line: {
    fits: (data, given) => data.choices.includes(given),
    right: (data, given) => given === data.right,
  },
};

/* Whether a remembered answer is one to this question; answers of old have no kind. */
function fits(data, answer) {
  return (answer.kind ?? data.kind) === data.kind && RULES[data.kind].fits(data, answer.given);
}

/* Whether what is remembered of a question is right, judged by the question of today. */
function isRight(data, answers) {
  const answer = answers.get(data.id);
  return answer !== undefined && fits(data, answer) && RULES[data.kind].right(data, answer.given);
}

window.courseQuiz = { store, make, parse, same, fills, fits, isRight, isPlain, RULES, LONGEST };
})();
