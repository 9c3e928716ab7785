/**
 * A program of the fuzzer: a genesis and a list of steps, as plain numbers, so that fast-check can shrink it (fewer
 * steps, smaller numbers) and a file can keep it. The meaning of a number depends on the state at its step.
 */
import fc from "fast-check";
import { selectorOf } from "../../../trace/effects/selector.ts";
import {
  address,
  CHAIN,
  CHAIN_AUTHORITY,
  CONDITION,
  ENTRY_ID,
  GENESIS_ID,
  GRACE,
  NO_INBOX,
  programOf,
  WATCHES,
} from "../../../trace/layout.ts";
import { triggerDigest } from "../../../trace/machine/machine.ts";
import { type Cell, packCell } from "../../../trace/state/cells.ts";
import type { Genesis, GenesisCell } from "../../../trace/state/genesis.ts";
import { authority } from "../../lib/authorities.ts";
import { GOLD, SILVER } from "../../lib/build.ts";
import { PRICE } from "../../lib/moored.ts";
import { Random } from "../../lib/random.ts";

/** One step: an effect, and its change before machine and circuit get it. */
export interface FuzzStep {
  /** Numbers in [0, 2^32), from which the effect is chosen. */
  readonly picks: readonly number[];
  /** Seconds since the step before. */
  readonly wait: number;
  /** Index into the ways of spoiling; 0 leaves the group as it is. */
  readonly spoil: number;
}

export interface FuzzRun {
  readonly genesis: readonly number[];
  readonly steps: readonly FuzzStep[];
  /** Of several acceptable effects, the rarest one is chosen; else the first. */
  readonly balanced: boolean;
  /**
   * Chooses the wire and the input of each batch that are changed, which the circuit must notice. If it is 0 mod 8, the
   * R1CS is checked too.
   */
  readonly check: number;
}

/** Program numbers in a genesis run from 1 to this. */
const PROGRAMS = 3;
/** Slots that may hold something from the start. */
const SLOTS = [1, 2, 3, 4, 5, 6];
/** The time at which every run begins, in seconds. */
export const BEGIN = 100;
const WORD = 2 ** 32;

/** Choices from a list of numbers, and after its end from a random stream with the last number as seed. */
export class Choices extends Random {
  readonly #picks: readonly number[];
  #next = 0;

  constructor(picks: readonly number[]) {
    super(picks.at(-1) ?? 0);
    this.#picks = picks;
  }

  override below(limit: number): number {
    const pick = this.#picks[this.#next++];
    return pick === undefined ? super.below(limit) : Math.floor((pick / WORD) * limit);
  }

  /** True in one of n cases. A number that was shrunk to 0 gives false. */
  once(n: number): boolean {
    return this.below(n) === n - 1;
  }
}

const number = fc.integer({ min: 0, max: WORD - 1 });

/** Most steps of a run. */
export function fuzzRuns(steps: number, ways: number): fc.Arbitrary<FuzzRun> {
  const step = fc.record({
    picks: fc.array(number, { minLength: 16, maxLength: 16 }),
    // Sometimes long enough for deadlines, expiries and the grace after them.
    wait: fc.oneof(
      { arbitrary: fc.integer({ min: 0, max: 3 }), weight: 30 },
      { arbitrary: fc.constantFrom(10, 30, GRACE), weight: 1 },
    ),
    // Two of three groups stay unchanged.
    spoil: fc.oneof(
      { arbitrary: fc.constant(0), weight: 2 },
      { arbitrary: fc.integer({ min: 0, max: ways - 1 }), weight: 1 },
    ),
  });
  return fc.record({
    genesis: fc.array(number, { minLength: 120, maxLength: 120 }),
    steps: fc.array(step, { minLength: 1, maxLength: steps, size: "max" }),
    balanced: fc.boolean(),
    check: number,
  });
}

/**
 * The genesis of the numbers: open and keyed programs, headers near their bounds, and cells of any sort in the first
 * slots.
 */
