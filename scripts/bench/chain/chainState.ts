/** The state of the simulated chain: numbers by name, after every block. Every balance follows from what moved. */

/** A number, and the block after which it held. */
type Change = [block: number, value: bigint];

/** From here on, tokens do not use an allowance up. */
export const ENDLESS = (1n << 256n) - 1n;

export const weiOf = (who: string): string => who;
export const balanceOf = (token: string, who: string): string => `${token} ${who}`;
export const allowanceOf = (token: string, owner: string, spender: string): string => `${token} ${owner} ${spender}`;
export const ownerOf = (token: string, id: bigint): string => `${token} #${id}`;

export class ChainState {
  readonly #values = new Map<string, Change[]>();
  /** What the transaction at hand has changed, and the numbers before it. */
  readonly #undo = new Map<string, bigint>();
  block = 0;

  /** The number now. */
  get(key: string): bigint {
    return this.#values.get(key)?.at(-1)?.[1] ?? 0n;
  }

  /** The number after a block. */
  at(key: string, block: number): bigint {
    const changes = this.#values.get(key);
    return changes?.findLast(([since]) => since <= block)?.[1] ?? 0n;
  }

  /** Says what was there before the first block, the first time. @returns the number now */
  open(key: string, value: bigint): bigint {
    if (!this.#values.has(key)) this.#values.set(key, [[0, value]]);
    return this.get(key);
  }

  set(key: string, value: bigint): void {
    const changes = this.#values.get(key) ?? [[0, 0n]];
    this.#values.set(key, changes);
    const last = changes.at(-1) as Change;
    if (!this.#undo.has(key)) this.#undo.set(key, last[1]);
    if (last[0] === this.block) last[1] = value;
    else changes.push([this.block, value]);
  }

  /** Moves an amount. @throws Error if there is too little: the shapes of transactions are wrong then */
  move(from: string | null, to: string | null, amount: bigint): void {
    if (from !== null) {
      const left = this.get(from) - amount;
      if (left < 0n) throw new Error(`${from} has too little`);
      this.set(from, left);
    }
    if (to !== null) this.set(to, this.get(to) + amount);
  }

  /** A transaction begins. */
  begin(): void {
    this.#undo.clear();
  }

  /** The transaction at hand failed: its changes never were. */
  undo(): void {
    for (const [key, value] of [...this.#undo]) this.set(key, value);
  }
}
