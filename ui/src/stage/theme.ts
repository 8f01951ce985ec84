/** The chair view's colours. The address keeps what was chosen, so that a reload or a bookmark does too. */

export type Theme = "light" | "dark";

/** Show what the address asks for; without that, what the page came with. */
export function showAskedTheme(): void {
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked === "light" || asked === "dark" || asked === "auto") document.documentElement.dataset["theme"] = asked;
}

/** The one that is not shown now. */
export function otherTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  const light = theme === "auto" ? matchMedia("(prefers-color-scheme: light)").matches : theme === "light";
  return light ? "dark" : "light";
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  const address = new URL(location.href);
  address.searchParams.set("theme", theme);
  history.replaceState(null, "", address);
}
