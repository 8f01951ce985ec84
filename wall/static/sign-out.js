// Whoever signs out leaves nothing behind in this browser: no command that is not sent yet, no kept page.
"use strict";

const UNSENT = "backchannel.unsent/";

document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(UNSENT)) localStorage.removeItem(key);
    if ("caches" in globalThis) void caches.delete("backchannel-phone-1");
  } catch {
    // Storage is forbidden in this browser: nothing was kept.
  }
});
