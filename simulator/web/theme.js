/** Theme: light, dark, or as the device says. */

const KEY = "simulator.theme";
const isDarkDevice = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = localStorage.getItem(KEY);
  return chosen ? chosen === "dark" : isDarkDevice.matches;
}

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

/** A choice that equals the device's own is not remembered, so the page follows the device again. */
export function toggleTheme() {
  const wanted = !isDark();
  if (wanted === isDarkDevice.matches) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, wanted ? "dark" : "light");
  applyTheme();
}

export function watchTheme(onChange) {
  isDarkDevice.addEventListener("change", () => {
    applyTheme();
    onChange();
  });
}
