/* The list of questions of the book: how many are right, and answers kept in a file or a link.
   What comes from outside is read as data, checked in full, and taken over only when asked to. */
(() => {
"use strict";
const { store, make, fits, isRight, isPlain, RULES, LONGEST } = window.courseQuiz;
const FORMAT = "deep-convolutional-models:quiz";
const VERSION = 1;
const MOST = 2000; // answers
const LONGEST_FILE = 200_000; // characters
const LONGEST_LINK = 20_000;
const FORGETFUL = "This browser does not let pages remember answers: they are gone when you leave this page.";
const IN_LINK = "#quiz=";
const ID = /^[^#\s]{1,200}#[a-z0-9-]{1,100}$/;

const section = document.querySelector(".quiz-overview[data-questions]");
const pages = JSON.parse(section.dataset.questions);
const questions = new Map(pages.flat().map((data) => [data.id, data]));
const rows = [...section.querySelectorAll(".quiz-pages > li")];
const total = make("p", { class: "quiz-total" });
const status = make("div", { class: "quiz-status", role: "status" });
const say = (text) => status.replaceChildren(make("p", {}, text));
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;


/* Of some answers those to questions of this book. */
const known = (answers) => new Map([...answers].filter(([id, answer]) => questions.has(id) && fits(questions.get(id), answer)));

/* ---- the list ---- */
const rightOf = (asked, answers) => asked.filter((data) => isRight(data, answers)).length;

function draw() {
  const answers = store.all();
  rows.forEach((row, i) => {
    const right = rightOf(pages[i], answers);
    row.querySelector(".quiz-count").textContent = `${right} of ${pages[i].length} right`;
    row.style.setProperty("--share", `${(100 * right) / pages[i].length}%`);
  });
  const all = pages.flat();
  total.textContent = `Questions answered right in this book: ${rightOf(all, answers)} of ${all.length}.`;
}

/* ---- what comes from outside ---- */
const isGiven = (value) => Number.isInteger(value) || (typeof value === "string" && value.length <= LONGEST);
const hasKeys = (value, ...keys) => isPlain(value) && String(Object.keys(value).sort()) === String(keys.sort());

function isAnswer([id, answer]) {
  if (!ID.test(id) || !hasKeys(answer, "kind", "given") || !Object.hasOwn(RULES, answer.kind)) return false;
  const given = Array.isArray(answer.given) ? answer.given : [answer.given];
  return given.length <= LONGEST && given.every(isGiven);
}

/* Read answers from a text; throw an Error, to be shown, where it holds anything else. */
function read(text) {
  let found;
  try { found = JSON.parse(text); } catch { throw new Error("It is no JSON, or was cut off."); }
  if (!hasKeys(found, "format", "version", "answers") || found.format !== FORMAT) throw new Error("It was not exported from this book.");
  if (found.version !== VERSION) throw new Error("It was exported from another version of this book.");
  const listed = isPlain(found.answers) ? Object.entries(found.answers) : [];
  if (!isPlain(found.answers) || listed.length > MOST || !listed.every(isAnswer)) throw new Error("Something in it is no answer.");
  const answers = known(listed);
  return { answers, left: listed.length - answers.size };
}

/* ---- what goes out ---- */
function exported() {
  const answers = [...known(store.all())].map(([id, { given }]) => [id, { kind: questions.get(id).kind, given }]);
  return { format: FORMAT, version: VERSION, answers: Object.fromEntries(answers) };
}

function saveFile() {
  const blob = new Blob([JSON.stringify(exported(), null, 1)], { type: "application/json" });
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: "quiz-answers.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  say(`Exported ${count(Object.keys(exported().answers).length, "answer")} to the file quiz-answers.json.`);
}

/* ---- links: compressed, in base64url, behind the #, which no browser sends anywhere ---- */
async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const code = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return code.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(code) {
  if (code.length > LONGEST_LINK) throw new Error("It is too long.");
  if (!/^[\w-]+$/.test(code)) throw new Error("It holds characters that no exported link has.");
  let text = "";
  try {
    const plain = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(plain, (character) => character.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const decoder = new TextDecoder("utf-8", { fatal: true });
    // A few bytes may stand for gigabytes, so reading ends where it is too much.
    for (let part = await reader.read(); !part.done && text.length <= LONGEST_FILE; part = await reader.read()) {
      text += decoder.decode(part.value, { stream: true });
    }
    reader.cancel();
  } catch { throw new Error("It was cut off or changed."); }
  if (text.length > LONGEST_FILE) throw new Error("It is too long.");
  return text;
}

async function showLink() {
  const link = location.href.split("#")[0] + IN_LINK + (await pack(JSON.stringify(exported())));
  if (link.length > LONGEST_LINK) return say("There are too many answers for a link; export a file.");
  const field = make("input", { type: "text", readonly: "", value: link, "aria-label": "Link with your answers" });
  const local = location.protocol === "file:" ? " The book lies on this machine, so the link works on it alone; a file goes anywhere." : "";
  status.replaceChildren(make("p", {}, `Copy this link and keep it.${local}`), field);
  const copy = () => navigator.clipboard.writeText(link).then(() => say("The link is copied."), () => field.select());
  if (navigator.clipboard) status.append(make("button", { type: "button", onclick: copy }, "Copy"));
  field.focus();
  field.select();
}

/* ---- taking over ---- */
/* Ask in a dialog; return the value of the chosen button, or "" where it was closed. */
function ask(lines, choices) {
  return new Promise((resolve) => {
    const buttons = Object.entries(choices).map(([value, words]) => make("button", { value }, words));
    buttons.at(-1).autofocus = true; // the one that changes nothing
    const title = make("p", { class: "quiz-title", id: "quiz-dialog-title" }, lines[0]);
    const form = make("form", { method: "dialog" }, title, ...lines.slice(1).map((line) => make("p", {}, line)), make("p", { class: "quiz-buttons" }, ...buttons));
    const dialog = make("dialog", { class: "quiz-dialog", "aria-labelledby": "quiz-dialog-title" }, form);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue); });
    section.append(dialog);
    dialog.showModal();
  });
}

/* The answers of both; where both answer a question, a right answer stays, else the one here. */
function merged(here, there) {
  const all = new Map([...store.all(), ...there, ...here]);
  for (const [id, answer] of there) {
    const data = questions.get(id);
    if (isRight(data, there) && !isRight(data, here)) all.set(id, answer);
  }
  return all;
}

/* Offer what was read from a file or a link. */
async function offer({ answers, left }, source) {
  const here = known(store.all());
  const both = [...answers.keys()].filter((id) => here.has(id)).length;
  const right = rightOf([...questions.values()], answers);
  const lines = [
    `The ${source} holds ${count(answers.size, "answer")}, ${right} of them right.`,
    `This browser remembers ${count(here.size, "answer")}; ${both} of them to the same questions.`,
    "Merging keeps both; where both answer a question, a right answer stays, else the one in this browser. Replacing forgets what this browser remembers.",
  ];
  if (left) lines.splice(1, 0, `${count(left, "more answer")} will be left out: this book does not ask that.`);
  const choice = await ask(lines, { merge: "Merge", replace: "Replace", "": "Cancel" });
  if (!choice) return say("Nothing was changed.");
  const kept = store.replace(choice === "merge" ? merged(here, answers) : answers);
  draw();
  say(`Took over ${count(answers.size, "answer")} from the ${source}.${kept ? "" : ` ${FORGETFUL}`}`);
}

async function openFile(event) {
  const [file] = event.target.files;
  if (!file) return;
  try {
    if (file.size > LONGEST_FILE) throw new Error("It is too long.");
    await offer(read(await file.text()), "file");
  } catch (error) {
    say(`${file.name} cannot be read, and nothing was changed. ${error.message} Choose a file that was exported here.`);
  }
  event.target.value = ""; // the same file can be chosen again
}

async function openLink() {
  if (!location.hash.startsWith(IN_LINK)) return;
  const code = location.hash.slice(IN_LINK.length);
  history.replaceState(null, "", location.href.split("#")[0]); // not offered again on reload
  try {
    await offer(read(await unpack(code)), "link");
  } catch (error) {
    say(`The link cannot be read, and nothing was changed. ${error.message} Export it again.`);
  }
}

async function forget() {
  const lines = ["Forget all answers?", `This browser remembers ${count(known(store.all()).size, "answer")}.`];
  if (await ask(lines, { forget: "Forget", "": "Cancel" }) !== "forget") return;
  store.replace(new Map());
  draw();
  say("All answers are forgotten.");
}

function buildKeeping() {
  const button = (words, onclick) => make("button", { type: "button", onclick }, words);
  const file = make("input", { type: "file", id: "quiz-file", accept: ".json,application/json", onchange: openFile });
  const buttons = make("p", { class: "quiz-buttons" }, button("Export a file", saveFile));
  if ("CompressionStream" in window) buttons.append(button("Export a link", showLink));
  buttons.append(button("Forget all answers", forget));
  return make(
    "details", { class: "quiz-keep" }, make("summary", {}, "Keep, move or forget your answers"),
    make("p", {}, "Your answers stay in this browser; nothing is sent anywhere. A private window forgets them, clearing the browser's data does, and so do some browsers when the book is opened from a folder. Export them to keep them, or to go on elsewhere."),
    buttons,
    make("p", {}, make("label", { for: "quiz-file" }, "Import a file: "), file),
  );
}

section.prepend(total);
section.append(buildKeeping(), status);
section.classList.add("is-live");
draw();
if (!store.works()) say(FORGETFUL);
addEventListener("storage", draw); // another tab
addEventListener("pageshow", draw); // back from a page of questions
addEventListener("hashchange", openLink);
openLink();
})();
