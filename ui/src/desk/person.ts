/** Whose desk this is, said with every command: another tab of this browser may have signed somebody else in since. */
import type { Browser } from "../browser";

/** The browser, but its commands name this person: the server does none of them as anybody else. */
export function asPerson(browser: Browser, person: string): Browser {
  return {
    ...browser,
    fetch(url, options) {
      if (!options.method) return browser.fetch(url, options);
      const headers = new Headers(options.headers);
      headers.set("backchannel-person", person);
      return browser.fetch(url, { ...options, headers });
    },
  };
}
