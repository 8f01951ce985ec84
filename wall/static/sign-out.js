// Whoever signs out leaves nothing behind in this browser: no command that is not sent yet, no kept page, and no
// notification of what they were told of.
"use strict";

const UNSENT = "backchannel.unsent/";
// As notify.js and phone-worker.js name them.
const NOTIFIED = "notify.";
const KEPT = "backchannel-phone";
/** Signing out waits for what the network has to say of it, but not for long. */
const PATIENCE_MS = 2_000;

const form = document.querySelector('form[action="/sign-out"]');
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  void Promise.race([forgotten(), patience]).finally(() => form.submit());
}, { once: true }); // pressed again, it signs out at once

function forgotten() {
  const events = taken(NOTIFIED).map((key) => key.slice(NOTIFIED.length));
  taken(UNSENT);
  return Promise.allSettled([pagesForgotten(), notificationsEnded(events)]);
}

// The keys that begin so; they are gone now.
function taken(prefix) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    for (const key of keys) localStorage.removeItem(key);
    return keys;
  } catch {
    return []; // Storage is forbidden in this browser: nothing was kept.
  }
}

async function pagesForgotten() {
  if ("caches" in globalThis) await caches.delete(KEPT);
}

// The server is told while there is an endpoint to name; without it, its push service tells it later.
async function notificationsEnded(events) {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return;
  const body = JSON.stringify({ endpoint: subscription.endpoint });
  const headers = { "Content-Type": "application/json" };
  const ended = events.map((event) =>
    fetch(`/api/v1/events/${encodeURIComponent(event)}/push`, { method: "DELETE", headers, body, keepalive: true }),
  );
  await Promise.allSettled([subscription.unsubscribe(), ...ended]);
}
