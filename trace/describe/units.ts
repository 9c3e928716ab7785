/**
 * Units of imported kinds: token symbols and decimals. A symbol is what a contract says of itself: it can be any text,
 * and the same as another's. Labels are made so that two tokens never share one, and that none passes for the coin.
 */
import { inOneLine } from "../errors.ts";
import { called, quoted } from "./quoted.ts";

/** The chain's own coin, and its decimals. */
export const COIN = "ETH";
const COIN_DECIMALS = 18;
/** Tokens with more decimals stay raw: their amounts would be rows of zeros. */
const MOST_DECIMALS = 36;
/** Most characters of a symbol that are shown. */
const LONGEST_SYMBOL = 40;

/** A kind of the chain: its contract, and what that says of itself. */
export interface UnitFacts {
  /** The contract; null for the chain's coin. */
  token: string | null;
  standard: string | null;
  /** Number of the token within its contract, in decimal; null if it has none. */
  id: string | null;
  symbol: string | null;
  tokenName: string | null;
  decimals: number | null;
}

/** A kind with its label: `GOLD`, `GEM #7`, `"ETH"@0x1234…abcd`. */
export interface Unit extends UnitFacts {
  label: string;
  /** The label without the number of the token. */
  tokenLabel: string;
}

/** What is told of a contract. */
export interface TokenSource {
  symbol: string | null;
  name: string | null;
  decimals: number | null;
}

/** The chain's own coin. */
export const COIN_UNIT: Unit = {
  ...{ token: null, standard: null, id: null, symbol: COIN, tokenName: null, decimals: COIN_DECIMALS },
  ...{ label: COIN, tokenLabel: COIN },
};

/** Words that no symbol may be taken for. */
const RESERVED = ["eth", "ether", "ethereum", "wei", "kwei", "mwei", "gwei", "szabo", "finney", "raw", "token", "kind"];
const LIKE: readonly (readonly [RegExp, string])[] = [
  [/0/g, "o"],
  [/[1i|!]/g, "l"],
  [/3/g, "e"],
  [/[5$]/g, "s"],
  [/7/g, "t"],
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/[^a-z]/g, ""],
];
const RESERVED_SHAPES = new Set(RESERVED.map(shape));

/** Labels by contract, for all contracts of a run at once. */
export function labelsOf(tokens: ReadonlyMap<string, TokenSource>): Map<string, string> {
  const alike = new Map<string, number>();
  for (const { symbol } of tokens.values()) {
    if (symbol !== null) alike.set(shape(symbol), (alike.get(shape(symbol)) ?? 0) + 1);
  }
  const labels = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const [token, { symbol }] of tokens) {
    const label = labelOf(symbol, symbol === null ? 0 : (alike.get(shape(symbol)) ?? 0), shortAddress(token));
    const other = taken.get(label);
    if (other === undefined) taken.set(label, token);
    else {
      // Two contracts alike in both: their whole addresses tell them apart.
      labels.set(other, labelOf(tokens.get(other)?.symbol ?? null, 2, other));
    }
    labels.set(token, other === undefined ? label : labelOf(symbol, 2, token));
  }
  return labels;
}

function labelOf(symbol: string | null, alike: number, where: string): string {
  if (symbol === null) return `token@${where}`;
  const plain = /^[\x20-\x7e]*$/.test(symbol) && called(symbol) === symbol;
  const like = shape(symbol);
  if (plain && alike === 1 && !RESERVED_SHAPES.has(like)) return symbol;
  if (plain && !RESERVED_SHAPES.has(like)) return `${symbol}@${where}`;
  // One word without signs: what stands in it does not read like a part of the sentence.
  const word = inOneLine(symbol, LONGEST_SYMBOL).replace(/[^A-Za-z0-9$._\u2026-]/gu, escaped);
  return `"${word}"@${where}`;
}

/** How a symbol looks at a glance: equal for symbols that are easily taken for each other. */
function shape(symbol: string): string {
  const bare = symbol.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const ascii = LIKE.reduce((text, [which, by]) => text.replace(which, by), bare);
  return ascii === "" ? bare : ascii;
}

/** In quotation marks; letters of other scripts are escaped, because they look like others. */
function asciiQuoted(symbol: string): string {
  return quoted(symbol).replace(/[^\x20-\x7e\u2026]/gu, escaped);
}

function escaped(sign: string): string {
  return `\\u{${sign.codePointAt(0)?.toString(16)}}`;
}

/** `0x1234…abcd`. */
export function shortAddress(token: string): string {
  return `${token.slice(0, 6)}…${token.slice(-4)}`;
}

/** A kind of a token. */
export function unitOf(
  { token, standard, id }: { token: string; standard: string; id: bigint | null },
  source: TokenSource | undefined,
  tokenLabel: string,
): Unit {
  const { symbol = null, name = null, decimals = null } = source ?? {};
  const facts = { token, standard, id: id === null ? null : id.toString(), symbol, tokenName: name, decimals };
  return { ...facts, tokenLabel, label: id === null ? tokenLabel : `${tokenLabel} #${id}` };
}

/** An amount in a unit. A number of tokens with an id is a plain count; without decimals it stays raw. */
export function measured(quantity: bigint, { label, id, decimals }: Unit): { amount: string; unit: string } {
  if (id !== null) return { amount: quantity.toString(), unit: label };
  if (decimals === null || decimals > MOST_DECIMALS) return { amount: quantity.toString(), unit: `raw ${label}` };
  return { amount: decimalText(quantity, decimals), unit: label };
}

/** `1.5` for 15 with one decimal. Exact: no digit is left out. */
export function decimalText(quantity: bigint, decimals: number): string {
  const digits = quantity.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}

/** What a label stands for, as a line. */
export function unitLine({ token, standard, symbol, tokenName, decimals, tokenLabel }: Unit): string {
  if (token === null) return `${COIN}: the chain's own coin, 10^${COIN_DECIMALS} wei`;
  const symbolText = symbol === null ? "says no symbol" : `calls itself ${asciiQuoted(symbol)}`;
  const name = tokenName === null ? "" : ` (${quoted(tokenName)})`;
  const coin = symbol !== null && RESERVED_SHAPES.has(shape(symbol)) ? ", which is NOT the chain's own coin" : "";
  const places =
    standard !== "ERC-20"
      ? "counted in whole tokens"
      : decimals === null
        ? "decimals unknown, amounts raw"
        : `${decimals} decimals${decimals > MOST_DECIMALS ? ", amounts raw" : ""}`;
  return `${tokenLabel}: token ${token}, ${standard}, ${symbolText}${name}${coin}; ${places}`;
}
