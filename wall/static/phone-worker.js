// Shows notifications, and lets the join page say without a connection what is known: one page that is the same
// for everybody, and what it is made of. Never a post, a person's own page, or an answer of the API.
"use strict";

const KEPT = "backchannel-phone";
const PATIENCE_MS = 8000;
const FRESH_MS = 600_000;
const SEEN = "SEEN";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(begin()));

// Another build has other files: what an older one kept goes.
async function begin() {
  await caches.delete(KEPT);
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  const slug = event.data && event.data.keep;
  if (typeof slug === "string") event.waitUntil(keep(offlineOf(`/join/${encodeURIComponent(slug)}`)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const join = /^\/join\/[^/]+$/.test(url.pathname);
  if (request.mode === "navigate" && join) event.respondWith(page(event, offlineOf(url.pathname)));
  else if (isPart(url.pathname)) event.respondWith(part(request));
});

const offlineOf = (path) => `${path}/offline`;
const isPart = (path) => /^\/static\/[a-z-]+\.css$|^\/static\/icons\/|^\/look\/[^/]+\/[0-9a-f]+\.(css|webp|woff2)$/.test(path);

// The page as the server has it now; where it does not answer, the one that was kept.
async function page(event, offline) {
  try {
    const answer = await inTime(event.request);
    if (answer.ok) event.waitUntil(keep(offline));
    return answer;
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(offline);
    if (!found) throw error;
    const at = new Date(Number(found.headers.get("x-kept")));
    const time = at.toLocaleTimeString(found.headers.get("content-language") || undefined, { hour: "2-digit", minute: "2-digit" });
    const text = (await found.text()).replace(SEEN, time);
    return new Response(text, { status: 200, headers: headersOf(found) });
  }
}

async function part(request) {
  try {
    return await inTime(request);
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(request.url, { ignoreVary: true });
    if (!found) throw error;
    return found;
  }
}

// On a line that only went silent nobody says no: without a limit a page would wait for minutes.
async function inTime(request) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

// The page of nobody in particular (without a cookie), and its parts; again only when it is not fresh.
async function keep(offline) {
  const cache = await caches.open(KEPT);
  const before = await cache.match(offline);
  if (before && Date.now() - Number(before.headers.get("x-kept")) < FRESH_MS) return;
  const answer = await fetch(offline, { credentials: "omit" });
  if (!answer.ok) return;
  const html = await answer.text();
  const parts = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path).filter(isPart);
  await Promise.all(parts.map((path) => cache.add(new Request(path, { credentials: "omit" }))));
  const headers = headersOf(answer);
  headers.set("x-kept", String(Date.now()));
  await cache.put(offline, new Response(html, { headers }));
}

function headersOf(answer) {
  const kept = ["content-type", "content-language", "content-security-policy", "x-content-type-options", "referrer-policy", "x-kept"];
  return new Headers(kept.flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)]] : [])));
}

self.addEventListener("push", (event) => event.waitUntil(shown(event.data)));

async function shown(data) {
  const { title = "", body = "", url = "/", tag = "" } = await said(data);
  const icon = "/static/icons/app-192.png";
  await self.registration.showNotification(title || "Backchannel", { body, tag, icon, data: { url: own(url) } });
}

// A browser that gets a push and shows nothing loses the right to get one: what cannot be read is shown plainly.
async function said(data) {
  try {
    const found = data.json();
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

// An address of this server; anything else leads to its first page.
function own(url) {
  try {
    const { origin, pathname, search, hash } = new URL(url, self.location.origin);
    return origin === self.location.origin ? pathname + search + hash : "/";
  } catch {
    return "/";
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(own((event.notification.data || {}).url)));
});

async function open(path) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find(({ url }) => own(url) === path);
  return there ? there.focus() : self.clients.openWindow(path);
}
