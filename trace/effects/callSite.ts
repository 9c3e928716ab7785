/** The place where a program called into this package. */
import { fileURLToPath } from "node:url";

/** The folder of all code that a program calls: `trace/`. */
const OURS = new URL("..", import.meta.url).href;

/** File and line of the innermost caller outside this package, as in `loan.ts:12`; undefined if there is none. */
export function callSite(): string | undefined {
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  for (const line of lines) {
    const [, url, at] = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()\s]+?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (url === undefined || url.startsWith(OURS) || url.startsWith(fileURLToPath(OURS))) continue;
    const path = url.startsWith("file://") ? fileURLToPath(url) : url;
    return `${path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)}:${at}`;
  }
  return undefined;
}
