/** Circuits with a hole: the project's own, copied, with one text in one file replaced. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PROJECT_ROOT, packageFile } from "../../prover/storage/packageFile.ts";

export interface Hole {
  /** Below `circuits/`, or a file of circomlib: the copy has it then, and the compiler finds it there first. */
  readonly file: string;
  /** A text that the file has once, and what stands there instead. */
  readonly sound: string;
  readonly hole: string;
}

const CIRCUITS = join(PROJECT_ROOT, "circuits");
const CIRCOMLIB = join(dirname(packageFile("circomlib/package.json")), "circuits");
/** The compiler sees only what lies below the project. Git ignores this folder. */
const COPIES = join(PROJECT_ROOT, "cache");

/** Folders for `include`, with the hole in them while `work` runs. Without a hole they are as the project's own. */
export async function withHole<Result>(
  hole: Hole | null,
  work: (libraries: readonly string[]) => Promise<Result>,
): Promise<Result> {
  await mkdir(COPIES, { recursive: true });
  const copy = await mkdtemp(join(COPIES, "hole-"));
  try {
    await cp(CIRCUITS, copy, { recursive: true });
    if (hole !== null) await plant(hole, copy);
    return await work([copy, CIRCOMLIB]);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function plant({ file, sound, hole }: Hole, copy: string): Promise<void> {
  const own = await readFile(join(copy, file), "utf8").catch(() => null);
  const text = own ?? (await readFile(join(CIRCOMLIB, file), "utf8"));
  const parts = text.split(sound);
  if (parts.length !== 2) throw new Error(`${file} has "${sound}" ${parts.length - 1} times, not once`);
  await writeFile(join(copy, file), parts.join(hole));
}
