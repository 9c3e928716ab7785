/**
 * A small model chain, for trees with known results: accounts, calls, reverts, static calls, creations and
 * self-destructs as in the EVM, without the import's code.
 */
import type { Random } from "../../lib/random.ts";

export type NodeType = "CALL" | "CALLCODE" | "DELEGATECALL" | "STATICCALL" | "CREATE" | "CREATE2" | "SELFDESTRUCT";

/** The true events, frame by frame. */
export interface Node {
  type: NodeType;
  from: string;
  to: string;
  value: bigint;
  input: string;
  /** It failed itself. */
  failed: boolean;
  /** It, or a frame around it, failed. */
  undone: boolean;
  calls: Node[];
  logs: TrueLog[];
  /** For a self-destruct: whether the contract was made in this transaction. */
  young: boolean;
}

export interface TrueLog {
  address: string;
  topics: string[];
  data: string;
}

/** A transaction on the model chain. */
export interface Play {
  root: Node;
  cancun: boolean;
  sender: string;
  coinbase: string;
  before: ReadonlyMap<string, bigint>;
  /** Without the fee. Removed accounts have 0. */
  after: ReadonlyMap<string, bigint>;
  gone: ReadonlySet<string>;
}

const FRAMES = 14;
const DEPTH = 6;
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const BATCH = "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb";

export const addressOf = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;

interface State {
  balances: Map<string, bigint>;
  created: Set<string>;
  ended: Set<string>;
}

/** Plays one random transaction. */
export function playRandom(random: Random): Play {
  return new Chain(random).transaction();
}

class Chain {
  readonly #random: Random;
  readonly #cancun: boolean;
  readonly #people: string[];
  readonly #contracts: string[];
  readonly #before = new Map<string, bigint>();
  #state: State;
  #left = FRAMES;
  #next = 0xc0de00;

