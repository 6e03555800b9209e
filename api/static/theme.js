// Light or dark, against the machine's wish: kept in a cookie so that the server can write it into
// the page and nothing flickers.

const YEAR_S = 365 * 24 * 3600;

function shownTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Make every `[data-theme-switch]` button change between light and dark. */
export function themeButtons() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.addEventListener("click", () => {
      const next = shownTheme() === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      document.cookie = `theme=${next}; path=/; max-age=${YEAR_S}; samesite=lax`;
    });
  }
}
