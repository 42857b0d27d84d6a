/* Makes forms of the questions of a page, and remembers the answers in this browser.
   The page works without: it then prints question, options and answer. */
(() => {
"use strict";
const { store, make, fits, isRight, RULES, FORMS } = window.courseQuiz;

/* Make a form of a question and return what it needs. */
function build(section, no) {
  const data = JSON.parse(section.dataset.quiz);
  const part = (name) => section.querySelector(`:scope > .quiz-${name}`);
  const answer = part("answer");
  const parts = { list: part("options"), comments: part("comments"), body: part("body") };
  const others = [part("title"), answer, ...Object.values(parts)];
  const question = [...section.children].filter((child) => !others.includes(child));
  const status = make("div", { class: "quiz-status", role: "status" });
  const say = (text, mood = "", ...more) => {
    status.className = `quiz-status ${mood}`;
    status.replaceChildren(...(text ? [make("p", {}, text)] : []), ...more);
  };
  const legend = make("legend", {}, ...question);
  const fields = make("fieldset", {}, legend);
  const form = FORMS[data.kind](data, parts, fields, `quiz-field-${no}`, say);

  const reveal = make("button", { type: "button", onclick: () => show(answer.hidden) });
  function show(on) {
    answer.hidden = !on;
    reveal.setAttribute("aria-expanded", String(on));
    reveal.textContent = on ? "Hide answer" : "Show answer";
  }
  function judge(given) {
    const right = RULES[data.kind].right(data, given);
    const more = form.detail ? [make("p", { class: "quiz-detail" }, form.detail(given))] : [];
    more.push(...form.comments(given).map(copyContent));
    if (right) say("\u2713 Right.", "is-right", ...more);
    else say("\u2717 Not yet. Try again, or show the answer.", "is-wrong", ...more);
    if (right) show(true);
  }
  const submit = (event) => {
    event.preventDefault();
    const given = form.read();
    if (given === null) return say(form.empty);
    judge(given);
    kept = store.put(data.id, { kind: data.kind, given });
    progress();
  };
  const buttons = make("p", { class: "quiz-buttons" }, make("button", { type: "submit" }, "Check"), reveal);
  section.insertBefore(make("form", { class: "quiz-form", onsubmit: submit }, fields, buttons, status), answer);
  section.classList.add("is-live");
  show(false);
  const before = store.all().get(data.id);
  if (before && fits(data, before)) {
    form.restore(before.given);
    judge(before.given);
  } else if (before) {
    store.forget([data.id]); // the question was another one then
  }
  return data;
}

function copyContent(comment) {
  const box = make("div", { class: "quiz-said" });
  box.append(...[...comment.childNodes].map((node) => node.cloneNode(true)));
  return box;
}

function progress() {
  const answers = store.all();
  const right = questions.filter((data) => isRight(data, answers)).length;
  let line = document.getElementById("quiz-progress");
  if (!line) {
    line = make("p", { id: "quiz-progress" });
    document.querySelector("article h1")?.after(line);
  }
  const ids = questions.map((data) => data.id);
  const warning = kept ? "" : "This browser does not let pages remember answers. ";
  const forget = make("button", { type: "button", onclick: () => { store.forget(ids); location.reload(); } }, "Forget my answers");
  line.replaceChildren(`Questions answered right on this page: ${right} of ${ids.length}. ${warning}`);
  if (ids.some((id) => answers.has(id))) line.append(forget);
}

const questions = [];
let kept = true; // does the browser remember?
document.querySelectorAll(".quiz[data-quiz]").forEach((section, no) => {
  try {
    questions.push(build(section, no));
  } catch (error) {
    section.classList.add("is-live"); // shows the printed answer, as without scripts
    console.error(`${section.id}:`, error);
  }
});
progress();
})();
