/** The chain's words for a run: from `blocks.jsonl`, or from the addresses that its manifest gives as names. */
import { addressIn, type ChainWords, chainWords } from "../describe/chainWords.ts";
import { functionsBySelector } from "../describe/standardFunctions.ts";
import { BLOCKS_FILE } from "../import/blocks/blockLines.ts";
import { kindOf } from "../layout.ts";
import type { Manifest } from "../run/manifest.ts";
import type { ChainRecord } from "./record.ts";

/** What a reader gives to tell a run in the chain's words. */
export interface WordsGiven {
  /** Whether the reader names addresses. */
  addresses: boolean;
  /** Functions of the reader's ABI files, by selector in hexadecimal. */
  functions?: Iterable<readonly [selector: string, signature: string]> | undefined;
}

/** The words; undefined for a run that is not imported, unless the reader gives functions or names by address. */
export function wordsOf(
  record: ChainRecord | null,
  { programs }: Pick<Manifest, "programs">,
  { addresses, functions }: WordsGiven,
): ChainWords | undefined {
  if (record === null && !addresses && functions === undefined) return undefined;
  const known = functionsBySelector(functions);
  if (record === null) {
    const named = Object.entries(programs).flatMap(([program, name]) =>
      addressIn(name) === undefined ? [] : [[Number(program), name] as const],
    );
    return chainWords(
      { programs: addresses ? named : [], kinds: [], tokens: new Map(), coin: undefined, from: "manifest.json" },
      known,
    );
  }
  const { programs: all, kinds, tokens, issuer } = record.file;
  const mint = [...all].find(([, name]) => name === issuer)?.[0];
  const coin = mint === undefined ? undefined : kindOf(mint, 1).toString();
  return chainWords({ programs: all, kinds, tokens, coin, from: BLOCKS_FILE }, known);
}
