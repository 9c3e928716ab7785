/** A run directory that is about to be damaged, and how to lay hands on it. */
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "../../../trace/run/runDirectory.ts";
import type { Random } from "../../lib/random.ts";
import type { KnownRun, KnownRuns } from "../lib/knownRuns.ts";

/** A directory under damage. */
export interface Patient {
  readonly dir: string;
  readonly runs: KnownRuns;
  readonly random: Random;
  /** Statements that a valid proof was made of on the way. */
  readonly proven: Set<string>;
}

/** Something that happens to it. */
export type Damage = (patient: Patient) => void;

export const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
export const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

/**
 * Puts a file in place of whatever is there: through a link it would be written to somewhere else, and into a pipe
 * never.
 */
export function place(path: string, content: string | Buffer): void {
  remove(path);
  writeFileSync(path, content);
}

/** A run that is not the damaged one. */
export const otherRun = ({ runs, random }: Patient): KnownRun => random.pick(runs.others);

/** Puts something that is no file where one is looked for. */
export function putNoFile(path: string, { dir, random }: Patient): void {
  remove(path);
  const kind = random.below(7);
  if (kind === 0) mkdirSync(path);
  else if (kind === 1) execFileSync("mkfifo", [path]);
  else symlinkSync(random.pick([".", path, "/dev/zero", "/dev/null", "missing", join(dir, FILES.trace)]), path);
}
