// 依法 — reports from the field: nothing typed is lost, nothing sent is entered twice.
"use strict";

const who = document.body.dataset.who;
const line = document.querySelector("#line");
const waiting = document.querySelector("#waiting");

function say(text, kind) {
  line.className = "flash " + (kind || "warn");
  line.querySelector("p").textContent = text;
  line.hidden = !text;
}

// The action id is made once for each report; whoever sends it again sends the same.
function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What waits to be sent, photos and all, is kept in the telephone's own database.
function base() {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("yifa-field", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("reports", { keyPath: "id" });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
}
async function reports(mode, job) {
  const db = await base();
  return new Promise((done, failed) => {
    const change = db.transaction("reports", mode);
    const asked = job(change.objectStore("reports"));
    change.oncomplete = () => done(asked.result);
    change.onerror = () => failed(change.error);
  });
}
const keep = (report) => reports("readwrite", (store) => store.put(report));
const drop = (id) => reports("readwrite", (store) => store.delete(id));
const mine = async () => (await reports("readonly", (store) => store.getAll())).filter((one) => one.who === who);

async function show() {
  const list = await mine();
  waiting.hidden = list.length === 0;
  const rows = waiting.querySelector("ul");
  rows.replaceChildren();
  for (const report of list) {
    const item = document.createElement("li");
    const row = document.createElement("div");
    row.className = "row";
    const words = document.createElement("div");
    const name = document.createElement("b");
    name.textContent = report.name;
    const state = document.createElement("div");
    state.className = "law";
    state.textContent = report.at + "　" + (report.wrong ? report.wrong.join("；") : "等待送出");
    words.append(name, state);
    const button = document.createElement("button");
    button.className = "plain small";
    button.type = "button";
    button.textContent = report.wrong ? "删去" : "现在送";
    button.addEventListener("click", async () => {
      if (!report.wrong) return flush();
      if (window.confirm("删去这一条？填写的内容就没有了。")) { await drop(report.id); show(); }
    });
    row.append(words, button);
    item.append(row);
    rows.append(item);
  }
}

// `true`: it is with the office, or the office has said why not.
async function send(report) {
  const body = new FormData();
  body.append("token", document.body.dataset.token);
  for (const [name, value] of report.texts) body.append(name, value);
  for (const file of report.files) body.append(file.name, file.blob, file.title);
  let answer;
  try {
    answer = await fetch(report.url, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
  } catch {
    say("没有网络。填写的内容已存在手机里，连上网自动送出。");
    return false;
  }
  if (answer.ok) {
    const said = await answer.json();
    await drop(report.id);
    say("已送到并登记：" + report.name + (said.again ? "（以前已经送到）" : ""), "good");
    return true;
  }
  if (answer.status === 422 && (answer.headers.get("content-type") || "").startsWith("application/json")) {
    report.wrong = (await answer.json()).grounds;
    await keep(report);
    say("没有登记：" + report.wrong.join("；"), "bad");
    return true;
  }
  say(answer.status === 503 ? "系统正忙，稍后自动再送。" : "登录已经超时：内容还在手机里，请重新登录，登录后自动送出。");
  return false;
}

let sending = false;
async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (const report of await mine()) if (!report.wrong && !(await send(report))) break;
  } finally {
    sending = false;
    show();
  }
}

// A photo of a few hundred kilobytes says as much as one of many megabytes.
async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < 400000) return file;
  try {
    const picture = await createImageBitmap(file);
    const part = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * part);
    canvas.height = Math.round(picture.height * part);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", 0.82));
  } catch {
    return file;
  }
}

const box = document.querySelector("[data-send]");
if (box) {
  const form = box.querySelector("form");
  const draft = "field:" + who + ":" + box.dataset.send;
  const passed = (name) => name === "token" || name === "id" || name.endsWith(".kept");

  // What was typed comes back after the page was closed.
  const before = JSON.parse(localStorage.getItem(draft) || "null");
  for (const [name, value] of before || []) {
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = control.checked || control.value === value;
      else if (control.type !== "file" && control.type !== "hidden") control.value = value;
    }
  }
  if (before) say("上次没有送出的内容已经填回来；照片请重新选。");
  const write = () => {
    const texts = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !passed(name));
    localStorage.setItem(draft, JSON.stringify(texts));
  };
  form.addEventListener("input", write);
  form.addEventListener("change", write);

  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (!input.accept.includes("image/")) input.accept = "image/*," + input.accept;
  }

  // The place may be typed always; the telephone may help.
  for (const label of form.querySelectorAll("label")) {
    const input = document.getElementById(label.htmlFor);
    if (!navigator.geolocation || !input || input.type !== "text" || !/地点|位置/.test(label.textContent)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain small";
    button.textContent = "添上手机定位";
    button.addEventListener("click", () => {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        const where = `（北纬${coords.latitude.toFixed(5)}，东经${coords.longitude.toFixed(5)}，误差约${Math.round(coords.accuracy)}米）`;
        input.value = input.value.replace(/（北纬[^）]*）/, "") + where;
        button.disabled = false;
        write();
      }, () => { button.disabled = false; say("手机没有给出位置，请直接写地点。"); }, { enableHighAccuracy: true, timeout: 15000 });
    });
    input.after(button);
  }

  form.addEventListener("submit", async (event) => {
    if (event.submitter && event.submitter.name === "more") return;
    event.preventDefault();
    const texts = [];
    const files = [];
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") { if (!passed(name)) texts.push([name, value]); continue; }
      if (value.size === 0) continue;
      const blob = await smaller(value);
      const title = blob === value ? value.name : value.name.replace(/\.[^.]*$/, "") + ".jpg";
      files.push({ name, blob, title });
    }
    const id = freshId();
    texts.push(["id", id]);
    const report = { id, who, url: box.dataset.send, name: document.querySelector("h1").textContent, at: new Date().toLocaleString("zh-CN"), texts, files };
    await keep(report);
    localStorage.removeItem(draft);
    form.reset();
    window.scrollTo(0, 0);
    say("正在送出……");
    flush();
  });
}

window.addEventListener("online", flush);
window.addEventListener("offline", () => say("没有网络。可以照常填写，连上网自动送出。"));
show().then(flush);

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/field/worker.js", { scope: "/field" }).then(async () => {
    const ready = await navigator.serviceWorker.ready;
    const links = Array.from(document.querySelectorAll("[data-keep-page]"), (link) => link.getAttribute("href"));
    const assets = Array.from(document.querySelectorAll("link[href], script[src]"), (one) => one.getAttribute("href") || one.getAttribute("src"));
    if (links.length > 0 && ready.active) ready.active.postMessage({ pages: ["/field?offline=1", ...links], assets });
  }).catch(() => {});
}
