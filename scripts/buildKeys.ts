/**
 * `npm run build:keys`: writes the published verification keys (prover/keys/published), one file for each circuit. Run
 * it after every change of the circuits, the profiles, the compiler or its library. `--profile NAME` writes that of one
 * profile, or of the circuit of exits or cells. `--check` writes nothing, and exits with 1 if a file is out of date.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makePublished, publishedPath, publishedText } from "../prover/keys/published.ts";
import { circuitNamed, NAMED_CIRCUITS } from "../prover/profiles.ts";

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, profile: { type: "string" } },
});
for (const profile of values.profile === undefined ? NAMED_CIRCUITS : [circuitNamed(values.profile)]) {
  const path = publishedPath(profile);
  const text = publishedText(await makePublished(profile));
  const there = await readFile(path, "utf8").catch(() => null);
  if (there === text) {
    console.log(`${profile.name}: as it was`);
  } else if (values.check) {
    process.exitCode = 1;
    console.log(`${profile.name}: not the key of the present circuit; run npm run build:keys`);
  } else {
    await mkdir(new URL(".", path), { recursive: true });
    await writeFile(path, text);
    console.log(`${profile.name}: written to ${fileURLToPath(path)}`);
  }
}
