/**
 * Nothing happens that its owner did not sign or lend: the rules about authorities, and an operator who tries to move a signed program's
 * goods in every way we could think of.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { BatchSignals } from "../../prover/batchInput.ts";
import type { SignatureBook, WantedSignature } from "../../prover/signatures.ts";
import { packCell } from "../../trace/cells.ts";
import { address, FIELD } from "../../trace/layout.ts";
import { groupDigest, Machine, triggerDigest } from "../../trace/machine.ts";
import type { Row } from "../../trace/record.ts";
import { rowOf } from "../../trace/rows.ts";
import { signLog } from "../../trace/signature.ts";
import type { TimeMap } from "../../trace/state.ts";
import { authority, secretOf, signedBy } from "../lib/authorities.ts";
import { inputOf, SMALL, verdict } from "../lib/circuit.ts";
import { type Forged, RowForger } from "../lib/rowForger.ts";
import { A, B, C, checkRules, create, escrow, f, gold, keyed, stateWith, T, watchCell } from "./ruleCases.ts";

const rotate = (n: number, actor: number = A): Row =>
  rowOf("RotateAuthority", actor, { argument: { authority: n === 0 ? 0n : authority(n) } });
const createKeyed = (actor: number, peer: number, n: number, behind = 0): Row => {
  const row = create(actor, peer, behind);
  return { ...row, argument: { ...row.argument, authority: authority(n) } };
};
const turnsKey = [rotate(9, C)];

checkRules([
  {
    name: "a program with a key makes programs with keys",
    invariant: "log-signed",
    cells: [keyed(C, 3)],
    good: [[f(createKeyed(C, 4, 5))]],
    bad: [[f(create(C, 4))]],
    by: "opened * aWords[1]",
  },
  {
    name: "a key is changed for another, not for none",
    invariant: "log-signed",
    cells: [keyed(A, 1)],
    good: [[f(rotate(2))]],
    bad: [[f(rotate(0))]],
    by: "RotateAuthority * (keyless",
  },
  {
    name: "an open program takes a key, not none again",
    invariant: "log-signed",
    cells: [],
    good: [[f(rotate(2))]],
    bad: [[f(rotate(0))]],
    by: "RotateAuthority * (keyless",
  },
  {
    name: "a trigger changes no key",
    invariant: "log-signed",
    cells: [keyed(C, 3), watchCell([C, 1], [B, 5], { state: "fired", trigger: triggerDigest(turnsKey) })],
    good: [[f(rotate(9, C))]],
    bad: [[f(rowOf("Trigger", C, { authority: address(C, 1) })), ...turnsKey.map((row) => f(row))]],
    by: "RotateAuthority * (keyless",
  },
]);

const DOMAIN = 7n;
const LATE = 2 ** 40 - 1;
const clone = (input: BatchSignals): BatchSignals => structuredClone(input);
const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];

/** A, whose key is the first test key, owns gold; B and C are open, and the operator's. */
const goods = (): TimeMap => stateWith(4, [keyed(A, 1), gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)]);
const theft = escrow(1, 100n);

/** What the circuit says to rows and to the table that they come with. */
async function says(
  rows: readonly (readonly Forged[])[],
  options: { pre?: TimeMap; book?: SignatureBook; wanted?: (forger: RowForger) => WantedSignature[] } = {},
): Promise<string> {
  const forger = new RowForger(options.pre ?? goods(), T);
  for (const group of rows) forger.group(group);
  return verdict(forger.build(SMALL, DOMAIN, options.book ?? signedBy(DOMAIN), options.wanted?.(forger)));
}
const entryFor =
  (n: number, program: number = A, uses = 1) =>
  (forger: RowForger): WantedSignature => ({
    program,
    authority: authority(n),
    log: forger.log(program),
    uses,
  });

