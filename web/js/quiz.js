/* Makes forms of the questions of a page, and remembers the answers in this browser.
   The page works without: it then prints question, options and answer. */
(() => {
"use strict";
const STORE = "deep-convolutional-models:quiz";

const store = {
  all() {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return {}; }
  },
  put(id, answer) {
    try { localStorage.setItem(STORE, JSON.stringify({ ...this.all(), [id]: answer })); } catch { /* private window */ }
  },
  forget(ids) {
    const left = Object.entries(this.all()).filter(([id]) => !ids.includes(id));
    try { localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(left))); } catch { /* private window */ }
  },
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

/* Each kind moves its controls into the form and returns:
   read() the given answer or null; restore(answer); judge(answer) {right, comments}. */
const KINDS = {
  number(data, list, form, id) {
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", id, size: "12" });
    const unit = data.unit ? ` (${data.unit})` : "";
    form.append(make("p", {}, make("label", { for: id }, `Your answer${unit}: `), input));
    const comments = list ? [...list.children] : [];
    list?.remove();
    const parse = (text) => Number(text.replace(/[,_\s]/g, "").replace("\u2212", "-"));
    const near = (a, b, slack) => Math.abs(a - b) <= slack + 1e-9 * Math.abs(b);
    return {
      empty: "Type a number.",
      read: () => (input.value.trim() === "" || Number.isNaN(parse(input.value)) ? null : input.value.trim()),
      restore: (answer) => { input.value = answer; },
      judge: (answer) => ({
        right: near(parse(answer), data.answer, data.tolerance),
        comments: comments.filter((_, i) => near(parse(answer), data.wrong[i], 0)),
      }),
    };
  },

  choice(data, list, form, id) {
    const type = data.right.length > 1 ? "checkbox" : "radio";
    const comments = [];
    const boxes = [...list.children].map((item, i) => {
      const comment = item.querySelector(":scope > .quiz-comment");
      comment?.remove();
      comments.push(comment);
      const box = make("input", { type, name: id, value: i });
      form.append(make("label", { class: "quiz-option" }, box, make("span", {}, ...item.childNodes)));
      return box;
    });
    list.remove();
    return {
      empty: "Choose an answer.",
      read: () => {
        const chosen = boxes.flatMap((box, i) => (box.checked ? [i] : []));
        return chosen.length ? chosen : null;
      },
      restore: (answer) => answer.forEach((i) => { if (boxes[i]) boxes[i].checked = true; }),
      judge: (answer) => ({
        right: String(answer) === String(data.right),
        comments: answer.map((i) => comments[i]).filter(Boolean),
      }),
    };
  },

  order(data, list, form, id, say) {
    const items = [...list.children];
    const place = (item) => [...list.children].indexOf(item);
    const move = (item, text, step, word) => make("button", {
      type: "button",
      "aria-label": `Move ${word}: ${text}`,
      onclick: (event) => {
        const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
        if (!other) return;
        if (step < 0) other.before(item); else other.after(item);
        event.currentTarget.focus();
        say(`${text}: position ${place(item) + 1} of ${items.length}.`);
      },
    }, step < 0 ? "\u2191" : "\u2193");
    for (const item of items) {
      const text = item.textContent.trim();
      const content = make("span", { class: "quiz-text" }, ...item.childNodes);
      const buttons = make("span", { class: "quiz-move" }, move(item, text, -1, "up"), move(item, text, 1, "down"));
      item.append(buttons, content);
    }
    list.classList.add("quiz-order");
    form.append(list);
    return {
      empty: "",
      read: () => [...list.children].map((item) => items.indexOf(item)),
      restore: (answer) => answer.forEach((i) => { if (items[i]) list.append(items[i]); }),
      judge: (answer) => ({ right: String(answer) === String(data.right), comments: [] }),
    };
  },
};

function build(section, no) {
  const data = JSON.parse(section.dataset.quiz);
  const title = section.querySelector(".quiz-title");
  const answer = section.querySelector(":scope > .quiz-answer");
  const list = section.querySelector(":scope > .quiz-options, :scope > .quiz-comments");
  const question = [...section.children].filter((child) => ![title, answer, list].includes(child));
  const status = make("div", { class: "quiz-status", role: "status" });
  const say = (text, mood = "", comments = []) => {
    status.className = `quiz-status ${mood}`;
    status.replaceChildren(...(text ? [make("p", {}, text)] : []), ...comments.map(copyContent));
  };
  const legend = make("legend", {}, ...question);
  const fields = make("fieldset", {}, legend);
  const kind = KINDS[data.kind](data, list, fields, `quiz-field-${no}`, say);

  const reveal = make("button", { type: "button", onclick: () => show(answer.hidden) });
  function show(on) {
    answer.hidden = !on;
    reveal.setAttribute("aria-expanded", String(on));
    reveal.textContent = on ? "Hide answer" : "Show answer";
  }
  function judge(given) {
    const { right, comments } = kind.judge(given);
    if (right) say("\u2713 Right.", "is-right", comments);
    else say("\u2717 Not yet. Try again, or show the answer.", "is-wrong", comments);
    if (right) show(true);
    return right;
  }
  const submit = (event) => {
    event.preventDefault();
    const given = kind.read();
    if (given === null) return say(kind.empty);
    store.put(data.id, { given, right: judge(given) });
    progress();
  };
  const buttons = make("p", { class: "quiz-buttons" }, make("button", { type: "submit" }, "Check"), reveal);
  section.insertBefore(make("form", { class: "quiz-form", onsubmit: submit }, fields, buttons, status), answer);
  section.classList.add("is-live");
  show(false);
  const before = store.all()[data.id];
  if (before) {
    kind.restore(before.given);
    judge(before.given);
  }
}

function copyContent(comment) {
  const box = make("div", { class: "quiz-said" });
  box.append(...[...comment.childNodes].map((node) => node.cloneNode(true)));
  return box;
}

function progress() {
  const ids = [...document.querySelectorAll(".quiz")].map((section) => JSON.parse(section.dataset.quiz).id);
  const answers = store.all();
  const right = ids.filter((id) => answers[id]?.right).length;
  let line = document.getElementById("quiz-progress");
  if (!line) {
    line = make("p", { id: "quiz-progress" });
    document.querySelector("article h1")?.after(line);
  }
  const forget = make("button", { type: "button", onclick: () => { store.forget(ids); location.reload(); } }, "Forget my answers");
  line.replaceChildren(`Questions answered on this page: ${right} of ${ids.length}. `);
  if (ids.some((id) => id in answers)) line.append(forget);
}

document.querySelectorAll(".quiz[data-quiz]").forEach(build);
progress();
})();
