/* The form of each kind of question.

   Each takes what the question needs, the parts of its section, the fieldset, a prefix for ids and
   a function that says something; it moves its controls into the fieldset and returns
   empty, what to say where nothing is answered; read(), the given answer or null; restore(answer);
   and comments(answer), or detail(answer) for more words. */
(() => {
"use strict";
const { make, parse, same, fills, LONGEST } = window.courseQuiz;

/* The comments at the end of a question, without the answers that they begin with on paper. */
function takeComments(list) {
  list?.remove();
  list?.querySelectorAll(".quiz-mark").forEach((mark) => mark.remove());
  return [...(list?.children ?? [])];
}

/* The keys that a telephone offers; those for decimals lack a minus. */
const keys = (value) => (value >= 0 ? "decimal" : "text");

function number(data, { comments }, form, id) {
  const input = make("input", { type: "text", inputmode: keys(data.answer), autocomplete: "off", id, size: "12" });
  const unit = data.unit ? ` (${data.unit})` : "";
  form.append(make("p", {}, make("label", { for: id }, `Your answer${unit}: `), input));
  const said = takeComments(comments);
  return {
    empty: "Type a number, such as 4,608 or 0.5.",
    read: () => (Number.isNaN(parse(input.value)) ? null : input.value.trim()),
    restore: (given) => { input.value = given; },
    comments: (given) => said.filter((_, i) => same(given, String(data.wrong[i]))),
  };
}

function choice(data, { list }, form, id) {
  const type = data.right.length > 1 ? "checkbox" : "radio";
  const said = [];
  const boxes = [...list.children].map((item, i) => {
    const comment = item.querySelector(":scope > .quiz-comment");
    comment?.remove();
    said.push(comment);
    const box = make("input", { type, name: id, value: i });
    form.append(make("label", { class: "quiz-option" }, box, make("span", {}, ...item.childNodes)));
    return box;
  });
  list.remove();
  return {
    empty: type === "radio" ? "Choose an answer." : "Choose one answer or more.",
    read: () => {
      const chosen = boxes.flatMap((box, i) => (box.checked ? [i] : []));
      return chosen.length ? chosen : null;
    },
    restore: (given) => given.forEach((i) => { boxes[i].checked = true; }),
    comments: (given) => given.map((i) => said[i]).filter(Boolean),
  };
}

function order(data, { list, comments }, form, id, say) {
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
  const said = takeComments(comments);
  const isAbout = ({ order: whole, before }, given) => (whole
    ? String(whole) === String(given)
    : given.indexOf(before[0]) < given.indexOf(before[1]));
  return {
    empty: "",
    read: () => [...list.children].map((item) => items.indexOf(item)),
    restore: (given) => given.forEach((i) => list.append(items[i])),
    comments: (given) => said.filter((_, i) => isAbout(data.wrong[i], given)),
  };
}

/* Make a blank of a table an input; the headers of its row and column are its name. */
function fillBlank(blank, cell, id) {
  const box = blank.closest("td");
  const row = box.parentElement.cells[0];
  const column = blank.closest("table").tHead.rows[0].cells[box.cellIndex];
  row.id ||= `${id}-row`;
  column.id ||= `${id}-column`;
  row.scope = "row";
  const input = make("input", {
    type: "text", inputmode: keys(cell.number), autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    size: "8", maxlength: LONGEST, "aria-labelledby": `${row.id} ${column.id}`,
    oninput: () => mark(input, ""),
  });
  blank.replaceChildren(input);
  return input;
}

/* Show beside an input whether it is right; the words are said below the table. */
function mark(input, sign) {
  input.setAttribute("aria-invalid", String(sign === "\u2717"));
  input.parentElement.dataset.sign = sign;
}

function table(data, { body, comments }, form, id) {
  const said = takeComments(comments);
  const inputs = [...body.querySelectorAll(".quiz-blank")].map((blank, i) => fillBlank(blank, data.cells[i], `${id}-${i}`));
  const [head, ...rows] = body.querySelectorAll("tr");
  for (const row of rows) { // on a narrow screen, a cell stands below its row's name
    [...row.cells].forEach((cell, i) => { cell.dataset.column = head.cells[i].textContent; });
  }
  form.append(body);
  const isAbout = ({ cell, text }, given) => (text === undefined
    ? given[cell].trim() && !fills(data.cells[cell], given[cell])
    : same(text, given[cell]));
  function detail(given) {
    const groups = { right: [], wrong: [], unread: [], empty: [] };
    data.cells.forEach((cell, i) => {
      const isUnread = "number" in cell && Number.isNaN(parse(given[i]));
      const group = !given[i].trim() ? "empty" : isUnread ? "unread" : fills(cell, given[i]) ? "right" : "wrong";
      groups[group].push(cell.label);
      mark(inputs[i], { right: "\u2713", empty: "" }[group] ?? "\u2717");
    });
    const told = [["Wrong", groups.wrong], ["No number", groups.unread], ["Still empty", groups.empty]];
    const words = told.filter(([, labels]) => labels.length).map(([word, labels]) => `${word}: ${labels.join("; ")}.`);
    return [`Right: ${groups.right.length} of ${inputs.length} cells.`, ...words].join(" ");
  }
  return {
    empty: "Fill in a cell.",
    read: () => (inputs.some((input) => input.value.trim()) ? inputs.map((input) => input.value.trim()) : null),
    restore: (given) => inputs.forEach((input, i) => { input.value = given[i]; }),
    comments: (given) => said.filter((_, i) => isAbout(data.wrong[i], given)),
    detail,
  };
}

function line(data, { body, comments }, form, id) {
  const said = takeComments(comments);
  const code = make("div", { class: "quiz-code highlight" });
  body.querySelector("pre").innerHTML.replace(/\n$/, "").split("\n").forEach((html, i) => {
    const content = make("code");
    content.innerHTML = html; // of this page's own code; a colour ends where its line ends
    content.querySelector(".linenos")?.remove();
    const number = make("span", { class: "quiz-no" }, String(i + 1));
    const name = `Line ${i + 1}: ${content.textContent.trim()}`;
    const box = make("input", { type: "radio", name: id, value: i, "aria-label": name });
    const isChoice = data.choices.includes(i);
    code.append(isChoice
      ? make("label", { class: "quiz-line" }, box, number, content)
      : make("div", { class: "quiz-line" }, number));
  });
  body.replaceChildren(code);
  form.append(body);
  const box = (i) => code.querySelector(`input[value="${i}"]`);
  return {
    empty: "Choose a line.",
    read: () => data.choices.find((i) => box(i).checked) ?? null,
    restore: (given) => { box(given).checked = true; },
    comments: (given) => said.filter((_, i) => data.commented[i] === given),
  };
}

window.courseQuiz.FORMS = { number, choice, order, table, line };
})();
