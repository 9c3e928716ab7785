/** An operator tries to move a signed program's goods. Every effect needs the owner's signature or loan. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import type { SignatureBook, WantedSignature } from "../../../prover/signing/signatures.ts";
import { address } from "../../../trace/layout.ts";
import { groupDigest, Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { signLog } from "../../../trace/signing/signature.ts";
import { packCell } from "../../../trace/state/cells.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority, secretOf, signedBy } from "../../lib/authorities.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { completed } from "../../lib/completed.ts";
import { type Forged, RowForger } from "../../lib/rowForger.ts";
import { A, B, C, call, create, entry, escrow, f, gold, keyed, stateWith, T, watchCell } from "../lib/words.ts";
import { type Forgery, once } from "./forgery.ts";

const DOMAIN = 7n;
/** The first link of a program without effects contains its inbox. */
const INBOX = 4n;
const LATE = 2 ** 40 - 1;
const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];
const rotate = (n: number, actor: number = A): Row =>
  rowOf("RotateAuthority", actor, { argument: { authority: authority(n) } });
const createKeyed = (actor: number, peer: number, n: number): Row => {
  const row = create(actor, peer);
  return { ...row, argument: { ...row.argument, authority: authority(n) } };
};

/** A, whose key is the first test key, owns gold; B and C are open, and the operator's. */
const goods = (): TimeMap => stateWith(4, [keyed(A, 1), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)]);
const theft = escrow(1, 100n);
const other = escrow(2, 50n, address(A, 2), address(B, 6));

interface Table {
  pre?: TimeMap;
  book?: SignatureBook;
  wanted?: (forger: RowForger) => WantedSignature[];
}

/** Rows, and the signature table that they come with: by default, the one that they ask for. */
function batch(rows: readonly (readonly Forged[])[], { pre, book, wanted }: Table = {}): BatchSignals {
  const forger = new RowForger(pre ?? goods(), T);
  for (const group of rows) forger.group(group);
  return forger.build(SMALL, DOMAIN, book ?? signedBy(DOMAIN), wanted?.(forger));
}
const entryFor =
  (n: number, program: number = A, uses = 1) =>
  (forger: RowForger): WantedSignature => ({ program, authority: authority(n), log: forger.log(program), uses });
/** Signs something else with some key, and puts the right key into the table. */
const signing =
  (change: Partial<Parameters<typeof signLog>[1]>, secret = 1): SignatureBook =>
  ({ program, log }) => {
    const statement = { domain: DOMAIN, program, log, validUntil: LATE, ...change };
    const { key, r, s } = signLog(secretOf(secret), statement);
    return { validUntil: LATE, signature: { key: secret === 1 ? key : signLog(secretOf(1), statement).key, r, s } };
  };

const moved = once(() => batch([[f(theft)]]));
const RULE = "a signed program's goods move with its signature alone";
/** An attempt to move them; beside it, they move with the signature. */
const attempt = (
  what: string,
  by: string,
  forged: () => BatchSignals,
  neighbour: () => BatchSignals = moved,
): Forgery => ({ of: "Signatures", rule: RULE, attempt: what, invariant: "log-signed", by, neighbour, forged });

const twoEffects = [[f(other)], [f(theft)]];
const made = (): TimeMap => stateWith(4, [gold([C, 1], 1, 100n)]);
const madeAndUsed = [[f(createKeyed(C, 4, 1))], [f(rotate(2, 4))]];
const keyTurned = [[f(rotate(2))], [f(theft)]];
const inOneGroup = [[f(rotate(2)), f(theft)]];
const triggered = [rowOf("Trigger", A, { authority: address(A, 3) }), theft].map((row) => f(row));
const callable = (): TimeMap => stateWith(4, [keyed(A, 1), entry([B, 3])]);
const opening = (): TimeMap => stateWith(4, [gold([A, 1], 1, 100n)]);

