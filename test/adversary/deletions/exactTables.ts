/**
 * Forgeries of padding, nodes and signatures that break exactly one constraint. `exactRows.ts` has those of rows.
 */
import { buildEddsa } from "circomlibjs";
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { inverse } from "../../../prover/curve/bn254.ts";
import { FILLER, type SignatureBook } from "../../../prover/signing/signatures.ts";
import { address, FIELD, TAG } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { hash } from "../../../trace/poseidon/index.ts";
import { signLog } from "../../../trace/signing/signature.ts";
import { authority, secretOf, signedBy } from "../../lib/authorities.ts";
import type { Placed } from "../../lib/build.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { rewriteCell } from "../lib/nodes.ts";
import { A, B, escrow, f, gold, keyed, stateWith, T } from "../lib/words.ts";
import type { Adapt } from "./exactRow.ts";

/** One forgery. `traceRoot` need not be right: it follows from the rows. */
export interface ExactTables {
  /** Section of the constraint, as in `ExactRows`. */
  readonly breaks: string;
  readonly make: () => Promise<BatchSignals> | BatchSignals;
  readonly adapt?: Adapt;
}

const DOMAIN = 7n;
const [PADDING, NODE, ENTRY] = [3, SMALL.nodes - 1, 1] as const;
const issue = (slot = 5, program: number = A) =>
  rowOf("Issue", program, {
    destination: address(program, slot),
    kind: (BigInt(program) << 32n) + 1n,
    quantity: 5n,
  });

/** One real row, three rows of padding, and a table without a signature. */
export function plain(): BatchSignals {
  const map = stateWith(4, []);
  return inputOf(map, new Machine(map.clone(), 0, T).perform([issue()], T));
}

/** A, who has a key, escrows gold and signs it. */
export function signed(book: SignatureBook = signedBy(DOMAIN), header: Placed = keyed(A, 1)): BatchSignals {
  const map = stateWith(4, [header, gold([A, 1], 1, 100n)]);
  return new RowForger(map, T).group([f(escrow(1, 100n))]).build(SMALL, DOMAIN, book);
}

/** An accepted batch with numbers replaced: `name[index]`, or `name[index][second]`. */
export function replaced(input: BatchSignals, changes: Readonly<Record<string, bigint>>): BatchSignals {
  for (const [path, value] of Object.entries(changes)) {
    const [name = "", first, second] = path.split(/[[\]]+/);
    const list = input[name];
    const reduced = ((value % FIELD) + FIELD) % FIELD;
    if (first === undefined || !Array.isArray(list)) input[name] = reduced;
    else if (second === undefined || second === "") (list as bigint[])[Number(first)] = reduced;
    else (list as bigint[][])[Number(first)]?.splice(Number(second), 1, reduced);
  }
  return input;
}

const change = (breaks: string, changes: Readonly<Record<string, bigint>>): ExactTables => ({
  breaks,
  make: () => replaced(plain(), changes),
});

/** The values of all rows' inputs in one row, in another. */
function copyRow(input: BatchSignals, from: number, to: number): void {
  for (const [name, list] of Object.entries(input)) {
    if (!Array.isArray(list) || name.startsWith("node") || name.startsWith("entry")) continue;
    const value = list[from] as bigint | bigint[];
    (list as (bigint | bigint[])[])[to] = Array.isArray(value) ? [...value] : value;
  }
}

function emptyBatch(): BatchSignals {
  const input = plain();
  copyRow(input, PADDING, 0);
  input.nodeAfter = (input.nodeBefore as bigint[][]).map((lanes) => [...lanes]);
  return replaced(input, { postRoot: input.preRoot as bigint, span: (input.span as bigint) - (1n << 32n) });
}

function paddingWithin(): BatchSignals {
  const map = stateWith(4, []);
  const forger = new RowForger(map, T)
    .group([f(issue(5))])
    .group([f(issue(5, B))])
    .group([f(issue(6))]);
  const input = forger.build(SMALL);
  copyRow(input, PADDING, 1);
  for (const at of [address(B, 0), address(B, 5)]) rewriteCell(input, at, () => [...map.words(at)]);
  return replaced(input, { span: (input.span as bigint) - (1n << 32n) });
}

function swapped(): BatchSignals {
  const input = signed();
  for (const [name, list] of Object.entries(input)) {
    if (name.startsWith("entry") && Array.isArray(list)) list.reverse();
  }
  return input;
}

