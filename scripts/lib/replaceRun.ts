/** `--force`: another run in the place of one that is there, where nothing is lost by that but the trace. */
import { closeSync, existsSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { signaturesIn } from "../../prover/signing/signatureFiles.ts";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { parseManifest } from "../../trace/run/manifest.ts";
import { FILES, pathIn, textAt } from "../../trace/run/runDirectory.ts";
import { REPORT_FILE } from "./wholeRun.ts";

/** Folder in which the new run is written, so that the old one is there until it is whole. */
const NEW = ".new";
/** How each of a run's files begins. */
const MARK = /"format":\s*"time-bandits-/;
const MARK_WITHIN = 200;

/**
 * Writes a run in the place of the one in a directory. Genesis, trace, manifest and an import's report are replaced,
 * all of them once the new run is whole; whatever else lies there stays.
 * @param work writes the new run into the folder that it is given
 * @throws InvalidInputError if a file of that name is no run's, or if there are proofs, signatures or a map on a
 *   chain; whatever `work` throws. The run is as it was then
 */
export async function replacingRun<T>(dir: string, work: (folder: string) => Promise<T>): Promise<T> {
  requireReplaceable(dir);
  const folder = join(dir, NEW);
  rmSync(folder, { recursive: true, force: true });
  try {
    const done = await work(folder);
    rmSync(join(dir, REPORT_FILE), { force: true });
    for (const name of [...Object.values(FILES), REPORT_FILE]) {
      if (existsSync(join(folder, name))) renameSync(join(folder, name), join(dir, name));
    }
    return done;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requireReplaceable(dir: string): void {
  for (const name of Object.values(FILES)) {
    if (existsSync(join(dir, name)) && !MARK.test(beginningOf(join(dir, name)))) {
      throw new InvalidInputError(
        dir,
        `holds a ${name} that is no run's, and stays as it is; choose another directory`,
      );
    }
  }
  const kept = [held(proofsIn(dir), "proof"), held(signaturesIn(dir), "signature"), mapOf(dir)].filter(
    (one) => one !== "",
  );
  if (kept.length === 0) return;
  throw new InvalidInputError(
    dir,
    `holds a run with ${kept.join(" and ")}, which --force does not remove; choose another directory, or remove ` +
      `them yourself`,
  );
}

function beginningOf(path: string): string {
  if (!statSync(path).isFile()) return "";
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(MARK_WITHIN);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function held(folder: string, thing: string): string {
  if (!existsSync(folder)) return "";
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return files.length === 0 ? "" : count(files.length, thing);
}

/** The map that the run is, on a chain. A manifest that cannot be read may name one. */
function mapOf(dir: string): string {
  if (!existsSync(pathIn(dir, "manifest"))) return "";
  try {
    const { chain } = parseManifest(textAt(pathIn(dir, "manifest")));
    return chain === undefined ? "" : `the map ${chain.mapId} on chain ${chain.chainId}`;
  } catch (error) {
    if (error instanceof InvalidInputError) return "a manifest that cannot be read, and may name a map on a chain";
    throw error;
  }
}