/** The log of A shown by a node that is in no tree. */
function oldLog(grown: boolean): BatchSignals {
  const old = 12345n;
  const forger = new RowForger(goods(), T).group([f(theft)]);
  const input = forger.build(SMALL, DOMAIN, signedBy(DOMAIN), [{ ...entryFor(1)(forger), log: old }]);
  const free = SMALL.nodes - 1;
  const real = list(input, "nodeSigns").indexOf(1n);
  list(input, "nodeSigns")[real] = 0n;
  list(input, "nodeInverse")[real] = 0n;
  for (const name of ["nodeCells", "nodeX"]) list(input, name)[free] = list(input, name)[real] as bigint;
  list(input, "nodeSigns")[free] = 1n;
  const lanes = (which: string): bigint[] => (input[which] as bigint[][])[free] as bigint[];
  lanes("nodeBefore")[2] = lanes("nodeAfter")[2] = old;
  if (grown) {
    lanes("nodeBefore")[2] = old - 1n;
    list(input, "nodeInverse")[free] = 1n;
  }
  return input;
}

/** A node that holds no header answers to the table. */
function answering(node: (input: BatchSignals) => number): BatchSignals {
  const input = structuredClone(moved());
  list(input, "nodeSigns")[node(input)] = 1n;
  return input;
}
const belowLeaf = (input: BatchSignals): number =>
  list(input, "nodeY").findIndex((y, i) => y === 1n && list(input, "nodeX")[i] === BigInt(256 + B));

function logLeftAsItWas(): BatchSignals {
  const input = batch([[f(theft)]], { wanted: () => [] });
  const at = list(input, "nodeX").findIndex((x, i) => x === BigInt(256 + A) && list(input, "nodeY")[i] === 0n);
  const before = (input.nodeBefore as bigint[][])[at] as bigint[];
  ((input.nodeAfter as bigint[][])[at] as bigint[])[2] = before[2] as bigint;
  return input;
}

function halfOfAGroup(): BatchSignals {
  const whole = groupDigest([theft, other], () => INBOX);
  const half = f(theft, { inputs: { digest: whole } });
  return batch([[half]], { wanted: () => [{ program: A, authority: authority(1), log: whole, uses: 1 }] });
}

function readAsOpen(): BatchSignals {
  const words = goods().words(address(A, 0));
  return batch([[f(theft, { found: { A: [words[0], 0n, words[2]] } })]], { wanted: () => [] });
}

function firedWithAnother(): BatchSignals {
  const pre = goods();
  const { at, ...cell } = watchCell([A, 3], [B, 5], { state: "fired", trigger: 77n });
  pre.write(address(...at), packCell({ ...cell, seq: 0 } as Parameters<typeof packCell>[0]));
  return batch([triggered], { pre, wanted: () => [] });
}

function beyondTime(): BatchSignals {
  const input = batch([[f(theft)]]);
  list(input, "entryValidUntil")[0] = 1n << 41n;
  return input;
}

