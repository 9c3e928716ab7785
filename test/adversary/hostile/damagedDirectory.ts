/** A run directory to damage, and its tools. */
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "../../../trace/run/runDirectory.ts";
import type { Random } from "../../lib/random.ts";
import type { KnownRun, KnownRuns } from "../lib/knownRuns.ts";

/** A directory that is being damaged. */
export interface Patient {
  readonly dir: string;
  readonly runs: KnownRuns;
  readonly random: Random;
  /** Statements with a valid proof that a damage added. */
  readonly proven: Set<string>;
}

/** One damage to it. */
export type Damage = (patient: Patient) => void;

export const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
export const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

/**
 * Puts a file in the place of anything that is there. Writing through a link would change another file, and writing
 * into a pipe would never end.
 */
export function place(path: string, content: string | Buffer): void {
  remove(path);
  writeFileSync(path, content);
}

/** Another run than the damaged one. */
export const otherRun = ({ runs, random }: Patient): KnownRun => random.pick(runs.others);

/** Puts a folder, a pipe or a link in the place of a file. */
export function putNoFile(path: string, { dir, random }: Patient): void {
  remove(path);
  const kind = random.below(7);
  if (kind === 0) mkdirSync(path);
  else if (kind === 1) execFileSync("mkfifo", [path]);
  else symlinkSync(random.pick([".", path, "/dev/zero", "/dev/null", "missing", join(dir, FILES.trace)]), path);
}
