// Notifications in this browser: subscribing, and ending that. An ES module, for the staff page and for the
// join page: both register the one worker that shows what arrives.

const WORKER = "/phone-worker.js";
// The one policy that the pages' Content-Security-Policy allows: it lets this one address pass.
const POLICY = "backchannel-worker";

let passing;

function trusted(url) {
  if (!globalThis.trustedTypes) return url;
  passing ??= globalThis.trustedTypes.createPolicy(POLICY, {
    createScriptURL(asked) {
      if (asked !== WORKER) throw new TypeError(`not our worker: ${asked}`);
      return asked;
    },
  });
  return passing.createScriptURL(url);
}

/** Whether this browser could be told at all: over plain HTTP beyond this machine it cannot. */
export function canNotify() {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** The worker that shows notifications, registered if need be. */
export async function worker() {
  await navigator.serviceWorker.register(trusted(WORKER), { scope: "/" });
  return navigator.serviceWorker.ready;
}

/** Whether this browser is told of an event, as far as it knows itself. Registers nothing. */
export async function subscribedHere(event) {
  if (!canNotify() || Notification.permission !== "granted" || !remembered(event)) return false;
  const registration = await navigator.serviceWorker.getRegistration("/");
  return Boolean(await registration?.pushManager.getSubscription());
}

/**
 * Have this browser told of an event. To be called from a press of a button: browsers ask their person only
 * then. "on", "denied" (the person or the browser said no), "cannot" or "failed".
 */
export async function notifyHere(event) {
  if (!canNotify()) return "cannot";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    const api = `/api/v1/events/${encodeURIComponent(event)}/push`;
    const { key } = await (await asked(api)).json();
    const { pushManager } = await worker();
    const subscription = await subscribed(pushManager, bytes(key));
    await asked(api, "POST", subscription.toJSON());
    remember(event, true);
    return "on";
  } catch (error) {
    return error.name === "NotAllowedError" ? "denied" : "failed";
  }
}

/** Have this browser told of an event no more. "off", or "failed". */
export async function notifyNoMore(event) {
  try {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    // The subscription stays: other events may use it.
    if (subscription) {
      const { endpoint } = subscription;
      await asked(`/api/v1/events/${encodeURIComponent(event)}/push`, "DELETE", { endpoint });
    }
    remember(event, false);
    return "off";
  } catch {
    return "failed";
  }
}

// One subscription of a browser serves all events: for which of them it was wished is kept beside it.
const kept = (event) => `notify.${event}`;

function remembered(event) {
  try {
    return localStorage.getItem(kept(event)) !== null;
  } catch {
    return false;
  }
}

function remember(event, on) {
  try {
    if (on) localStorage.setItem(kept(event), "1");
    else localStorage.removeItem(kept(event));
  } catch {
    // Without storage the button offers again what is on already, which does no harm.
  }
}

// A browser that subscribed with another key (the instance's secret is another one now) has to begin anew.
async function subscribed(manager, key) {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const before = await manager.getSubscription();
  const same = before?.options.applicationServerKey;
  if (before && same && !equal(new Uint8Array(same), key)) await before.unsubscribe();
  return manager.subscribe(options);
}

async function asked(path, method = "GET", body = undefined) {
  const headers = { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch(path, {
    method, headers, credentials: "same-origin", ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`push: ${answer.status}`);
  return answer;
}

const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