  constructor(random: Random) {
    this.#random = random;
    this.#cancun = random.below(2) === 0;
    this.#people = Array.from({ length: 3 }, (_, i) => addressOf(0xa0 + i));
    this.#contracts = Array.from({ length: 4 }, (_, i) => addressOf(0xc0 + i));
    for (const one of [...this.#people, ...this.#contracts]) {
      if (random.below(3) > 0) this.#before.set(one, BigInt(random.below(1_000)));
    }
    // Some wei may lie at the address of a later contract.
    if (random.below(5) === 0) this.#before.set(addressOf(this.#next), BigInt(1 + random.below(50)));
    this.#before.set(this.#people[0] as string, 1_000_000n);
    this.#state = { balances: new Map(this.#before), created: new Set(), ended: new Set() };
  }

  transaction(): Play {
    const sender = this.#people[0] as string;
    const random = this.#random;
    const creates = random.below(6) === 0;
    const to = creates ? this.#newAddress() : random.pick([...this.#contracts, ...this.#contracts, sender]);
    const value = random.below(2) === 0 ? 0n : BigInt(random.below(100));
    const root = this.#call(creates ? "CREATE" : "CALL", sender, to, value, 1, false);
    markUndone(root, false);
    const gone = new Set([...this.#state.ended].filter((one) => !this.#cancun || this.#state.created.has(one)));
    for (const one of gone) this.#state.balances.set(one, 0n);
    const coinbase = random.pick([addressOf(0xfee), addressOf(0xfee), this.#contracts[0] as string, sender]);
    return { root, cancun: this.#cancun, sender, coinbase, before: this.#before, after: this.#state.balances, gone };
  }

  #newAddress(): string {
    return addressOf(this.#next++);
  }

  #held(who: string): bigint {
    return this.#state.balances.get(who) ?? 0n;
  }

  #move(from: string, to: string, value: bigint): void {
    this.#state.balances.set(from, this.#held(from) - value);
    this.#state.balances.set(to, this.#held(to) + value);
  }

  /** A call or a creation with all its effects. A failed one leaves the state unchanged. */
  #call(type: NodeType, from: string, to: string, value: bigint, depth: number, isStatic: boolean): Node {
    this.#left--;
    const random = this.#random;
    const creates = type === "CREATE" || type === "CREATE2";
    const input = creates ? "0x6000" : random.pick(["0x", "0x01", "0xa9059cbb", "0x12345678ab"]);
    const node: Node = { ...plain(type, from, to, value), input };
    const kept = copyOf(this.#state);
    // A delegate call shows the value of the call around it, and moves none.
    if ((type === "CALL" || creates) && this.#held(from) < value) return { ...node, failed: true };
    if (type === "CALL" || creates) this.#move(from, to, value);
    if (creates) this.#state.created.add(to);
    const runner = type === "DELEGATECALL" || type === "CALLCODE" ? from : to;
    const hasCode = creates || this.#state.created.has(to) || this.#contracts.includes(to);
    if (hasCode) this.#run(node, runner, depth, isStatic || type === "STATICCALL");
    node.failed = random.below(hasCode ? 6 : 20) === 0;
    if (node.failed) this.#state = kept;
    return node;
  }

  /** The acts of a contract's code. */
  #run(node: Node, me: string, depth: number, isStatic: boolean): void {
    const random = this.#random;
    for (let n = random.below(4); n > 0 && this.#left > 0 && depth < DEPTH; n--) {
      if (!isStatic && random.below(3) === 0) node.logs.push(this.#log(me));
      node.calls.push(this.#inner(node, me, depth, isStatic));
    }
    if (!isStatic && random.below(4) === 0) node.calls.push(this.#end(me));
  }

  #inner(around: Node, me: string, depth: number, isStatic: boolean): Node {
    const random = this.#random;
    const { created, ended } = this.#state;
    // An ended contract is called again often, because wei that it then gets may be lost.
    const usual = [...this.#contracts, ...this.#people, ...created, me];
    const somebody = random.pick(ended.size > 0 && random.below(2) === 0 ? [...ended] : usual);
    const value = random.below(2) === 0 ? 0n : BigInt(random.below(60));
    switch (random.below(8)) {
      case 0:
        return this.#call("STATICCALL", me, somebody, 0n, depth + 1, isStatic);
      case 1:
        return this.#call("DELEGATECALL", me, random.pick(this.#contracts), around.value, depth + 1, isStatic);
      case 2: {
        const shown = value > this.#held(me) ? 0n : value;
        return this.#call("CALLCODE", me, random.pick(this.#contracts), shown, depth + 1, isStatic);
      }
      case 3:
        if (isStatic) break;
        return this.#call(random.pick(["CREATE", "CREATE2"]), me, this.#newAddress(), value, depth + 1, false);
    }
    return this.#call("CALL", me, somebody, isStatic ? 0n : value, depth + 1, isStatic);
  }

  /** Ends the contract. It gives all its wei away. If it gives them to itself and ends for good, they are lost. */
  #end(me: string): Node {
    const { ended, created } = this.#state;
    const young = created.has(me);
    const heir = this.#random.below(2) === 0 ? me : this.#random.pick([...this.#people, ...this.#contracts]);
    const value = this.#held(me);
    ended.add(me);
    if (heir !== me) this.#move(me, heir, value);
    else if (young || !this.#cancun) this.#state.balances.set(me, 0n);
    return { ...plain("SELFDESTRUCT", me, heir, value), young };
  }

  #log(address: string): TrueLog {
    const [who, other] = [word(1), word(2)];
    const topics = this.#random.pick([
      [TRANSFER, who, other],
      [TRANSFER, who, other, who],
      [BATCH, who, who, other],
      [who],
      [],
    ]);
    return { address, topics, data: this.#random.pick(["0x", word(5)]) };
  }
}

function plain(type: NodeType, from: string, to: string, value: bigint): Node {
  return { type, from, to, value, input: "0x", failed: false, undone: false, calls: [], logs: [], young: false };
}

function copyOf({ balances, created, ended }: State): State {
  return { balances: new Map(balances), created: new Set(created), ended: new Set(ended) };
}

function markUndone(node: Node, around: boolean): void {
  node.undone = around || node.failed;
  for (const inner of node.calls) markUndone(inner, node.undone);
}

/** A frame and all below it, in the order in which they began. */
export function allNodes(node: Node): Node[] {
  return [node, ...node.calls.flatMap(allNodes)];
}
