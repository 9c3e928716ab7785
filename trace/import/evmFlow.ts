/**
 * The flow of wei in a call tree: the amount that each frame moves or burns, the balance that each address needs at the
 * beginning, and its gain. Sentences list the facts that the tree leaves open.
 */
import { InvalidInputError } from "../errors.ts";
import { BITS } from "../layout.ts";
import { named } from "./evmFields.ts";
import type { Frame } from "./evmFrames.ts";

/** Largest quantity of a resource: 2^128 − 1. */
export const MOST_WEI = (1n << BigInt(BITS.quantity)) - 1n;

/** Most resources in which an address holds wei during a transaction; no chain has as many wei. */
const RESOURCES = 64n;
const MOST_HELD = RESOURCES * MOST_WEI;

/**
 * The rules for self-destructs in the transaction's block. `before` Cancun a contract that ends loses its remaining
 * wei; `since` Cancun (EIP-6780) only a contract made in the same transaction does.
 */
export type Fork = "before" | "since" | "unknown";

/**
 * How to read a self-destruct that repeats the payment before it. If a contract ends in favour of itself and keeps its
 * wei, some clients (anvil, reth) show the previous payment again instead. `shown`: as shown. `in place`: as an end in
 * favour of itself. `unsettled`: as shown, with a note.
 */
export type Repeats = "shown" | "in place" | "unsettled";

/** A payment, as a frame shows it. */
interface Payment {
  from: string;
  to: string;
  wei: bigint;
}

/** A frame that took effect, and its wei. */
export interface FlowStep {
  frame: Frame;
  /** Wei moved from `from` to `to`. */
  moved: bigint;
  /** Wei that `from` burns. */
  burnt: bigint;
}

/** Burnt wei. */
export interface Burn {
  /** The frame's path in the tree; null for wei lost when the transaction ends. */
  path: string | null;
  address: string;
  wei: bigint;
}

export interface Flow {
  steps: readonly FlowStep[];
  /** Wei lost when the transaction ends: they reached contracts that had already ended. */
  remains: readonly Burn[];
  burns: readonly Burn[];
  /** The least opening balance of each address that makes every transfer possible. */
  openings: ReadonlyMap<string, bigint>;
  /** Each address's gains, less its payments and losses. */
  changes: ReadonlyMap<string, bigint>;
  /** Sentences on facts that the tree leaves open. */
  unknown: readonly string[];
  /** Number of frames left out, by sort. */
  notImported: Readonly<Record<string, number>>;
  /** Number of self-destructs that can be read in two ways. */
  repeats: number;
}

/** Sorts of left-out frames, as counted. */
const NO_BENEFICIARY = "self-destruct without beneficiary";
const NO_ADDRESS = "frame without address";
const BELOW_NO_ADDRESS = "frame below one without address";
/** Sentence for a block with unknown rules. */
const BY_FORK = "before Cancun, kept since (EIP-6780). The block's rules are not known; taken as kept";
/** Payer of a payment that is none. */
const NOBODY = "nobody";

/**
 * @param frames all frames in the order in which they began
 * @throws InvalidInputError naming the frame, if it moves more than a resource can hold, or less than its contract has
 */
export function flowOf(frames: readonly Frame[], fork: Fork, repeats: Repeats = "unsettled"): Flow {
  const flow = new Flows(fork, repeats);
  for (const frame of frames) flow.play(frame);
  return flow.finish();
}

class Flows {
  readonly #fork: Fork;
  readonly #asTo: Repeats;
  #repeats = 0;
  /** The latest payment; a self-destruct may repeat it. */
  #last: Payment | null = null;
  readonly #steps: FlowStep[] = [];
  readonly #burns: Burn[] = [];
  readonly #balances = new Map<string, bigint>();
  readonly #openings = new Map<string, bigint>();
  readonly #unknown: string[] = [];
  readonly #notImported: Record<string, number> = {};
  readonly #created = new Set<string>();
  readonly #ended = new Set<string>();
  /** Addresses whose balance the tree leaves open. */
  readonly #unsure = new Set<string>();

  constructor(fork: Fork, repeats: Repeats) {
    this.#fork = fork;
    this.#asTo = repeats;
  }

