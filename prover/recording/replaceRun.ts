/** `--force`: replaces a run that has nothing but its trace to lose. */
import { closeSync, existsSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BLOCKS_FILE } from "../../trace/import/blocks/blockLines.ts";
import { parseManifest } from "../../trace/run/manifest.ts";
import { FILES, pathIn, textAt } from "../../trace/run/runDirectory.ts";
import { removeStore } from "../../trace/store/storeFile.ts";
import { proofsIn } from "../bundles/bundle.ts";
import { signaturesIn } from "../signing/signatureFiles.ts";
import { REPORT_FILE } from "./newRun.ts";

/** Folder in which the new run is written. The old run stays until the new one is complete. */
const NEW = ".new";
/** The beginning of each of a run's files. */
const MARK = /"format":\s*"time-bandits-/;
const MARK_WITHIN = 200;

/**
 * Replaces the run in a directory. Genesis, trace, manifest and an import's report are replaced once the new run is
 * complete; other files stay.
 * @param work writes the new run into the given folder
 * @throws InvalidInputError if a file of that name does not belong to a run, or if there are proofs, signatures or a
 *   map on a chain; also every error of `work`. The old run is then unchanged
 */
export async function replacingRun<T>(dir: string, work: (folder: string) => Promise<T>): Promise<T> {
  requireReplaceable(dir);
  const folder = join(dir, NEW);
  rmSync(folder, { recursive: true, force: true });
  try {
    const done = await work(folder);
    removeStore(dir);
    for (const name of [REPORT_FILE, BLOCKS_FILE]) rmSync(join(dir, name), { force: true });
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
        `holds a ${name} that does not belong to a run; nothing was changed; choose another directory`,
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

/** The run's map on a chain. An unreadable manifest may name one too. */
function mapOf(dir: string): string {
  if (!existsSync(pathIn(dir, "manifest"))) return "";
  try {
    const { chain } = parseManifest(textAt(pathIn(dir, "manifest")));
    return chain === undefined ? "" : `the map ${chain.mapId} on chain ${chain.chainId}`;
  } catch (error) {
    if (error instanceof InvalidInputError) return "an unreadable manifest, which may name a map on a chain";
    throw error;
  }
}
