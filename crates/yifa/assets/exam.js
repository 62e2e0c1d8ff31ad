// 依法 — sitting an examination: every answer is kept at once; the office's clock is the one that counts.
"use strict";

const form = document.querySelector("form[data-exam]");
const clock = form.querySelector("[data-clock]");
const said = form.querySelector("[data-said]");
let ends = performance.now() + Number(form.dataset.left) * 1000;
let changed = false;
let sending = false;
let handedIn = false;

// Keeps everything that has been chosen so far; what could not be sent is sent again.
async function keep() {
  if (sending || handedIn) return;
  sending = true;
  changed = false;
  try {
    const answer = await fetch(form.dataset.exam, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" });
    if (answer.status === 409) return window.location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const kept = await answer.json();
    ends = performance.now() + kept.left * 1000;
    said.textContent = "已保存，答了 " + kept.answered + " 题";
  } catch {
    changed = true;
    said.textContent = "还没有保存上，连上网自动再存；已选的答案留在本页，请不要关闭";
  } finally {
    sending = false;
  }
}

function tick() {
  const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  clock.textContent = "还有 " + Math.floor(left / 60) + " 分 " + String(left % 60).padStart(2, "0") + " 秒";
  if (left === 0 && !handedIn) {
    handedIn = true;
    form.querySelector("button[value=submit]").click();
  }
}

form.addEventListener("change", () => { changed = true; keep(); });
// A slip of the finger costs no try: the press says what is still open. Time that is up does not ask.
form.querySelector("button[value=submit]").addEventListener("click", (event) => {
  const open = [...form.querySelectorAll("fieldset")].filter((one) => !one.querySelector(":checked")).length;
  if (handedIn) delete event.target.dataset.ask;
  else event.target.dataset.ask = (open ? "还有 " + open + " 题没有作答。" : "") + "交卷以后不能再改，确定交卷？";
});
// After whoever may still hold it back.
window.addEventListener("submit", (event) => { if (!event.defaultPrevented) handedIn = true; });
window.addEventListener("online", keep);
window.setInterval(tick, 1000);
window.setInterval(() => { if (changed) keep(); }, 5000);
// Whoever thinks for long keeps the session.
window.setInterval(keep, 240000);
said.textContent = "答案自动保存";
tick();
