/** Helpers to write forgeries: cells in places, and rows of programs. */

import { address, GENESIS_ID } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { type Cell, packCell } from "../../../trace/state/cells.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority } from "../../lib/authorities.ts";
import { GOLD, mapWith, type Placed, resource } from "../../lib/build.ts";
import { SMALL } from "../../lib/circuit.ts";
import { ETH, entered, mooredWith } from "../../lib/moored.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { stateOf } from "../../lib/state.ts";

export const T = 1000;
export const [A, B, C] = [1, 2, 3] as const;
export const MAX = (1n << 128n) - 1n;
/** Id of the n-th resource. */
export const id = (n: number): bigint => GENESIS_ID + 1000n + BigInt(n);
/** One row of a case. */
export const f = (row: Forged["row"], more: Omit<Forged, "row"> = {}): Forged => ({ row, ...more });
export const gold = (
  at: [number, number],
  n: number,
  quantity: bigint,
  more: Parameters<typeof resource>[3] = {},
): Placed => resource(at, GOLD, quantity, { id: id(n), ...more });
export const entry = (
  at: [number, number],
  more: Partial<{ nargs: number; guard: number; accepts: bigint; minimum: bigint; selector: bigint }> = {},
): Placed => ({
  at,
  type: "entry",
  nargs: 0,
  guard: 0,
  accepts: 0n,
  minimum: 0n,
  selector: 77n,
  ...more,
});
export const watchCell = (
  at: [number, number],
  target: [number, number],
  more: Partial<{
    state: "armed" | "fired" | "spent";
    kind: bigint;
    condition: number;
    rank: number;
    threshold: bigint;
    trigger: bigint;
  }> = {},
): Placed => ({
  at,
  type: "watch",
  state: "armed",
  target: address(...target),
  kind: 0n,
  condition: 5,
  rank: 0,
  threshold: 0n,
  trigger: 9n,
  ...more,
});

/** For a row whose peer is its actor A: the same header, opened twice. */
export const twice: Omit<Forged, "row"> = { elsewhere: { B: address(A, 0) } };

/** A row that names `named` and opens `opened`. For the machine it names `opened`. */
export const elsewhere = (row: Forged["row"], column: "S" | "D" | "X", opened: number): Forged => {
  const field = ({ S: "source", D: "destination", X: "authority" } as const)[column];
  return { row, elsewhere: { [column]: opened }, machine: { ...row, [field]: opened } };
};

// Common rows.
export const thing = (n: number, quantity: bigint, kind = GOLD) => ({ resource: id(n), kind, quantity });
export const escrow = (n: number, quantity: bigint, from = address(A, 1), to = address(B, 5), deadline = 0) =>
  rowOf("EscrowToProgram", A, { peer: B, source: from, destination: to, deadline, ...thing(n, quantity) });
export const accept = (n: number, quantity: bigint, more = {}) =>
  rowOf("ClaimFromProgram", B, {
    peer: B,
    source: address(B, 5),
    destination: address(B, 6),
    ...thing(n, quantity),
    ...more,
  });
export const claimBy = (n: number, quantity: bigint, authority: number, more = {}) =>
  rowOf("ClaimFromProgram", C, {
    peer: B,
    source: address(B, 5),
    destination: address(C, 1),
    authority,
    ...thing(n, quantity),
    ...more,
  });
export const takeBack = (n: number, quantity: bigint, more = {}) =>
  rowOf("RevokeResource", A, {
    peer: B,
    source: address(B, 5),
    destination: address(A, 6),
    ...thing(n, quantity),
    ...more,
  });
export const call = (more = {}, argument = {}) =>
  rowOf("InvokeProgram", A, {
    peer: B,
    authority: address(B, 3),
    kind: 0n,
    argument: { selector: 77n, nargs: 0, guard: 0, ...argument },
    ...more,
  });
/** A row that creates a program behind another; 0: behind the actor. */
export const create = (actor: number, peer: number, behind = 0) =>
  rowOf("CreateProgram", actor, { peer, authority: behind * 256, argument: { inbox: 4, authority: 0n } });
export const pass = (n: number, quantity: bigint, nargs: number, from = address(A, 1), to = address(B, 5), more = {}) =>
  rowOf("Pass", A, {
    peer: B,
    source: from,
    destination: to,
    authority: address(B, 3),
    ...thing(n, quantity),
    argument: { nargs, guard: 0 },
    ...more,
  });
/** What the n-th deposit brought in. */
export const ether = (n: number, quantity: bigint, kind = ETH) => ({ resource: entered(n), kind, quantity });
/** The chain lets something in, into B's slot 5. */
export const enter = (n: number, quantity: bigint, kind = ETH, more = {}) =>
  rowOf("Enter", A, { peer: B, destination: address(B, 5), ...ether(n, quantity, kind), ...more });
/** The chain takes the n-th deposit out of B's slot 5, as B asked. */
export const eject = (n: number, quantity: bigint, more = {}) =>
  rowOf("Eject", A, { peer: B, source: address(B, 5), ...ether(n, quantity), ...more });
/** The trigger of these cases' watches: C issues a resource to itself. */
export const arrival = [rowOf("Issue", C, { destination: address(C, 9), kind: (BigInt(C) << 32n) + 1n, quantity: 5n })];

/** The same with another amount: not the trigger of a watch. */
export const otherArrival = arrival.map((row) => ({ ...row, quantity: 6n }));

/** The header of a program with an authority: that of the n-th test key. */
export const keyed = (program: number, n: number, inbox = 4): Placed => ({
  at: [program, 0],
  type: "program",
  inbox,
  steps: 0,
  clock: 0,
  authority: authority(n),
  log: 0n,
});

/**
 * Three open programs, unless the cells have others, and the cells. They may be cells that a genesis cannot have, such
 * as fired watches. In a moored map the first program is the chain's.
 */
export function stateWith(inbox: number, cells: readonly Placed[], moored = false): TimeMap {
  const options = { programs: 3, inbox, levels: SMALL.levels };
  const map = moored ? stateOf(mooredWith(options)) : mapWith(options);
  for (const { at, ...cell } of cells) map.write(address(...at), packCell({ ...cell, seq: 0 } as Cell));
  return map;
}
