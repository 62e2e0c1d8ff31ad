// 依法 — everything works without this file; it only makes a few things quicker.
"use strict";

// One press, one request: the server answers a repeated press with the same receipt anyway.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  if (button && button.dataset.ask && !window.confirm(button.dataset.ask)) { event.preventDefault(); return; }
  if (event.target.method !== "post") return;
  event.target.dataset.sent = "1";
  if (button) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// Filters apply as soon as one is chosen.
for (const select of document.querySelectorAll("form[data-quick] select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// What was typed and not sent is not lost by a slip.
let typed = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-keep]")) typed = true; });
document.addEventListener("submit", () => { typed = false; });
window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// The account menu closes like a menu.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.me[open]")) menu.open = false;
});

// Errors first: bring the reader to them.
const wrong = document.querySelector("#wrong");
if (wrong) wrong.focus();
