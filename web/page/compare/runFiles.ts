/** The files of a second run: which are read, what they are called, and which must be there. */

import { SINGLE_FILES } from "../../../trace/run/runFileNames.ts";

const NEEDED = ["genesis.json", "trace.jsonl"] as const;

/** A file that the reader chose, as the browser gives it. */
export interface Chosen {
  readonly name: string;
  /** Its path from the chosen folder on, the folder included; empty for a file that was chosen alone. */
  readonly webkitRelativePath: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Whether the comparison reads the file of this name in the run directory. */
export function isRead(name: string): boolean {
  return SINGLE_FILES.includes(name);
}

/** A file's name in the run directory: its path without the chosen folder. */
export function nameInRun({ name, webkitRelativePath }: Pick<Chosen, "name" | "webkitRelativePath">): string {
  const inFolder = webkitRelativePath.split("/").slice(1).join("/");
  return inFolder === "" ? name : inFolder;
}

/** @throws Error unless all files are there that a replay needs */
export function requireRun(names: readonly string[]): void {
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const lacks = missing.join(" and ");
  throw new Error(`there is no ${lacks}; choose a run directory itself: it has genesis.json and trace.jsonl`);
}
