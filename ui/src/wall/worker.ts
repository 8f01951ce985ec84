/** Keeps this page, without any post, in the browser, so that a screen starts without a network. */

const WORKER = "/static/wall-worker.js";
/** The one policy that the pages' Content-Security-Policy allows: it lets this one address pass. */
const POLICY = "backchannel-worker";

interface Trusted {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

/** Without a worker, or where it may not run (plain HTTP beyond this machine), nothing is kept. */
export async function keepPage(): Promise<void> {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(trusted(WORKER), { scope: location.pathname });
    await keepParts();
  } catch {
    // Private windows and full disks: the wall runs as it does without a worker.
  }
}

/** What this page is made of changed: keep that, if anything is kept. */
export async function keepParts(): Promise<void> {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: [location.href.replace(location.hash, ""), ...parts()] });
}

function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: Trusted }).trustedTypes;
  const pass = (asked: string): string => {
    if (asked !== WORKER) throw new TypeError(`not our worker: ${asked}`);
    return asked;
  };
  return types ? types.createPolicy(POLICY, { createScriptURL: pass }).createScriptURL(url) : url;
}

const OURS = /^\/static\/|^\/join\/[^/]+\/qr\.svg$|^\/words\/[a-z]+\.json$|^\/look\/[^/]+\/[0-9a-f]+\.(css|webp|woff2)$/;

/** What this page is made of: scripts, styles, icons, the code that leads to the join page, the event's look. */
function parts(): string[] {
  const asked = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  const ours = asked.filter(({ origin, pathname }) => origin === location.origin && OURS.test(pathname));
  return [...new Set(ours.map(({ href }) => href))];
}
