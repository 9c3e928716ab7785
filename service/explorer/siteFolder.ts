/** Which folder a site may take the place of: one that holds what was written before, and nothing else. */
import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { InvalidInputError, inOneLine } from "../../trace/errors.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";

/** The list of all files of a site, by which a later run knows them again. */
export const SITE_LIST = "site.json";
const SITE_FORMAT = "timebandits-site";

/** The text of the list. */
export function siteListText(files: readonly string[]): string {
  return `${JSON.stringify({ format: SITE_FORMAT, files: [...files].sort() })}\n`;
}

/** @throws InvalidInputError if one of the folders lies in the other one, links followed */
export async function requireApart(dir: string, out: string): Promise<void> {
  const [run, target] = [await realpath(dir), await realPathOf(resolve(out))];
  if (target === run) throw new InvalidInputError(out, "is the run itself; name another folder");
  if (holds(target, run)) throw new InvalidInputError(out, "holds the run; name a folder beside it");
  if (holds(run, target)) throw new InvalidInputError(out, "lies in the run directory; name a folder beside it");
}

/**
 * @param named the folder as the reader named it
 * @throws InvalidInputError unless it is absent, empty, or a site that was written before, without further files
 */
export async function requireFree(target: string, named: string): Promise<void> {
  try {
    if (!(await lstat(target)).isDirectory()) throw new InvalidInputError(named, "is no folder; name another one");
    if ((await readdir(target)).length === 0) return;
    const foreign = await firstForeign(target);
    if (foreign === undefined) return;
    const next = "name a new folder, or one that explore wrote and that is as it was";
    throw new InvalidInputError(named, `holds something else, ${inOneLine(foreign)}; ${next}`);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** The first thing in the folder that is not of a site. */
async function firstForeign(target: string): Promise<string | undefined> {
  const files = await listIn(target);
  const folders = new Set<string>();
  for (const file of files)
    for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) folders.add(folder);
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const name = relative(target, join(entry.parentPath, entry.name)).replaceAll(sep, "/");
    if (entry.isDirectory() ? !folders.has(name) : !entry.isFile() || !files.has(name)) return name;
  }
  return undefined;
}

/** The files of the site that lies there, its list included; none if there is no site. */
async function listIn(target: string): Promise<ReadonlySet<string>> {
  try {
    if (!(await lstat(join(target, SITE_LIST))).isFile()) return new Set();
    const { format, files } = JSON.parse(await readFile(join(target, SITE_LIST), "utf8")) as Record<string, unknown>;
    if (format !== SITE_FORMAT || !Array.isArray(files)) return new Set();
    return new Set([SITE_LIST, ...files.filter((name) => typeof name === "string")]);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || hasCode(error, "ENOENT")) return new Set();
    throw error;
  }
}

/** Whether a path lies below a folder. */
function holds(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** The path without links, also of what is not there yet. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR") || dirname(path) === path) throw error;
    return join(await realPathOf(dirname(path)), basename(path));
  }
}
