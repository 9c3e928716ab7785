/** States of moored maps, for tests: program 1 stands for the chain, and others are beside it. */
import { assetKind, CHAIN, CHAIN_AUTHORITY, ENTRY_ID, FACT_LABEL, kindOf, NO_INBOX } from "../../trace/layout.ts";
import type { Genesis, GenesisCell } from "../../trace/state/genesis.ts";
import { authority } from "./authorities.ts";
import { genesisWith, type MapOptions, type Placed, resource } from "./build.ts";

/** Two assets of the chain. ETH is also what {@link GOLD} is. */
export const [ETH, TOKEN] = [assetKind(1), assetKind(2)] as const;
/** Two facts that the chain shows. */
export const [PRICE, RAIN] = [kindOf(CHAIN, FACT_LABEL), kindOf(CHAIN, FACT_LABEL + 1)] as const;
/** An address of the chain, as a number. */
export const PAYEE = 0xd8da6bf26964af9d7eed9e03e53415d37aa96045n;

/** Id of what the registry has under the number. */
export const entered = (number: number): bigint => ENTRY_ID + BigInt(number);

/** A resource that came in from the chain, under the number. */
export const came = (
  at: readonly [number, number],
  kind: bigint,
  number: number,
  quantity: bigint,
  more: Parameters<typeof resource>[3] = {},
): Placed => resource(at, kind, quantity, { id: entered(number), ...more });

/** Options of a moored state; all programs but the chain's are open, unless they have keys. */
export interface MooredOptions extends MapOptions {
  /** Numbers of test keys, by program. */
  keys?: Readonly<Record<number, number>>;
}

/**
 * A state of a moored map, as a genesis; `stateOf` makes a map of it. A real map begins with three levels and nothing
 * but the chain's program (`MOORED_GENESIS`), and never has an open program.
 */
export function mooredWith({ keys = {}, ...options }: MooredOptions): Genesis {
  const genesis = genesisWith(options);
  const cells = genesis.cells.map(({ address, cell }): GenesisCell => {
    if (cell.type !== "program") return { address, cell };
    const program = address / 256;
    if (program === CHAIN) return { address, cell: { ...cell, inbox: NO_INBOX, authority: CHAIN_AUTHORITY } };
    const key = keys[program];
    return { address, cell: key === undefined ? cell : { ...cell, authority: authority(key) } };
  });
  return { ...genesis, moored: true, cells };
}
