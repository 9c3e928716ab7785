/** How verbs tell an imported run in the chain's words. */
import { Option } from "commander";
import { type ChainRecord, type RecordedRun, recordIn } from "../../trace/chain/record.ts";
import { wordsOf } from "../../trace/chain/words.ts";
import type { ChainWords } from "../../trace/describe/chainWords.ts";
import type { OwnNames } from "../../trace/describe/ownNames.ts";
import type { Replayed } from "../../trace/replay/replay.ts";
import type { Manifest } from "../../trace/run/manifest.ts";

/** `--abi DIR`: names for the functions of contracts. */
export function abiOption(): Option {
  return new Option("--abi <dir>", "folder of ABI files (.json): tells functions of contracts by name");
}

/** The functions of `--abi`; undefined without it. */
export async function abiFunctions(dir: string | undefined) {
  if (dir === undefined) return undefined;
  const { readAbiFolder } = await import("../../verifier/abi/abiFolder.ts");
  return readAbiFolder(dir);
}

/** What a run is told with. */
export interface ChainTold {
  record: ChainRecord | null;
  words: ChainWords | undefined;
  /** Remarks on `blocks.jsonl`, without full stops. */
  notes: string[];
}

/** A replayed run, as the blocks beside it are compared with it. */
export function recordedRun({ manifest, trace, groups }: Replayed): RecordedRun & { manifest: Manifest } {
  return { manifest, records: trace.records.length, transitions: groups.flat() };
}

/** The blocks beside a run, and its words. */
export async function chainTold(
  dir: string,
  run: RecordedRun & { manifest: Manifest },
  { own, abi }: { own: OwnNames | undefined; abi: string | undefined },
): Promise<ChainTold> {
  const functions = await abiFunctions(abi);
  const { record, notes } = recordIn(dir, run);
  const words = wordsOf(record, run.manifest, { addresses: own?.tables.addresses !== undefined, functions });
  return { record, words, notes };
}
