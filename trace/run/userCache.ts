/** The user's folder for what can be made again, shared by all runs. */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** The user's home; undefined without one. */
export function userHome(): string | undefined {
  try {
    const found = homedir();
    return isAbsolute(found) ? found : undefined;
  } catch {
    // Neither $HOME nor an entry among the users.
    return undefined;
  }
}

/**
 * `$TIMEBANDITS_CACHE`, or `timebandits` below `$XDG_CACHE_HOME` or `~/.cache`; undefined if none of them is set and
 * the user has no home.
 */
export function userCache(): string | undefined {
  const own = process.env.TIMEBANDITS_CACHE;
  if (own !== undefined && own !== "") return resolve(own);
  const xdg = process.env.XDG_CACHE_HOME;
  // The XDG rule: a relative path is to be ignored.
  if (xdg?.startsWith("/")) return join(xdg, "timebandits");
  const home = userHome();
  return home === undefined ? undefined : join(home, ".cache", "timebandits");
}
