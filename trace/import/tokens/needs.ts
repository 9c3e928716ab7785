/** What the steps of a block need in the map before they can be played: addresses, functions, holdings, approvals. */
import type { ApprovalEvent, TransferEvent } from "./events.ts";
import { kindKey, type TokenKind, WEI } from "./kinds.ts";
import { ASKING, spenderOf } from "./spender.ts";
import type { Step } from "./steps.ts";

/** A holding that the steps touch. */
export interface Touched {
  who: string;
  kind: TokenKind | typeof WEI;
  /** The least that the address needs at the beginning. */
  least: bigint;
  /** Its gains less its losses so far. */
  change: bigint;
}

/** An approval that a transfer rests on, and no step before it grants. */
export interface Prior extends Omit<ApprovalEvent, "type" | "amount"> {
  /** True if the spender called `transferFrom` or its like: the token's code asked for an approval. */
  asked: boolean;
}

/** What steps need. */
export interface Needs {
  /** Addresses in order of their appearance, those that the steps create left out. */
  addresses: readonly string[];
  /** Addresses that the steps create. */
  created: ReadonlySet<string>;
  /** Addresses that a step creates although they had taken part before. */
  known: readonly string[];
  touched: ReadonlyMap<string, Touched>;
  entries: readonly { address: string; entry: string; payable: boolean }[];
  priors: readonly Prior[];
}

/** Collects the needs of steps, in their order. */
export class NeedsOf {
  readonly #addresses = new Set<string>();
  readonly #created = new Set<string>();
  readonly #known: string[] = [];
  readonly #touched = new Map<string, Touched>();
  readonly #entries = new Map<string, { address: string; entry: string; payable: boolean }>();
  readonly #priors = new Map<string, Prior>();
  readonly #granted = new Set<string>();
  /** True for an address that existed before, whatever a step says. */
  readonly #existed: (address: string) => boolean;

  constructor(existed: (address: string) => boolean = () => false) {
    this.#existed = existed;
  }

  /** An address takes part. */
  meet(address: string): void {
    if (!this.#created.has(address)) this.#addresses.add(address);
  }

  /** Whether an address takes part. */
  knows(address: string): boolean {
    return this.#addresses.has(address) || this.#created.has(address);
  }

  /** An address gains or loses. */
  move(who: string, kind: TokenKind | typeof WEI, amount: bigint): void {
    const key = `${who} ${kind === WEI ? WEI : kindKey(kind)}`;
    const touched = this.#touched.get(key) ?? { who, kind, least: 0n, change: 0n };
    touched.change += amount;
    if (-touched.change > touched.least) touched.least = -touched.change;
    this.#touched.set(key, touched);
  }

  /** One step that is going to be played. */
  add(step: Step): void {
    if (step.type === "frame") this.#frame(step.step);
    else if (step.event.type === "transfer") this.#transfer(step.event, step.caller, step.entry);
    else this.#approval(step.event);
  }

  get needs(): Needs {
    return {
      addresses: [...this.#addresses],
      created: this.#created,
      known: this.#known,
      touched: this.#touched,
      entries: [...this.#entries.values()],
      priors: [...this.#priors.values()],
    };
  }

  #frame({ frame, moved, burnt }: Extract<Step, { type: "frame" }>["step"]): void {
    const { type, from, to } = frame;
    this.meet(from);
    const callee = to ?? from;
    const creates = (type === "CREATE" || type === "CREATE2") && to !== null && !this.#created.has(to);
    const fresh = creates && !this.#addresses.has(callee) && !this.#existed(callee);
    if (creates && !fresh && !this.#known.includes(callee)) this.#known.push(callee);
    if (fresh) this.#created.add(callee);
    else this.meet(callee);
    if (moved > 0n) {
      this.move(from, WEI, -moved);
      this.move(callee, WEI, moved);
    }
    if (burnt > 0n) this.move(from, WEI, -burnt);
    if (fresh && moved === 0n) return;
    const key = `${callee} ${frame.entry} ${moved > 0n}`;
    if (!this.#entries.has(key)) this.#entries.set(key, { address: callee, entry: frame.entry, payable: moved > 0n });
  }

  #transfer(event: TransferEvent, caller: string, entry: string): void {
    const { kind, from, to, amount } = event;
    this.meet(kind.token);
    const spender = spenderOf(event, caller);
    for (const who of [from, to, spender]) if (who !== null) this.meet(who);
    if (from !== null) this.move(from, kind, -amount);
    if (to !== null) this.move(to, kind, amount);
    if (from === null || spender === null) return;
    const covers = kind.standard === "ERC-20" ? "amount" : "all";
    const grants = [
      grantKey(kind.token, from, spender, covers, null),
      grantKey(kind.token, from, spender, "one", kind.id),
    ];
    // Each ERC-721 token may have an approval of its own.
    const key = standardKey(kind, grants[0] ?? "");
    if (grants.some((each) => this.#granted.has(each)) || this.#priors.has(key)) return;
    this.#priors.set(key, { token: kind.token, owner: from, spender, covers, id: kind.id, asked: ASKING.has(entry) });
  }

  #approval({ token, owner, spender, covers, id, amount }: ApprovalEvent): void {
    if (amount === 0n) return;
    for (const who of [token, owner, spender]) this.meet(who);
    this.#granted.add(grantKey(token, owner, spender, covers, id));
  }
}

function standardKey({ standard, id }: TokenKind, key: string): string {
  return standard === "ERC-721" ? `${key} ${id}` : key;
}

function grantKey(token: string, owner: string, spender: string, covers: string, id: bigint | null): string {
  return `${token} ${owner} ${spender} ${covers === "one" ? id : covers}`;
}
