/** Proofs of a test's run: made once per circuit and trace, then copied from the artifact cache. */
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { artifactsOf } from "../../prover/artifacts.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { cached, sha256 } from "../../prover/storage/cache.ts";
import { PROFILE } from "./profile.ts";

/** Puts the bundles of a run of the small circuit, not proven yet, into its directory. */
export async function addProofs(dir: string): Promise<void> {
  const { circuit, key } = await artifactsOf(PROFILE);
  const trace = await readFile(join(dir, "trace.jsonl"), "utf8");
  const id = sha256(JSON.stringify({ circuit: circuit.hash, key: key.vkeyHash, trace }));
  const entry = await cached("test-proofs", id, async (folder) => {
    const { bundles } = await proveDirectory(dir);
    await cp(join(dir, "proofs"), folder, { recursive: true });
    return { bundles };
  });
  await rm(join(dir, "proofs"), { recursive: true, force: true });
  await cp(entry.folder, join(dir, "proofs"), { recursive: true });
  await rm(join(dir, "proofs", "entry.json"));
}
