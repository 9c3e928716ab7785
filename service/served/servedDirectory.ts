/** What a server serves of a run directory: its operator, and what lies beside it. */
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { proofsIn } from "../../prover/bundles/bundle.ts";
import { bundleRanges } from "../../prover/bundles/bundleRanges.ts";
import { parseManifest } from "../../trace/run/manifest.ts";
import { pathIn, readGenesis, readManifest } from "../../trace/run/runDirectory.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import type { NameTable, ServedMap } from "../http/servedMap.ts";
import type { OwnOperator } from "../operator/operator.ts";
import { HistoryThread } from "./historyThread.ts";

/** A name of a bundle. Nothing else is read from the folder. */
const BUNDLE = /^[0-9]{10}-[0-9]{10}-[0-9a-f]{16}\.json$/;

/** The map of a run directory, as a server sees it. Closing it closes what was opened to read. */
export function servedDirectory(dir: string, operator: OwnOperator): ServedMap & AsyncDisposable {
  const headers = new HistoryThread(dir);
  const end = operator.subscribe((event) => {
    if (event.type === "withdrawn") headers.clear();
  });
  const genesis = readGenesis(dir);
  return {
    ...{ operator, genesis, chain: readManifest(dir).chain },
    names: namesIn(dir),
    triggers: (digest) => operator.triggers(digest),
    headerAt: (program, seq) => headers.at(program, seq),
    bundles: async () => (await bundleRanges(dir)).map(({ name }) => name),
    bundle: (name) => bundleText(dir, name),
    cut: () => operator.cut(),
    retry: (firstSeq) => operator.retry(firstSeq),
    async [Symbol.asyncDispose]() {
      end();
      await headers[Symbol.asyncDispose]();
    },
  };
}

/** The names of the manifest, read again when it was written. */
function namesIn(dir: string): () => NameTable {
  const path = pathIn(dir, "manifest");
  let known: { mtimeMs: number; names: NameTable } | undefined;
  return () => {
    const { mtimeMs } = statSync(path);
    if (known?.mtimeMs !== mtimeMs) known = { mtimeMs, names: parseManifest(readFileSync(path, "utf8")) };
    return known.names;
  };
}

async function bundleText(dir: string, name: string): Promise<string | undefined> {
  if (!BUNDLE.test(name)) return undefined;
  try {
    return await readFile(join(proofsIn(dir), name), "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
