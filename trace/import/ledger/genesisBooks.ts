/** Writes what is there before the first transition into a genesis, and keeps the books of it. */
import type { Effect } from "../../effects/effects.ts";
import { selectorOf } from "../../effects/selector.ts";
import { address, GENESIS_ID, RIGHT } from "../../layout.ts";
import type { Cell } from "../../state/cells.ts";
import { type Genesis, type GenesisCell, openPrograms } from "../../state/genesis.ts";
import type { ApprovalEvent } from "../tokens/events.ts";
import type { Account } from "./account.ts";
import { approve } from "./approvals.ts";
import type { LedgerHost } from "./host.ts";
import { INBOX, Ledger } from "./ledger.ts";
import { partsOf } from "./parts.ts";

/** Builds a genesis. Functions, holdings and approvals become cells; afterwards the ledger goes on with a tracer. */
export class GenesisBooks {
  readonly ledger: Ledger;
  readonly #cells: GenesisCell[] = [];
  #programs = 0;

  /** @param named receives the names of programs and kinds */
  constructor(named?: LedgerHost["named"]) {
    this.ledger = new Ledger({
      perform: (program, effect) => this.#write(program, effect),
      programs: () => this.#programs,
      resourceAt: (program, slot) => GENESIS_ID + BigInt(address(program, slot)),
      ...(named === undefined ? {} : { named }),
    });
  }

  /** An address that exists already. */
  enter(who: string): Account {
    this.#programs++;
    return this.ledger.register(who, this.#programs);
  }

  /** An amount that an address holds already. */
  hold(account: Account, kind: bigint, amount: bigint): void {
    const purse = this.ledger.purse(account, kind);
    for (const quantity of partsOf(amount)) {
      const at = address(purse.room.program, purse.receive(quantity));
      const id = GENESIS_ID + BigInt(at);
      this.#add(at, { type: "resource", watch: 0, kind, escrowFrom: 0, quantity, id, deadline: 0, seq: 0 });
    }
  }

  /** A function that an address has already. */
  declare(account: Account, name: string | bigint, payable: boolean): void {
    this.ledger.entry(account, name, payable);
  }

  /** An approval that is in force already. */
  approve(event: Omit<ApprovalEvent, "type">): void {
    approve(this.ledger, event);
  }

  /** The genesis. The ledger is complete with it, but for its host. */
  genesis(levels: number): Genesis {
    const cells = [...openPrograms(this.#programs, INBOX), ...this.#cells];
    cells.sort((a, b) => a.address - b.address);
    return { levels, cells };
  }

  #add(at: number, cell: Cell): void {
    this.#cells.push({ address: at, cell });
  }

  #write(program: number, effect: Effect): void {
    switch (effect.effect) {
      case "CreateProgram":
        this.#programs++;
        return;
      case "DeclareEntry": {
        const { slot, name, nargs, accepts, minimum } = effect;
        const cell: Cell = { type: "entry", nargs, guard: 0, accepts, minimum, selector: selectorOf(name), seq: 0 };
        this.#add(address(program, slot), cell);
        return;
      }
      case "DelegateCapability": {
        const { slot, grantee, scope, subject } = effect;
        const covered = scope === "all" ? 0 : address(scope.program, scope.slot);
        const line = { nonce: 0, parent: 0, parentNonce: 0, expiry: 0, seq: 0 };
        const rights = RIGHT.claim;
        this.#add(address(program, slot), { type: "capability", grantee, scope: covered, subject, rights, ...line });
        return;
      }
      default:
        throw new Error(`a genesis has no ${effect.effect}`);
    }
  }
}
