// 依法 — keeps the forms of the field in the telephone: pages without anybody's cases, and nothing else.
"use strict";

const KEPT = "field-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { pages, assets } = event.data;
  event.waitUntil((async () => {
    const kept = await caches.open(KEPT);
    for (const url of [...pages, ...assets]) {
      const answer = await fetch(url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
      if (answer && answer.ok) await kept.put(url, answer);
    }
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  const asset = url.pathname.startsWith("/assets/");
  if (!asset && !url.pathname.startsWith("/field")) return;
  event.respondWith(fetch(request).catch(async () => {
    const kept = await caches.open(KEPT);
    const key = url.pathname === "/field" ? "/field?offline=1" : url.pathname;
    return (await kept.match(key)) || Response.error();
  }));
});