/**
 * What the log of a header should show stands in a cell that its program declared: a selector, which was signed as a
 * log once.
 */
function selectorAsLog(): BatchSignals {
  const log = 1234n;
  const row = rowOf("DeclareEntry", B, { destination: address(B, 4), argument: { selector: log, nargs: 0, guard: 0 } });
  const forger = new RowForger(stateWith(4, [keyed(B, 1)]), T).group([f(row)]);
  const wanted = [{ program: B, authority: authority(1), log, uses: 1 }];
  const input = forger.build(SMALL, DOMAIN, signedBy(DOMAIN), wanted);
  const signs = input.nodeSigns as bigint[];
  const header = signs.indexOf(1n);
  const entry = (input.nodeY as bigint[]).findIndex((y, n) => y === 1n && input.nodeX !== undefined && n > header);
  return replaced(input, {
    [`nodeSigns[${header}]`]: 0n,
    [`nodeInverse[${header}]`]: 0n,
    [`nodeSigns[${entry}]`]: 1n,
    [`nodeInverse[${entry}]`]: inverse(log, FIELD),
  });
}

const OLD_LOG = 1234n;

/** A acts with a signature over an old log, and so does B, who needs none; no header grants anything yet. */
function oldLog(): BatchSignals {
  const map = stateWith(4, [keyed(A, 1), gold([A, 1], 1, 100n)]);
  const wanted = [{ program: A, authority: authority(1), log: OLD_LOG, uses: 1 }];
  const forger = new RowForger(map, T).group([f(escrow(1, 100n))]).group([f(issue(6, B))]);
  const input = forger.build(SMALL, DOMAIN, signedBy(DOMAIN), wanted);
  const none = new Array<bigint>(SMALL.nodes).fill(0n);
  return Object.assign(input, { nodeSigns: none, nodeInverse: [...none] });
}

/**
 * What two headers grant, chosen when the challenges are known: together what the old log asks for, and 0 in the word
 * of the transcript in which both stand. So it is by its bits alone that the transcript says which headers answer to
 * the table.
 */
function grantedAfterwards(input: BatchSignals, of: (name: string) => bigint): BatchSignals {
  const [xs, ys] = [input.nodeX, input.nodeY] as [bigint[], bigint[]];
  const header = (program: number): number => xs.findIndex((x, n) => x === 256n + BigInt(program) && ys[n] === 0n);
  const [a, b] = [header(A), header(B)];
  const log = (when: "Before" | "After", n: number): bigint => (input[`node${when}`] as bigint[][])[n]?.[2] as bigint;
  const share = (program: number, word: bigint): bigint =>
    inverse(of("challenges.gamma") - 256n * BigInt(program) - of("challenges.beta[3]") * word, FIELD);
  // Bits of a node in the word: 4L + 12.
  const width = 4n * BigInt(SMALL.levels) + 12n;
  const [weightA, weightB] = [1n << (width * BigInt(a)), 1n << (width * BigInt(b))];
  const granted = share(A, log("After", a)) * weightB - share(B, log("After", b)) * weightA;
  const by = share(A, OLD_LOG) * inverse(granted, FIELD);
  const grants = (n: number, signs: bigint): Readonly<Record<string, bigint>> => ({
    [`nodeSigns[${n}]`]: signs,
    [`nodeInverse[${n}]`]: signs * inverse(log("After", n) - log("Before", n), FIELD),
  });
  return replaced(input, { ...grants(a, by * weightB), ...grants(b, -by * weightA) });
}

/** Two entries of program 0, which no tree holds: what one asks of it, the other takes back. */
function cancelled(): BatchSignals {
  const [secret, validUntil, log] = [secretOf(1), 2 ** 40 - 1, 5n];
  const { key, r, s } = signLog(secret, { domain: DOMAIN, program: 0, log, validUntil });
  const baseY = FILLER.key[1];
  const input = plain();
  input.domain = DOMAIN;
  const pair = <Value>(value: Value): Value[] => [value, value];
  Object.assign(input, {
    entryProgram: pair(0n),
    entryKeyX: pair(key[0]),
    entryLog: pair(log),
    entryValidUntil: pair(BigInt(validUntil)),
    entryR: pair([...r]),
    entryS: pair(s),
  });
  // The key of an entry stands for B8 + active · (key − B8), in its y.
  return replaced(input, {
    "entryActive[0]": 1n,
    "entryActive[1]": -1n,
    "entryKey[0]": key[1],
    "entryKey[1]": 2n * baseY - key[1],
  });
}

