/** The place where a program called into this package. */
import { fileURLToPath } from "node:url";

/** The folder of all code that a program calls: `trace/`. */
const OURS = new URL("..", import.meta.url).href;
/** The frames that are looked at. A program may call through many layers of ours; the engine's own limit is 10. */
const FRAMES = 64;

/** File and line of the innermost caller outside this package, as in `loan.ts:12`; undefined if there is none. */
export function callSite(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  return callerIn(stack);
}

/** File and line of the innermost frame of a stack that is neither this package's nor the engine's own. */
export function callerIn(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    // A frame is `at name (place:line:column)` or `at place:line:column`. Places of Node itself begin with `node:`.
    const [, url, at] =
      /(?:\(|\bat (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]+?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (url === undefined || url.startsWith(OURS) || url.startsWith(fileURLToPath(OURS))) continue;
    const path = url.startsWith("file://") ? fileURLToPath(url) : url;
    return `${path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)}:${at}`;
  }
  return undefined;
}