describe("an operator cannot move a signed program's goods", () => {
  test("with the key's signature they move", async () => {
    expect(await says([[f(theft)]])).toBe("accepted");
  });

  test("without a signature", async () => {
    expect(await says([[f(theft)]], { wanted: () => [] })).toContain("keySum === 0");
  });

  test("with a signature of another key, in the table as that key", async () => {
    expect(await says([[f(theft)]], { wanted: (forger) => [entryFor(2)(forger)] })).toContain("keySum === 0");
  });

  const signing =
    (change: Partial<Parameters<typeof signLog>[1]>, secret = 1): SignatureBook =>
    ({ program, log }) => {
      const statement = { domain: DOMAIN, program, log, validUntil: LATE, ...change };
      const { key, r, s } = signLog(secretOf(secret), statement);
      // In the table the right key stands, whoever signed.
      return { validUntil: LATE, signature: { key: secret === 1 ? key : signLog(secretOf(1), statement).key, r, s } };
    };
  test.each([
    ["of another key, in the table as the right one", signing({}, 2)],
    ["of another domain", signing({ domain: 8n })],
    ["for another program", signing({ program: B })],
    ["over another log", signing({ log: 5n })],
    ["that ends earlier than it says", signing({ validUntil: LATE - 1 })],
  ])("with a signature %s", async (_name, book) => {
    expect(await says([[f(theft)]], { book })).toContain("Signature: ");
  });

  test("with a signature whose time is over", async () => {
    expect(await says([[f(theft)]], { book: signedBy(DOMAIN, T) })).toBe("accepted");
    expect(await says([[f(theft)]], { book: signedBy(DOMAIN, T - 1) })).toContain("Num2Bits(40)(validUntil - until)");
  });

  test("with a time beyond 40 bits, which would run into the program", async () => {
    const forger = new RowForger(goods(), T).group([f(theft)]);
    const input = forger.build(SMALL, DOMAIN);
    list(input, "entryValidUntil")[0] = 1n << 41n;
    expect(await verdict(input)).toContain("Num2Bits(40)(validUntil)");
  });

  test("with the signature of what the program did before", async () => {
    const honest = new RowForger(goods(), T).group([f(escrow(2, 50n, address(A, 2), address(B, 6)))]);
    const wanted = entryFor(1)(honest);
    // Both happen, and the table holds the log after the first, which was signed.
    const groups = [[f(escrow(2, 50n, address(A, 2), address(B, 6)))], [f(theft)]];
    expect(await says(groups, { wanted: () => [{ ...wanted, uses: 2 }] })).toContain("logSum === 0");
    expect(await says(groups, { wanted: (forger) => [entryFor(1, A, 2)(forger)] })).toBe("accepted");
  });

  test("with an old log shown by a node that is not in the tree", async () => {
    const old = 12345n;
    const forger = new RowForger(goods(), T).group([f(theft)]);
    const wanted = { ...entryFor(1)(forger), log: old };
    const input = forger.build(SMALL, DOMAIN, signedBy(DOMAIN), [wanted]);
    const free = SMALL.nodes - 1;
    const real = list(input, "nodeSigns").indexOf(1n);
    list(input, "nodeSigns")[real] = 0n;
    list(input, "nodeInverse")[real] = 0n;
    for (const name of ["nodeCells", "nodeX"]) list(input, name)[free] = list(input, name)[real] as bigint;
    list(input, "nodeSigns")[free] = 1n;
    const lanes = (which: string): bigint[] => (input[which] as bigint[][])[free] as bigint[];
    // The same before and after: it is in no sum, but it did not grow.
    lanes("nodeBefore")[2] = lanes("nodeAfter")[2] = old;
    expect(await verdict(input)).toContain("inverse === signs");
    // Grown: then the tree asks for it.
    lanes("nodeBefore")[2] = old - 1n;
    list(input, "nodeInverse")[free] = 1n;
    expect(await verdict(input)).toContain("Sum === 0");
  });

  test("with an old log shown by a cell that is no header", async () => {
    const forger = new RowForger(goods(), T).group([f(escrow(1, 100n, address(A, 1), address(B, 5)))]);
    const input = forger.build(SMALL, DOMAIN);
    const [xs, ys] = [list(input, "nodeX"), list(input, "nodeY")];
    const below = ys.findIndex((y, i) => y === 1n && xs[i] === BigInt(256 + B));
    expect(below).toBeGreaterThan(0);
    list(input, "nodeSigns")[below] = 1n;
    expect(await verdict(input)).toContain("signs * (y + 64 * (1 - cells))");
    const inner = list(input, "nodeCells").indexOf(0n);
    list(input, "nodeSigns")[below] = 0n;
    list(input, "nodeSigns")[inner] = 1n;
    expect(await verdict(input)).toContain("signs * (y + 64 * (1 - cells))");
  });

  test("by reading its header as that of an open program", async () => {
    const words = goods().words(address(A, 0));
    const open = f(theft, { found: { A: [words[0], 0n, words[2]] } });
    expect(await says([[open]], { wanted: () => [] })).toContain("Sum === 0");
  });

  test("by giving it another key first", async () => {
    const groups = [[f(rotate(2))], [f(theft)]];
    const both = (forger: RowForger) => [entryFor(1)(forger), entryFor(2)(forger)];
    expect(await says(groups, { wanted: (forger) => [entryFor(2)(forger)] })).toContain("keySum === 0");
    expect(await says(groups, { wanted: both })).toContain("Num2Bits(4 * L)(behind[m])");
    // And the other way round: the old key signs for what the new one would have to.
    expect(await says(groups, { wanted: (forger) => [entryFor(1, A, 2)(forger)] })).toContain("keySum === 0");
  });

  test("by making a program with its key and acting in its name", async () => {
    const pre = stateWith(4, [gold([C, 1], 1, 100n)]);
    const groups = [[f(createKeyed(C, 4, 1))], [f({ ...rotate(2, 4) })]];
    expect(await says(groups, { pre, wanted: () => [] })).toContain("keySum === 0");
    expect(await says(groups, { pre, wanted: (forger) => [entryFor(2, 4)(forger)] })).toContain("keySum === 0");
    expect(await says(groups, { pre, wanted: (forger) => [entryFor(1, 4)(forger)] })).toBe("accepted");
  });

  test("by a watch that was never set", async () => {
    const rows = [rowOf("Trigger", A, { authority: address(A, 3) }), theft];
    expect(await says([rows.map((row) => f(row))], { wanted: () => [] })).not.toBe("accepted");
    // Nor by one that is fired, but was set with something else.
    const pre = goods();
    const other = { ...watchCell([A, 3], [B, 5], { state: "fired", trigger: 77n }) };
    const { at, ...cell } = other;
    pre.write(address(...at), packCell({ ...cell, seq: 0 } as Parameters<typeof packCell>[0]));
    expect(await says([rows.map((row) => f(row))], { pre, wanted: () => [] })).not.toBe("accepted");
  });

  test("by leaving its effect out of its log", async () => {
    const forger = new RowForger(goods(), T).group([f(theft)]);
    const input = forger.build(SMALL, DOMAIN, signedBy(DOMAIN), []);
    const at = list(input, "nodeX").findIndex((x, i) => x === BigInt(256 + A) && list(input, "nodeY")[i] === 0n);
    const before = (input.nodeBefore as bigint[][])[at] as bigint[];
    ((input.nodeAfter as bigint[][])[at] as bigint[])[2] = before[2] as bigint;
    expect(await verdict(input)).toContain("Sum === 0");
  });

  test("by half of a group that was signed whole", async () => {
    const swap = [theft, escrow(2, 50n, address(A, 2), address(B, 6))];
    const whole = groupDigest(swap, () => 0n);
    const half = f(theft, { inputs: { digest: whole } });
    const wanted: WantedSignature[] = [{ program: A, authority: authority(1), log: whole, uses: 1 }];
    expect(await says([[half]], { wanted: () => wanted })).toContain("last * (chainOut - digest)");
  });
});

