/** Opens an address in the user's browser. */
import { spawn } from "node:child_process";

const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};
/** Without either, a Linux has no screen to open anything on. */
const SCREENS = ["DISPLAY", "WAYLAND_DISPLAY"];
/** A program that lasts longer has opened something. */
const SOON_MS = 3_000;

/** @returns false if there is no browser to open */
export async function openInBrowser(url: string): Promise<boolean> {
  const [program, ...args] = PROGRAMS[process.platform] ?? ["xdg-open"];
  if (program === undefined) return false;
  if (program === "xdg-open" && !SCREENS.some((name) => process.env[name])) return false;
  return await new Promise<boolean>((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
    const late = setTimeout(() => resolve(true), SOON_MS);
    const end = (opened: boolean): void => {
      clearTimeout(late);
      resolve(opened);
    };
    child.on("error", () => end(false));
    child.on("exit", (code) => end(code === 0));
    child.unref();
  });
}
