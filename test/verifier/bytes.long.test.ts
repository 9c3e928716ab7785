import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBundles } from "../../prover/bundles/bundle.ts";
import { auditTrace } from "../../verifier/audit/trace.ts";
import { checkChain } from "../../verifier/bundleSequence.ts";
import { provenRun } from "../lib/provenRun.ts";

test.each(["trace.jsonl", "genesis.json"])(
  "a change of any byte of %s is found (a third of the bytes)",
  async (file) => {
    const dir = await provenRun();
    const { bundles } = await checkChain(await readBundles(dir));
    const path = join(dir, file);
    const bytes = await readFile(path);
    expect(auditTrace(dir, bundles).problems).toEqual([]);
    for (let position = 0; position < bytes.length; position += 3) {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] as number) ^ (1 << (position % 7));
      await writeFile(path, changed);
      expect(auditTrace(dir, bundles).problems, `byte ${position}`).not.toEqual([]);
    }
  },
);