describe("an open program that takes a key", () => {
  test("goes on under it, in the same group, with its signature", async () => {
    const pre = stateWith(4, [gold([A, 1], 1, 100n)]);
    const transitions = new Machine(pre.clone(), 0, T).perform([rotate(1), theft], T);
    expect(await verdict(inputOf(pre, transitions, DOMAIN))).toBe("accepted");
    expect(await says([[f(rotate(1)), f(theft)]], { pre, wanted: () => [] })).toContain("keySum === 0");
  });
});

describe("the signature table", () => {
  let pre: TimeMap;
  let good: BatchSignals;
  beforeAll(async () => {
    pre = stateWith(4, [keyed(A, 1), keyed(B, 2), gold([A, 1], 1, 100n), gold([B, 1], 2, 50n)]);
    const machine = new Machine(pre.clone(), 0, T);
    const transitions = [
      ...machine.perform([theft], T),
      ...machine.perform(
        [
          {
            ...theft,
            actor: B,
            peer: A,
            source: address(B, 1),
            destination: address(A, 9),
            resource: theft.resource + 1n,
            quantity: 50n,
          },
        ],
        T,
      ),
    ];
    good = inputOf(pre, transitions, DOMAIN);
    expect(await verdict(good)).toBe("accepted");
  });
  const altered = (change: (input: BatchSignals) => void): BatchSignals => {
    const input = clone(good);
    change(input);
    return input;
  };
  const swap = (i: BatchSignals): void => {
    for (const name of Object.keys(i).filter((n) => n.startsWith("entry"))) list(i, name).reverse();
  };
  test.each<[string, (input: BatchSignals) => void, string]>([
    ["is in the order of programs", swap, "Num2Bits(4 * L)(behind[m])"],
    ["counts the rows that ask", (i) => (list(i, "entryUses")[0] = 2n), "keySum === 0"],
    ["holds no entry that is not in use", (i) => (list(i, "entryActive")[1] = 0n), "(1 - active) * "],
    ["has no gap", (i) => (list(i, "entryActive")[0] = 0n), "(1 - "],
    ["says of an entry whether it is in use", (i) => (list(i, "entryActive")[0] = 2n), "active * (active - 1)"],
    ["names programs of the map", (i) => (list(i, "entryProgram")[1] = 1n << 30n), "Num2Bits(4 * L)(program)"],
    ["counts in 16 bits", (i) => (list(i, "entryUses")[0] = FIELD - 1n), "Num2Bits(16)(uses)"],
    [
      "has the other x of no key",
      (i) => (list(i, "entryKeyX")[0] = FIELD - (list(i, "entryKeyX")[0] as bigint)),
      "Signature: ",
    ],
    ["has each key with its own program", (i) => list(i, "entryKey").reverse(), "Signature: "],
    ["is of this domain", (i) => (i.domain = 8n), "Signature: "],
  ])("%s", async (_name, change, by) => {
    expect(await verdict(altered(change))).toContain(by);
  });
});
