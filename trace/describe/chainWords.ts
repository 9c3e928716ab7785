/** The chain's words for the numbers of an imported trace: addresses, token units, functions. No proof covers them. */
import { COIN_UNIT, labelsOf, shortAddress, type TokenSource, type Unit, unitOf } from "./units.ts";

/** Words by program number, kind and selector, all in decimal. */
export interface ChainWords {
  /** Addresses, in lower case. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, Unit>>;
  /** Labels by contract. */
  readonly tokens: ReadonlyMap<string, { label: string; unit: Unit | undefined }>;
  /** Functions with a four-byte selector, all that are known: `transfer(address,uint256)`. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
  /** Who says which program is which address: `blocks.jsonl` or `manifest.json`. */
  readonly from: string;
}

/** What is known of a chain's tokens and programs. */
export interface ChainSource {
  /** Names of programs: addresses, ` #2` and so on behind the further programs of one. */
  programs: Iterable<readonly [program: number, name: string]>;
  kinds: Iterable<readonly [kind: string, of: { token: string; standard: string; id: bigint | null }]>;
  tokens: ReadonlyMap<string, TokenSource>;
  /** Number of the coin's kind, in decimal; undefined if it is not known. */
  coin: string | undefined;
  from: string;
}

const NAME = /^(0x[0-9a-f]{40})( #[1-9][0-9]{0,6})?$/i;
const SILENT: TokenSource = { symbol: null, name: null, decimals: null };

export function chainWords(source: ChainSource, functions: ChainWords["functions"]): ChainWords {
  const addresses: Record<string, string> = {};
  for (const [program, name] of source.programs) {
    const found = addressIn(name);
    if (found !== undefined) addresses[program] = found;
  }
  const all = [...source.kinds];
  const texts = new Map(source.tokens);
  for (const [, { token }] of all) if (!texts.has(token)) texts.set(token, SILENT);
  const labels = labelsOf(texts);
  const units: Record<string, Unit> = source.coin === undefined ? {} : { [source.coin]: COIN_UNIT };
  const tokens = new Map<string, { label: string; unit: Unit | undefined }>();
  for (const [token, label] of labels) tokens.set(token, { label, unit: undefined });
  for (const [kind, of] of all) {
    const label = labels.get(of.token) ?? shortAddress(of.token);
    const unit = unitOf(of, texts.get(of.token), label);
    units[kind] = unit;
    if (tokens.get(of.token)?.unit === undefined) tokens.set(of.token, { label, unit });
  }
  return { addresses, units, tokens, functions, from: source.from };
}

/** The address in the name of an imported program; undefined if the name is none. */
export function addressIn(name: string): string | undefined {
  return NAME.exec(name)?.[1]?.toLowerCase();
}

/** What two runs agree on; a number that means other things in them has no word. */
export function commonWords(a: ChainWords, b: ChainWords): ChainWords {
  const same = <Of>(first: Readonly<Record<string, Of>>, second: Readonly<Record<string, Of>>): Record<string, Of> =>
    Object.fromEntries(
      Object.entries(first).filter(([number, word]) => JSON.stringify(second[number]) === JSON.stringify(word)),
    );
  return { ...a, addresses: same(a.addresses, b.addresses), units: same(a.units, b.units) };
}
