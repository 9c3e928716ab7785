/** `explore`: the page of a run, which checks by itself what it shows. */

import { UsageError } from "../lib/failure.ts";
import { stopsItself, whenInterrupted } from "../lib/interruption.ts";
import { portArgument } from "../lib/numberArgument.ts";
import { openInBrowser } from "../lib/openInBrowser.ts";
import { printDone } from "../lib/output.ts";
import { does, remark, verb } from "../lib/verb.ts";

interface Options {
  port?: number;
  open: boolean;
  out?: string;
  json?: boolean;
  quiet?: boolean;
}

export function explore() {
  const command = verb("explore", "look at a run in a browser, which checks it; until Ctrl-C")
    .argument("<dir>", "run directory")
    .option("--port <port>", "port to listen on, 0 for any free one; default: 0", portArgument)
    .option("--no-open", "do not open the browser")
    .option("--out <folder>", "write the page and the run to a folder for any static host, and serve nothing");
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { port, out } = options;
    if (out !== undefined && port !== undefined)
      throw new UsageError("--out writes a folder and serves nothing: leave out --port");
    const { requireRun, exploreDirectory } = await import("../../service/explorer/explore.ts");
    const { builtPage } = await import("../lib/builtPage.ts");
    requireRun(dir);
    const page = await builtPage(() => progress.say("building the page, which is done once"));
    if (out !== undefined) {
      progress.say("writing the folder");
      const { writeSite } = await import("../../service/explorer/writeSite.ts");
      const written = await writeSite(dir, out, page);
      const lines = [`${out} has the page and the run: ${written.files} files; serve it with any web server`];
      return { facts: { dir, out, ...written }, lines };
    }
    const signal = stopsItself("the requests at hand");
    whenInterrupted(() => "nothing was changed");
    await using exploring = await exploreDirectory(dir, { port, page });
    const { url } = exploring;
    progress.stop();
    printDone({ facts: { dir, url }, lines: [`${dir} is shown at ${url}; Ctrl-C stops`] }, options.json === true);
    if (options.open && !(await openInBrowser(url)) && options.quiet !== true && options.json !== true)
      remark("no browser could be opened here; open the address yourself");
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return { facts: {}, lines: [], printed: true };
  });
}
