/** `npm run build:contracts`: compiles the contracts and writes contracts/artifacts/. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ARTIFACTS, builtArtifacts } from "../contracts/compiler.ts";
import { TimeBanditsError } from "../trace/errors.ts";

try {
  const built = await builtArtifacts();
  mkdirSync(ARTIFACTS, { recursive: true });
  for (const name of readdirSync(ARTIFACTS)) if (!built.has(name)) rmSync(join(ARTIFACTS, name));
  for (const [name, text] of built) writeFileSync(join(ARTIFACTS, name), text);
  process.stdout.write(`${built.size} contracts written to ${ARTIFACTS}\n`);
} catch (error) {
  if (!(error instanceof TimeBanditsError)) throw error;
  process.stderr.write(`build:contracts: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
