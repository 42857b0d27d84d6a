/* Small repairs of every page. A classic deferred script, so that it works from file://. */
(() => {
"use strict";

/* The theme hides the name of some controls, and gives the side bar no role. */
function nameControls() {
  for (const button of document.querySelectorAll(".search-button-field")) button.removeAttribute("aria-label");
  for (const button of document.querySelectorAll(".theme-switch-button")) button.removeAttribute("aria-hidden");
  const side = document.getElementById("pst-primary-sidebar");
  if (side) {
    side.setAttribute("role", "complementary");
    side.setAttribute("aria-label", "Contents of the book");
  }
}

/* What scrolls sideways must be reachable by keyboard. */
function reachScrollers() {
  const wide = "pre, .output, .cell_output, .pst-scrollable-table-container, div.math, table";
  for (const box of document.querySelectorAll(`article :is(${wide})`)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (scrolls && !box.hasAttribute("tabindex")) box.tabIndex = 0;
  }
}

/* Tooltips of numbers: below the number, inside the text column; Escape closes. */
function placeTips() {
  const place = (number) => {
    const tip = number.querySelector(".number-tip");
    const column = tip.offsetParent;
    if (!column) return;
    number.classList.remove("is-closed");
    const left = number.getBoundingClientRect().left - column.getBoundingClientRect().left;
    tip.style.left = `${Math.max(0, Math.min(left, column.clientWidth - tip.offsetWidth))}px`;
    tip.style.right = "auto";
  };
  for (const number of document.querySelectorAll(".number")) {
    number.addEventListener("mouseenter", () => place(number));
    number.addEventListener("focusin", () => place(number));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const number of document.querySelectorAll(".number:is(:hover, :focus-within)")) number.classList.add("is-closed");
  });
}

/* The set-up cell matters in a notebook; on a page it only stands between title and text. */
function foldSetUp() {
  for (const cell of document.querySelectorAll(".cell.tag_setup")) {
    const fold = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = "Set-up cell of the notebook";
    fold.className = "set-up";
    cell.replaceWith(fold);
    fold.append(summary, cell);
  }
}

/* On file:// a browser refuses to fetch the excerpts of search results. */
function plainSearchResults() {
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
}

nameControls();
foldSetUp();
placeTips();
plainSearchResults();
reachScrollers();
addEventListener("load", reachScrollers);
})();
