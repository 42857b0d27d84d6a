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
  const wide = "pre, .output, .cell_output, .course-drawing, .pst-scrollable-table-container, div.math, mjx-container, table";
  for (const box of document.querySelectorAll(`article :is(${wide})`)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (scrolls && !box.hasAttribute("tabindex")) box.tabIndex = 0;
  }
}

/* Boxes that tell what a link means: below the link or above it, inside the text column and the
   window. Escape closes one; a first touch opens it, a second one follows the link. */
function placeTips() {
  const GAP = 4; // pixels between link and box
  const WIDEST = 416;
  const within = (least, value, most) => Math.max(least, Math.min(value, most));
  const place = (tipped) => {
    const tip = tipped.querySelector(".tip");
    const link = tipped.querySelector("a").getClientRects()[0];
    const column = (tipped.closest("article") || document.body).getBoundingClientRect();
    const [left, right] = [Math.max(column.left, GAP), Math.min(column.right, document.documentElement.clientWidth - GAP)];
    // Fixed, so that no table or box that scrolls cuts it off.
    Object.assign(tip.style, { position: "fixed", margin: "0", left: "0", right: "auto", maxWidth: `${Math.min(WIDEST, right - left)}px` });
    const above = link.top - GAP - tip.offsetHeight;
    const below = link.bottom + GAP;
    const fits = below + tip.offsetHeight <= innerHeight || above < 0;
    tip.style.left = `${within(left, link.left, right - tip.offsetWidth)}px`;
    tip.style.top = `${fits ? below : above}px`;
  };
  const show = (tipped) => {
    tipped.classList.remove("is-closed");
    place(tipped);
  };
  const open = (tipped) => getComputedStyle(tipped.querySelector(".tip")).display !== "none";
  for (const tipped of document.querySelectorAll(".tipped")) {
    let wasOpen = false;
    tipped.addEventListener("pointerdown", () => { wasOpen = open(tipped); });
    tipped.addEventListener("mouseenter", () => show(tipped));
    tipped.addEventListener("focusin", () => show(tipped));
    tipped.addEventListener("click", (event) => {
      if (event.pointerType !== "touch" || wasOpen || !event.target.closest("a")) return;
      event.preventDefault();
      event.target.closest("a").focus();
      show(tipped);
    });
  }
  const active = () => document.querySelectorAll(".tipped:is(:hover, :focus-within)");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") active().forEach((tipped) => tipped.classList.add("is-closed"));
  });
  document.addEventListener("scroll", () => active().forEach(place), { capture: true, passive: true });
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

/* Paper is light, whatever the theme on the screen. */
function printLight() {
  const page = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
  });
  addEventListener("afterprint", () => { page.dataset.theme = theme; });
}

/* No attribute of a page may run code: what those of the theme's buttons did is done here. */
function pressButtons() {
  const presses = { fullscreen: () => window.toggleFullScreen(), print: () => window.print() };
  for (const button of document.querySelectorAll("[data-press]")) {
    button.addEventListener("click", presses[button.dataset.press]);
  }
}

nameControls();
pressButtons();
foldSetUp();
placeTips();
printLight();
reachScrollers();
for (const event of ["load", "resize"]) addEventListener(event, reachScrollers);
addEventListener("load", () => window.MathJax?.startup?.promise?.then(reachScrollers));
})();
