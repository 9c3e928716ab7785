/** The files of a run that an audit reads, by their names. Servers give these alone, and the page takes these alone. */

/** Files of the run directory itself. */
export const SINGLE_FILES: readonly string[] = ["genesis.json", "trace.jsonl", "manifest.json", "blocks.jsonl"];
/** Its folders that an audit reads. */
export const RUN_FOLDERS = ["proofs", "signatures"] as const;

/** A name in a folder. No separator of any system, no drive, nothing unseen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const IN_FOLDER = /^[^/\\:\u0000-\u001f\u007f]{1,200}\.json$/;

/**
 * Whether a run may have a file of that name.
 *
 *     isRunFile("proofs/1.json"); // true
 *     isRunFile("proofs//1.json"); // false
 */
export function isRunFile(name: string): boolean {
  if (SINGLE_FILES.includes(name)) return true;
  const [folder = "", file = "", ...more] = name.split("/");
  return more.length === 0 && RUN_FOLDERS.some((known) => known === folder) && IN_FOLDER.test(file);
}