export const SIGNED: readonly Forgery[] = [
  attempt("without a signature", "Batch 8", () => batch([[f(theft)]], { wanted: () => [] })),
  attempt("with a signature of another key, in the table as that key", "Batch 8", () =>
    batch([[f(theft)]], { wanted: (forger) => [entryFor(2)(forger)] }),
  ),
  ...(
    [
      ["of another key, in the table as the right one", signing({}, 2)],
      ["of another domain", signing({ domain: 8n })],
      ["for another program", signing({ program: B })],
      ["over another log", signing({ log: 5n })],
      ["that ends earlier than it says", signing({ validUntil: LATE - 1 })],
    ] as const
  ).map(([what, book]) => attempt(`with a signature ${what}`, "Signature", () => batch([[f(theft)]], { book }))),
  attempt(
    "with a signature whose time is over",
    "SignatureEntry 1",
    () => batch([[f(theft)]], { book: signedBy(DOMAIN, T - 1) }),
    () => batch([[f(theft)]], { book: signedBy(DOMAIN, T) }),
  ),
  attempt("with a time beyond 40 bits, which would run into the program", "SignatureEntry 1", beyondTime),
  attempt(
    "with the signature over the program's earlier effects",
    "Batch 8",
    () => {
      const log = new RowForger(goods(), T).group([f(other)]).log(A);
      // Both happen, and the table holds the log after the first, which was signed.
      return batch(twoEffects, { wanted: () => [{ program: A, authority: authority(1), log, uses: 2 }] });
    },
    () => batch(twoEffects, { wanted: (forger) => [entryFor(1, A, 2)(forger)] }),
  ),
  attempt("with an old log shown by a node that is not in the tree", "NodeMemory 4", () => oldLog(false)),
  attempt("with an old log shown by such a node, as if it grew", "Batch", () => oldLog(true)),
  attempt("with an old log shown by a cell that is no header", "NodeMemory 4", () => answering(belowLeaf)),
  attempt("with an old log shown by an inner node", "NodeMemory 4", () =>
    answering((input) => list(input, "nodeCells").indexOf(0n)),
  ),
  attempt("by reading its header as that of an open program", "Batch", readAsOpen),
  attempt("by giving it another key first", "Batch 8", () =>
    batch(keyTurned, { wanted: (forger) => [entryFor(2)(forger)] }),
  ),
  attempt("by giving it another key first, with both keys in the table", "Batch 4", () =>
    batch(keyTurned, { wanted: (forger) => [entryFor(1)(forger), entryFor(2)(forger)] }),
  ),
  attempt("by letting the old key sign in place of the new one", "Batch 8", () =>
    batch(keyTurned, { wanted: (forger) => [entryFor(1, A, 2)(forger)] }),
  ),
  attempt("by giving it another key first, in the same group", "Batch 8", () =>
    batch(inOneGroup, { wanted: (forger) => [entryFor(1, A, 2)(forger)] }),
  ),
  attempt("by giving it another key first, in the same group, with both keys", "Batch 4", () =>
    batch(inOneGroup, { wanted: (forger) => [entryFor(1)(forger), entryFor(2)(forger)] }),
  ),
  attempt(
    "by making a program with its key and acting in its name",
    "Batch 8",
    () => batch(madeAndUsed, { pre: made(), wanted: () => [] }),
    () => batch(madeAndUsed, { pre: made(), wanted: (forger) => [entryFor(1, 4)(forger)] }),
  ),
  attempt(
    "by making a program with its key, and signing with the next one",
    "Batch 8",
    () => batch(madeAndUsed, { pre: made(), wanted: (forger) => [entryFor(2, 4)(forger)] }),
    () => batch(madeAndUsed, { pre: made(), wanted: (forger) => [entryFor(1, 4)(forger)] }),
  ),
  attempt("by a watch that was never set", "CellX 11", () => batch([triggered], { wanted: () => [] })),
  attempt("by a watch that fired, but was set with something else", "Group 4", firedWithAnother),
  attempt("by leaving its effect out of its log", "Batch", logLeftAsItWas),
  attempt("by half of a group that was signed whole", "Group 4", halfOfAGroup),
  // Its log was 0, so but for the inbox the digest of its first group would be the same again.
  attempt(
    "by letting its first effect happen again, under the one signature over it",
    "Group 4",
    () =>
      batch([[f(call())], [f(call(), { inputs: { digest: groupDigest([call()], () => INBOX) } })]], {
        pre: callable(),
      }),
    () => batch([[f(call())], [f(call())]], { pre: callable() }),
  ),
  attempt(
    "of an open program that takes a key in the same group, without a signature",
    "Batch 8",
    () => batch([[f(rotate(1)), f(theft)]], { pre: opening(), wanted: () => [] }),
    () =>
      inputOf(
        opening(),
        new Machine(opening(), 0, T).perform([rotate(1), completed(theft, (at) => opening().words(at))], T),
        DOMAIN,
      ),
  ),
];
