/** Holes in the project's own circuits, one at a time: each is found, and named by template and signal. */
import { describe, expect, it } from "vitest";
import { type Certified, certified } from "../../prover/certificate/circuits.ts";
import type { NamedCircuit, Profile } from "../../prover/profiles.ts";
import { CELL_CIRCUIT, EXIT } from "../../prover/stateCircuits.ts";
import { type Hole, withHole } from "../lib/plantedHole.ts";

/** One row: all templates of a batch are in it. */
const ROW: Profile = { name: "test-1", rows: 1, nodes: 2, levels: 2, signatures: 1 };
/** More than there are constraints: none is deleted. */
const NO_DELETIONS = 1 << 20;

/** A hole, what is open by it, and in which template the source speaks of that. */
interface Case extends Hole {
  readonly what: string;
  readonly circuit: NamedCircuit;
  readonly template: string;
  readonly signal: string;
  /** Whether it is among the signals on which most hangs; those are told first. */
  readonly isRoot: boolean;
}

const CASES: readonly Case[] = [
  {
    what: "a range check that lets a number wrap (cell)",
    circuit: CELL_CIRCUIT,
    file: "cell.circom",
    sound: "signal addressBits[4 * L + 8] <== Num2Bits(4 * L + 8)(address);",
    hole: "signal addressBits[254] <== Num2Bits(254)(address);",
    template: "Cell",
    signal: "addressBits[0]",
    isRoot: true,
  },
  {
    what: "a turn of a path that is no bit (cell)",
    circuit: CELL_CIRCUIT,
    file: "path.circom",
    sound: "turn[i][b] * (down[i] - turn[i][b]) === 0;",
    hole: "if (b == 0) { turn[i][b] * (down[i] - turn[i][b]) === 0; }",
    template: "CellsPath",
    signal: "turn[0][1]",
    isRoot: true,
  },
  {
    what: "a range check that lets a number wrap (exit)",
    circuit: EXIT,
    file: "exit.circom",
    sound: "signal programBits[4 * L] <== Num2Bits(4 * L)(program);",
    hole: "signal programBits[254] <== Num2Bits(254)(program);",
    template: "Exit",
    signal: "programBits[0]",
    isRoot: true,
  },
  {
    what: "a range check one bit too wide, in a word that is packed",
    circuit: ROW,
    file: "row/ranges.circom",
    sound: "signal kindBits[56] <== Num2Bits(56)(op.kind);",
    hole: "signal kindBits[57] <== Num2Bits(57)(op.kind);",
    template: "Ranges",
    signal: "op.kind",
    isRoot: true,
  },
  {
    what: "a selector of an operation that is not boolean",
    circuit: ROW,
    file: "row/operation.circom",
    sound: "op.is[i] * (op.is[i] - 1) === 0;",
    hole: "if (i != 8) { op.is[i] * (op.is[i] - 1) === 0; }",
    template: "SortOfOperation",
    signal: "op.is[8]",
    isRoot: false,
  },
  {
    what: "a choice that is not boolean",
    circuit: ROW,
    file: "row/operation.circom",
    sound: "bits[i] * (bits[i] - 1) === 0;",
    hole: "if (i != 8) { bits[i] * (bits[i] - 1) === 0; }",
    template: "SortOfOperation",
    signal: "choice.expires",
    isRoot: true,
  },
  {
    what: "an inverse that is not pinned",
    circuit: ROW,
    file: "row/columns.circom",
    sound: "signal owned <== IsZero()(found.sEscrow);",
    hole: "signal show; show <-- 0; signal owned <== 1 - found.sEscrow * show;",
    template: "AddressesOfColumns",
    signal: "show",
    isRoot: true,
  },
];

const certifiedWith = (hole: Hole | null, circuit: NamedCircuit): Promise<Certified> =>
  withHole(hole, (libraries) => certified(circuit, NO_DELETIONS, undefined, { libraries }));

describe("holes in circuits", () => {
  for (const one of CASES) {
    it(`${one.what} is found in ${one.template}: ${one.signal}`, { timeout: 300_000 }, async () => {
      const { report } = await certifiedWith(one, one.circuit);
      expect(report.open).toBeGreaterThan(0);
      const found = report.openSignals.filter((open) =>
        [open, ...open.givenTo].some(({ template, signal }) => template === one.template && signal === one.signal),
      );
      expect(found.map(({ isRoot }) => isRoot)).toContain(one.isRoot);
    });
  }

  it("a divisor of the memory's sums that may be 0 is found by its quotient", { timeout: 300_000 }, async () => {
    const divisor = {
      file: "memory.circom",
      sound: "was[c].bottom <== gamma - t;",
      hole: "was[c].bottom <== tuples.open[c] + 0 * t;",
    };
    const { report } = await certifiedWith(divisor, ROW);
    const found = report.openSignals.filter(({ within }) => within[0] === "RowMemory");
    expect(found.map(({ template, signal }) => [template, signal])).toContainEqual(["Quotient", "out"]);
    expect(found.every(({ component }) => /^rowMemory\[0\]\.was\[\d\]$/.test(component))).toBe(true);
  });

  const WORDS: readonly (Hole & { readonly what: string; readonly signal: RegExp })[] = [
    {
      what: "a digest that the transcript does not take in",
      file: "batch.circom",
      sound: "transcript.words[5 + N + n] <== node[n].digestAfter;",
      hole: "transcript.words[5 + N + n] <== node[n].digestBefore;",
      signal: /\(treeNodes\[\d\]\.after\[\d+\]\) is not determined by the words/,
    },
    {
      what: "a bit of a packed word that is any number",
      file: "tree.circom",
      sound: "signs * (signs - 1) === 0;",
      hole: "",
      signal: /\(treeNodes\[\d\]\.\w+\) is not determined by the words/,
    },
  ];
  for (const { what, signal, ...hole } of WORDS) {
    it(`${what} is found by what was named`, { timeout: 300_000 }, async () => {
      const { report } = await certifiedWith(hole, ROW);
      expect(report.stopped).toContainEqual(expect.stringMatching(signal));
    });
  }

  it("are there by the text that was replaced, and not by the copy", { timeout: 300_000 }, async () => {
    for (const circuit of [CELL_CIRCUIT, EXIT, ROW]) {
      const { report, refusal } = await certifiedWith(null, circuit);
      expect([refusal, report.openSignals, report.stopped]).toEqual([null, [], []]);
    }
  });
});
