/* Makes forms of the questions of a page, and remembers the answers in this browser.
   The page works without: it then prints question, options and answer. */
(() => {
"use strict";
const STORE = "deep-convolutional-models:quiz";

const store = {
  all() {
    try { return Object(JSON.parse(localStorage.getItem(STORE))); } catch { return {}; }
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

/* A number as people write it, or NaN: commas and spaces stand before groups of three digits only,
   so that 0,5 is not read as 5. */
function parse(text) {
  const plain = text.trim().replace("\u2212", "-");
  const grouped = /^[+-]?[1-9]\d{0,2}([,_\s]\d{3})+(\.\d*)?$/.test(plain);
  return plain === "" ? NaN : Number(grouped ? plain.replace(/[,_\s]/g, "") : plain);
}

/* Whether an answer lists places of a list, none twice. */
function arePlaces(answer, list) {
  return Array.isArray(answer) && new Set(answer).size === answer.length
    && answer.every((i) => Number.isInteger(i) && i >= 0 && i < list.length);
}

/* Each kind moves its controls into the form and returns: read() the given answer or null;
   fits(answer) whether a remembered one is an answer to this question; restore(answer);
   judge(answer) {right, comments}. */
const KINDS = {
  number(data, list, form, id) {
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", id, size: "12" });
    const unit = data.unit ? ` (${data.unit})` : "";
    form.append(make("p", {}, make("label", { for: id }, `Your answer${unit}: `), input));
    const comments = list ? [...list.children] : [];
    list?.remove();
    const near = (a, b, slack) => Math.abs(a - b) <= slack + 1e-9 * Math.abs(b);
    return {
      empty: "Type a number, such as 4,608 or 0.5.",
      read: () => (Number.isNaN(parse(input.value)) ? null : input.value.trim()),
      fits: (answer) => typeof answer === "string" && !Number.isNaN(parse(answer)),
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
      fits: (answer) => arePlaces(answer, boxes) && answer.length > 0 && (type === "checkbox" || answer.length === 1),
      restore: (answer) => answer.forEach((i) => { boxes[i].checked = true; }),
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
      fits: (answer) => arePlaces(answer, items) && answer.length === items.length,
      restore: (answer) => answer.forEach((i) => list.append(items[i])),
      judge: (answer) => ({ right: String(answer) === String(data.right), comments: [] }),
    };
  },
};

/* Make a form of a question and return the id under which its answer is remembered. */
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
  const remember = (given) => store.put(data.id, { kind: data.kind, given, right: judge(given) });
  const submit = (event) => {
    event.preventDefault();
    const given = kind.read();
    if (given === null) return say(kind.empty);
    remember(given);
    progress();
  };
  const buttons = make("p", { class: "quiz-buttons" }, make("button", { type: "submit" }, "Check"), reveal);
  section.insertBefore(make("form", { class: "quiz-form", onsubmit: submit }, fields, buttons, status), answer);
  section.classList.add("is-live");
  show(false);
  const before = store.all()[data.id];
  if (before && (before.kind ?? data.kind) === data.kind && kind.fits(before.given)) {
    kind.restore(before.given);
    remember(before.given);
  } else {
    store.forget([data.id]); // the question was another one then
  }
  return data.id;
}

function copyContent(comment) {
  const box = make("div", { class: "quiz-said" });
  box.append(...[...comment.childNodes].map((node) => node.cloneNode(true)));
  return box;
}

function progress() {
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

const ids = [];
document.querySelectorAll(".quiz[data-quiz]").forEach((section, no) => {
  try {
    ids.push(build(section, no));
  } catch (error) {
    section.classList.add("is-live"); // shows the printed answer, as without scripts
    console.error(`${section.id}:`, error);
  }
});
progress();
})();