/**
 * A's signature by hand, for a key of which the secret is known: R = r·B8, but shown as `shown` says.
 * @param validUntil what is signed; any number
 */
async function byHand(shown: (r: [bigint, bigint]) => [bigint, bigint], validUntil: bigint): Promise<BatchSignals> {
  const { F, babyJub } = await buildEddsa();
  const times = (n: bigint): [bigint, bigint] => {
    const [x, y] = babyJub.mulPointEscalar(babyJub.Base8, n);
    return [F.toObject(x), F.toObject(y)];
  };
  const [secret, nonce] = [123_456_789n, 987_654_321n];
  const key = times(secret);
  const r = shown(times(nonce));
  const book: SignatureBook = ({ program, log }) => {
    const message = hash(TAG.signature, [DOMAIN, log, BigInt(program) + (validUntil << 24n)]);
    const h = hash(0n, [...r, ...key, message]);
    const s = (nonce + 8n * secret * h) % babyJub.subOrder;
    return { validUntil: Number(validUntil), signature: { key, r, s } };
  };
  return signed(book, { ...keyed(A, 1), authority: key[1] } as Placed);
}
const same = (r: [bigint, bigint]): [bigint, bigint] => r;

export const EXACT_TABLES: readonly ExactTables[] = [
  { breaks: "Batch 2", make: emptyBatch },
  { breaks: "Batch 2", make: paddingWithin },
  { breaks: "Batch 4", make: swapped },
  {
    // A key for rows to find, without a signature.
    breaks: "SignatureEntry 1",
    make: () => {
      const input = signed();
      const none = new Array<bigint>(SMALL.nodes).fill(0n);
      Object.assign(input, { nodeSigns: none, nodeInverse: [...none] });
      return replaced(input, { "entryActive[0]": 0n, "entryKeyX[0]": FILLER.key[0] });
    },
  },
  change("SignatureEntry 1", {
    [`entryProgram[${ENTRY}]`]: -(1n << 24n),
    [`entryUses[${ENTRY}]`]: 1n,
    [`entryKey[${ENTRY}]`]: 0n,
  }),
  change("SignatureEntry 1", {
    [`entryProgram[${ENTRY}]`]: 1n,
    [`entryUses[${ENTRY}]`]: -inverse(1n << 24n, FIELD),
    [`entryKey[${ENTRY}]`]: 0n,
  }),
  {
    breaks: "SignatureEntry 1",
    make: () => byHand(same, (1n << 40n) + 5n),
  },
  // The points with R's x, and those with its y.
  {
    breaks: "Signature 4",
    make: () => byHand(([x, y]) => [x, FIELD - y], (1n << 40n) - 1n),
  },
  {
    breaks: "Signature 4",
    make: () => byHand(([x, y]) => [FIELD - x, y], (1n << 40n) - 1n),
  },
  change("Signature 1", { [`entryKeyX[${ENTRY}]`]: FILLER.key[0] + 1n }),
  change("Signature 3", { [`entryS[${ENTRY}]`]: 1n << 251n }),
  change("Node 1", { [`nodeCells[${NODE}]`]: 5n }),
  change("Node 1", { [`nodeY[${NODE}]`]: 1n }),
  change("Node 1", { [`nodeCells[${NODE}]`]: 1n, [`nodeY[${NODE}]`]: 64n }),
  change("Node 1", { [`nodeX[${NODE}]`]: 1n << 20n }),
  { breaks: "NodeMemory 4", make: selectorAsLog },
  { breaks: "NodeMemory 4", make: oldLog, adapt: grantedAfterwards },
  { breaks: "SignatureEntry 1", make: cancelled },
  {
    breaks: "Row 3",
    make: () => {
      const input = plain();
      input.entryValidUntil = [BigInt(T) + 1n, BigInt(T) + 1n];
      return replaced(input, { [`wait[${PADDING}]`]: 1n, span: (input.span as bigint) + (1n << 88n) });
    },
  },
  change("OpenColumns 4", { [`actor[${PADDING}]`]: 1n }),
  change("Headers 7", { [`aLow[${PADDING}]`]: 1n, [`aWords[${PADDING}][0]`]: 8n }),
  change("Headers 7", { [`aWords[${PADDING}][1]`]: 1n }),
  change("Headers 7", { [`aWords[${PADDING}][2]`]: 1n }),
  change("Effect 16", { [`last[${PADDING - 1}]`]: 0n }),
];
