/** Light or dark: as the system has it, or as the reader chooses. */
import { useState } from "preact/hooks";

const KEY = "timebandits-theme";
/** Told to those who draw by themselves. */
export const THEME_CHANGED = "timebandits-theme";
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** The theme that was chosen before. A browser may refuse to keep it. */
function kept(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

/** Puts a theme on the page. */
export function applyTheme(theme: Theme = kept()): void {
  document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
  dispatchEvent(new Event(THEME_CHANGED));
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(kept);
  const choose = (chosen: Theme): void => {
    setTheme(chosen);
    applyTheme(chosen);
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // It holds until the page is left.
    }
  };
  return (
    <label class="theme">
      <span class="unseen">Theme</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => choose(THEMES.find((one) => one === currentTarget.value) ?? "system")}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {one === "system" ? "theme: system" : one}
          </option>
        ))}
      </select>
    </label>
  );
}