  play(frame: Frame): void {
    if (frame.fate === "unknown") this.#leaveOut(frame);
    if (frame.fate !== "done") return;
    const { type, from, value } = frame;
    const creates = type === "CREATE" || type === "CREATE2";
    if (creates && frame.to !== null) this.#created.add(frame.to);
    const step: FlowStep = { frame, moved: 0n, burnt: 0n };
    if (type === "SELFDESTRUCT") this.#end(step);
    else if (type === "CALL" || creates) step.moved = value ?? 0n;
    for (const wei of [step.moved, step.burnt]) {
      if (wei <= MOST_WEI) continue;
      const most = "2^128 − 1, the most that a resource holds";
      throw new InvalidInputError(named(frame.path, "value"), `${wei} wei is more than ${most}`);
    }
    const { to } = step.frame;
    const wei = step.moved + step.burnt;
    this.#take(from, wei);
    // A frame that changes nothing is no payment. A frame that moves 0 wei can be one.
    const pays = wei > 0n || creates || (type === "SELFDESTRUCT" && (to !== from || this.#isLost(from)));
    if (to !== null && pays) this.#last = { from, to, wei };
    if (to !== null) this.#give(to, step.moved);
    if (to !== null && this.#held(to) > MOST_HELD) {
      const what = `gives ${to} ${this.#held(to)} wei in all, more than ${RESOURCES} resources hold`;
      throw new InvalidInputError(named(frame.path, "value"), what);
    }
    if (step.burnt > 0n) this.#burns.push({ path: frame.path, address: from, wei: step.burnt });
    this.#steps.push(step);
  }

  finish(): Flow {
    const remains: Burn[] = [];
    for (const address of this.#ended) {
      const wei = this.#held(address);
      if (wei === 0n) continue;
      if (this.#isLost(address)) remains.push({ path: null, address, wei });
      else if (this.#fork === "unknown") {
        this.#unknown.push(`${address} has ${wei} wei after it ended: lost ${BY_FORK}.`);
      }
    }
    for (const { address, wei } of remains) this.#take(address, wei);
    const changes = new Map(this.#balances);
    for (const [who, wei] of this.#openings) changes.set(who, (changes.get(who) ?? 0n) - wei);
    return {
      steps: this.#steps,
      remains,
      burns: [...this.#burns, ...remains],
      openings: this.#openings,
      changes,
      unknown: this.#unknown,
      notImported: this.#notImported,
      repeats: this.#repeats,
    };
  }

  /** Ends a contract: its wei go to the beneficiary, or are burnt if the beneficiary is the contract itself. */
  #end(step: FlowStep): void {
    const { path, from } = step.frame;
    const held = this.#held(from);
    if (this.#isRepeat(step.frame)) step.frame = { ...step.frame, to: from, shownFrom: NOBODY };
    const { to, value } = step.frame;
    if (to === null) {
      this.#count(NO_BENEFICIARY);
      this.#unsure.add(from);
      const much = value === null ? ", nor how many" : ` (${value})`;
      this.#unknown.push(
        `${path}: ${from} ended, and the node does not say for whom: the recipient of its wei is not known${much}. ` +
          "Not imported.",
      );
      return;
    }
    this.#ended.add(from);
    const atOnce = to === from;
    // A payment by another address tells nothing about the contract's balance.
    const foreign = step.frame.shownFrom !== from;
    if (atOnce && !this.#isLost(from)) {
      if (this.#fork === "unknown" && !foreign) {
        this.#unsure.add(from);
        this.#unknown.push(`${path}: ${from} ended for itself: its wei are lost ${BY_FORK}.`);
      }
      return;
    }
    const shown = foreign && atOnce ? null : value;
    if (shown !== null && shown < held && !this.#unsure.has(from)) {
      throw new InvalidInputError(
        named(path, "value"),
        `is ${shown} wei, but ${from} has ${held} by then, and ends with all of it; ` +
          "the node's answer contradicts itself",
      );
    }
    if (shown === null) {
      this.#unknown.push(
        `${path}: ${from} ended, and the node does not say how many wei it had; ${held} by what the tree shows.`,
      );
    }
    step[atOnce ? "burnt" : "moved"] = shown ?? held;
  }

  /** True for a self-destruct in place that only repeats the payment before it. */
  #isRepeat({ path, from, to, value, shownFrom }: Frame): boolean {
    const last = this.#last;
    if (last === null || to === null || this.#isLost(from)) return false;
    if (last.from !== shownFrom || last.to !== to || last.wei !== value) return false;
    // It is certainly a repeat if another address paid, or if the contract has more than the amount.
    if (shownFrom !== from || value < this.#held(from)) return true;
    if (to === from || value === 0n) return false;
    this.#repeats++;
    if (this.#asTo === "in place") return true;
    this.#unsure.add(from).add(to);
    if (this.#asTo === "shown") return false;
    this.#unknown.push(
      `${path}: ${from} ended with the same payment to ${to} as before: some clients show that ` +
        "where it ended for itself and kept all. Taken as a second payment.",
    );
    return false;
  }

  /** True for a contract whose wei are lost when the transaction ends. */
  #isLost(address: string): boolean {
    return this.#created.has(address) || this.#fork === "before";
  }

  #leaveOut({ path, type, to }: Frame): void {
    this.#count(to === null ? NO_ADDRESS : BELOW_NO_ADDRESS);
    if (to !== null) return;
    const where = path === "" ? "The transaction" : path;
    this.#unknown.push(`${where}: a ${type} without an address; whether it happened is not known. Not imported.`);
  }

  #count(sort: string): void {
    this.#notImported[sort] = (this.#notImported[sort] ?? 0) + 1;
  }

  #held(who: string): bigint {
    return this.#balances.get(who) ?? 0n;
  }

  #give(who: string, wei: bigint): void {
    if (wei > 0n) this.#balances.set(who, this.#held(who) + wei);
  }

  /** Missing wei must have been there at the beginning. */
  #take(who: string, wei: bigint): void {
    if (wei === 0n) return;
    const left = this.#held(who) - wei;
    if (left < 0n) this.#openings.set(who, (this.#openings.get(who) ?? 0n) - left);
    this.#balances.set(who, left < 0n ? 0n : left);
  }
}
