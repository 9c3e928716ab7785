/**
 * States to forge exits and cells in. Between them, every lane of every node on the two paths is one that an address
 * selects. Holder and program hang on different children of the root, so that the paths part there.
 */
import { address } from "../../../trace/layout.ts";
import type { ExitStatement } from "../../../trace/signing/exitMessage.ts";
import { packCell, type Words } from "../../../trace/state/cells.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority } from "../../lib/authorities.ts";

export const LEVELS = 3;
export const DOMAIN = 7n;
/** Number of the program's key among the test keys, and of a stranger's. */
export const KEY = 1;
export const STRANGER = 2;

/** A state, and what a program wants out of it. */
export interface World {
  readonly map: TimeMap;
  readonly holder: number;
  readonly slot: number;
  readonly wish: Omit<ExitStatement, "w1">;
}

/** First slots of cells nodes: of every depth, and of every child that an address can select. */
const NODES = [0, 1, 2, 3, 4, 5, 10, 15, 20, 21, 26, 31, 37, 42, 53, 63];
/** How many worlds there are. */
export const WORLDS = NODES.length;

export const header = (key: bigint): Words =>
  packCell({ type: "program", inbox: 4, steps: 0, clock: 0, authority: key, log: 0n, seq: 0 });

export const gold = (escrowFrom: number, quantity = 100n, id = 77n): Words =>
  packCell({ type: "resource", watch: 0, kind: 2n ** 32n + 1n, escrowFrom, quantity, id, deadline: 0, seq: 9 });

export const entry = (selector: bigint): Words =>
  packCell({ type: "entry", nargs: 0, guard: 0, accepts: 0n, minimum: 0n, selector, seq: 3 });

const known = new Map<number, World>();

/** The n-th world: a program has given gold to a holder in escrow. Beside the gold lie cells of other sorts. */
export function world(n: number): World {
  const made = known.get(n) ?? worldAt(n % WORLDS);
  known.set(n, made);
  return made;
}

function worldAt(n: number): World {
  const digits = (a: number, b: number, c: number): number => 256 * (a % 16) + 16 * (b % 16) + (c % 16);
  const holder = digits(n, 3 * n + 1, 5 * n + 2);
  const program = digits(n + 5, 7 * n + 3, 11 * n + 6);
  const slot = 4 * (NODES[n] as number) + ((n + 1) % 4);
  const cells = new Map<number, Words>([
    [address(holder, 0), header(authority(STRANGER))],
    [address(program, 0), header(authority(KEY))],
  ]);
  // The gold's neighbours in its node, but for a header.
  for (const bit of [1, 2, 3]) if ((slot ^ bit) !== 0) cells.set(address(holder, slot ^ bit), entry(BigInt(50 + bit)));
  cells.set(address(holder, slot), gold(program));
  const wish = {
    ...{ domain: DOMAIN, address: address(holder, slot), program },
    ...{ recipient: 0xabcdefn << 100n, validUntil: 1_800_000_000 },
  };
  return { map: new TimeMap(LEVELS, cells), holder, slot, wish };
}