export function genesisFrom(picks: readonly number[], levels: number): Genesis {
  const choices = new Choices(picks);
  // By a number that decides nothing else. Shrunk to 0, it is a map that is not moored.
  const moored = ((picks.at(-2) ?? 0) & 3) === 1;
  const cells = new Map<number, Cell>();
  for (let program = 1; program <= PROGRAMS; program++) {
    cells.set(address(program, 0), {
      type: "program",
      inbox: choices.pick([4, 1, 4, 6, 9]),
      steps: 0,
      // Rare, because a full clock ends the whole run.
      clock: choices.once(100) ? WORD - 1 - choices.below(40) : 0,
      authority: choices.once(2) ? authority(program) : 0n,
      log: 0n,
      seq: 0,
    });
  }
  for (let program = 1; program <= PROGRAMS; program++) {
    for (const slot of SLOTS) {
      const cell = cellFrom(choices, program, GENESIS_ID + BigInt(cells.size));
      if (cell !== undefined) cells.set(address(program, slot), cell);
    }
  }
  if (moored) moor(cells);
  const watches = moored ? 2 : WATCHES;
  for (const [at, cell] of cells) if (cell.type === "watch") arm(cells, at, cell, watches);
  const sorted: GenesisCell[] = [...cells].sort(([a], [b]) => a - b).map(([at, cell]) => ({ address: at, cell }));
  return { levels, watches, ...(moored ? { moored } : {}), cells: sorted };
}

function cellFrom(choices: Choices, program: number, id: bigint): Cell | undefined {
  const other = () => 1 + ((program + choices.below(PROGRAMS - 1)) % PROGRAMS);
  const kind = () => choices.pick([GOLD, SILVER]);
  const soon = () => (choices.once(2) ? BEGIN + choices.below(40) : 0);
  switch (choices.below(9)) {
    case 1:
    case 2:
    case 3: {
      const escrowFrom = choices.once(3) ? other() : 0;
      const quantity = choices.once(12) ? (1n << 128n) - 1n - BigInt(choices.below(3)) : BigInt(1 + choices.below(30));
      const deadline = escrowFrom === 0 ? 0 : soon();
      return { type: "resource", watch: 0, kind: kind(), escrowFrom, quantity, id, deadline, seq: 0 };
    }
    case 4:
    case 5: {
      const scope = choices.once(2) ? address(1 + choices.below(PROGRAMS), choices.pick(SLOTS)) : 0;
      const subject = choices.once(5) ? id - 1n : 0n;
      const never = { nonce: 0, parent: 0, parentNonce: 0, seq: 0 };
      const rights = choices.pick([15, 15, 9, 1, 2, 4, 8, 0]);
      return { type: "capability", grantee: other(), scope, rights, subject, expiry: soon(), ...never };
    }
    case 6: {
      const [nargs, guard] = [choices.below(3), choices.below(2)];
      const accepts = nargs === 0 ? 0n : kind();
      const minimum = BigInt(choices.below(4));
      return { type: "entry", nargs, guard, accepts, minimum, selector: selectorOf("f"), seq: 0 };
    }
    case 7:
      return {
        type: "watch",
        state: "armed",
        target: address(1 + choices.below(PROGRAMS), choices.pick(SLOTS)),
        kind: choices.once(2) ? kind() : 0n,
        condition: choices.pick(Object.values(CONDITION)),
        rank: 0,
        threshold: BigInt(choices.below(20)),
        trigger: triggerDigest([]),
        seq: 0,
      };
    default:
      return undefined;
  }
}

/** Makes the first program the chain's, with nothing of its own, and some resources facts in place of assets. */
function moor(cells: Map<number, Cell>): void {
  for (const [at, cell] of cells) {
    if (programOf(at) === CHAIN) {
      if (cell.type === "program") cells.set(at, { ...cell, inbox: NO_INBOX, authority: CHAIN_AUTHORITY });
      else cells.delete(at);
    } else if (cell.type === "resource" && cell.kind === GOLD) {
      const shown = cell.id % 3n === 0n;
      const whole = shown ? { kind: PRICE, escrowFrom: 0, deadline: 0 } : {};
      const escrow = cell.escrowFrom === CHAIN ? { escrowFrom: 0, deadline: 0 } : {};
      cells.set(at, { ...cell, ...escrow, ...whole, id: ENTRY_ID + cell.id });
    }
  }
}

/** Gives a watch its rank and its target the bit. A watch on a cell that cannot be watched is removed. */
function arm(cells: Map<number, Cell>, at: number, watch: Cell & { type: "watch" }, most: number): void {
  const target = cells.get(watch.target) ?? { type: "empty", watch: 0, seq: 0 };
  const ranks = target.type === "empty" || target.type === "resource" ? target.watch : 2 ** WATCHES - 1;
  const rank = [0, 1, 2, 3].slice(0, most).find((r) => ((ranks >> r) & 1) === 0);
  if (rank === undefined) {
    cells.delete(at);
    return;
  }
  cells.set(at, { ...watch, rank });
  cells.set(watch.target, { ...target, watch: ranks | (1 << rank) } as Cell);
}

/** Throws if the genesis is invalid. That would be a mistake of the fuzzer. */
export function requireSound(genesis: Genesis): void {
  for (const { cell } of genesis.cells) packCell(cell);
}
