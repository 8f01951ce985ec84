// Lets a wall start without a network. It keeps one page and what that page is made of, never a post, a
// picture of a post, or an answer of the API: those may have been withdrawn.
"use strict";

const KEPT = "backchannel-wall-1";
const PATIENCE_MS = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const keep = event.data && event.data.keep;
  if (Array.isArray(keep)) event.waitUntil(replace(keep));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/dist/assets/")) event.respondWith(keptFirst(request));
  else if (isPart(url.pathname)) event.respondWith(networkFirst(request));
});

const isPart = (path) =>
  path.startsWith("/static/") || /^\/join\/[^/]+\/qr\.svg$|^\/words\/[a-z]+\.json$|^\/look\/[^/]+\/[0-9a-f]+\.(css|webp|woff2)$/.test(path);

// A page as the server has it now; what is kept only where it does not answer.
async function page(request) {
  try {
    const answer = await inTime(request.url, { credentials: "same-origin" });
    if (answer.redirected) return Response.redirect(answer.url);
    return answer.status >= 500 ? (await kept(request)) || answer : answer;
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    throw error;
  }
}

async function networkFirst(request) {
  try {
    return await inTime(request, {});
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    throw error;
  }
}

// On a line that only went silent nobody says no: without a limit the page would wait for minutes.
async function inTime(asked, options) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
  try {
    return await fetch(asked, { ...options, signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function keptFirst(request) {
  return (await kept(request)) || fetch(request);
}

async function kept(request) {
  const cache = await caches.open(KEPT);
  const isPage = request.mode === "navigate";
  const found = await cache.match(request.url, { ignoreVary: true });
  return found || (isPage ? cache.match(request.url, { ignoreVary: true, ignoreSearch: true }) : undefined);
}

// What this page needs, in place of what pages before it needed.
async function replace(urls) {
  const cache = await caches.open(KEPT);
  const own = urls.filter((url) => new URL(url).origin === self.location.origin);
  const fetched = await Promise.all(own.map(async (url) => [url, await fetch(url, { credentials: "same-origin" })]));
  if (fetched.some(([, answer]) => !answer.ok)) return;
  await Promise.all(fetched.map(([url, answer]) => cache.put(url, answer)));
  const wanted = new Set(own);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}
