/** The state that a trace begins with: its programs and the contents of their slots. */

import { count } from "../describe/count.ts";
import { InvalidInputError } from "../errors.ts";
import {
  address,
  CHAIN,
  CHAIN_AUTHORITY,
  issuerOf,
  MOORED_LEVELS,
  makerOf,
  NO_INBOX,
  programOf,
  RIGHT,
  slotOf,
  TRIGGERED_ID,
  WATCHES,
} from "../layout.ts";
import { isAuthority } from "./authority.ts";
import { type Cell, packCell } from "./cells.ts";
import { TimeMap } from "./timeMap.ts";
import { firstLeaf } from "./tree.ts";

/** Watches per slot that any map accepts. If a map's profiles hold fewer, the map's own slots decide. */
export const USUAL_WATCHES = 2;

/** One cell of a genesis. */
export interface GenesisCell {
  address: number;
  cell: Cell;
}
/** A whole genesis; cells are in order of their addresses. */
export interface Genesis {
  /** Levels of programs in the tree: 16^levels − 1 programs fit. */
  levels: number;
  /** Armed watches that a slot may have, 1 to 4; 2 by default. */
  watches?: number;
  /** Whether the map publishes its rows on its chain; false by default. */
  moored?: boolean;
  cells: readonly GenesisCell[];
}

/** Armed watches that a slot may have in the genesis' map. */
export function watchesOf({ watches = USUAL_WATCHES }: Genesis): number {
  return watches;
}

/** Whether the map of the genesis publishes its rows on its chain. */
export function isMoored({ moored = false }: Genesis): boolean {
  return moored;
}

/** The time map that the genesis describes. @throws InvalidInputError naming the cell and the field */
export function mapOf(genesis: Genesis): TimeMap {
  checkGenesis(genesis);
  return new TimeMap(
    genesis.levels,
    genesis.cells.map(({ address, cell }) => [address, packCell(cell)] as const),
    watchesOf(genesis),
    isMoored(genesis),
  );
}

/** Number of programs in a genesis. */
export function programsOf(genesis: Genesis): number {
  return genesis.cells.reduce((count, { cell }) => count + (cell.type === "program" ? 1 : 0), 0);
}

/** Whether the genesis is that of a closed map: none of its programs is open, so none ever will be. */
export function isClosed(genesis: Genesis): boolean {
  return genesis.cells.every(({ cell }) => cell.type !== "program" || cell.authority !== 0n);
}

/**
 * Checks that the rules could continue from a genesis.
 * @throws InvalidInputError naming the cell and the field
 */
export function checkGenesis(genesis: Genesis): void {
  if (isMoored(genesis)) {
    requireMoored(genesis);
    return;
  }
  const programs = programsOf(genesis);
  const watches = watchesOf(genesis);
  if (!Number.isSafeInteger(watches) || watches < 1 || watches > WATCHES) {
    throw new InvalidInputError("watches", `is 1 to ${WATCHES}, the armed watches that a slot may have`);
  }
  if (programs === 0) throw new InvalidInputError("cells", "a genesis needs at least one program");
  if (programs >= firstLeaf(genesis.levels)) {
    throw new InvalidInputError(
      "levels",
      `${count(programs, "program")} do not fit in ${count(genesis.levels, "level")}; use more levels`,
    );
  }
  let before = 0;
  const ids = new Set<bigint>();
  for (const { address: at, cell } of genesis.cells) {
    const where = `cells[${at}]`;
    if (!Number.isSafeInteger(at) || at <= before)
      throw new InvalidInputError(where, "addresses are whole numbers in rising order");
    before = at;
    if (programOf(at) < 1 || programOf(at) > programs) {
      throw new InvalidInputError(
        where,
        `lies in program ${programOf(at)}, but the programs run from 1 to ${programs}, without gaps`,
      );
    }
    if ((slotOf(at) === 0) !== (cell.type === "program"))
      throw new InvalidInputError(where, "a header lies in slot 0, and nothing else does");
    if (cell.seq !== 0)
      throw new InvalidInputError(`${where}.seq`, "is 0 in a genesis: no transition has opened it yet");
    packed(where, cell);
    checkCell(where, at, cell, programs, ids);
  }
  for (const { address: at, cell } of genesis.cells) {
    // Any other id would be lent before its resource exists, and could become any resource.
    if (cell.type !== "capability" || cell.subject === 0n || ids.has(cell.subject)) continue;
    throw new InvalidInputError(`cells[${at}].subject`, "is 0, or the id of a resource of the genesis");
  }
}

/** The genesis of every moored map: program 1, which stands for the chain, and nothing else. */
export const MOORED_GENESIS: Genesis = {
  levels: MOORED_LEVELS,
  moored: true,
  cells: [
    {
      address: address(CHAIN, 0),
      cell: { type: "program", inbox: NO_INBOX, steps: 0, clock: 0, authority: CHAIN_AUTHORITY, log: 0n, seq: 0 },
    },
  ],
};

/** The registry knows one root. So nobody begins a moored map with assets that were never paid in. */
function requireMoored(genesis: Genesis): void {
  const { levels, cells } = MOORED_GENESIS;
  const [own, ...more] = genesis.cells;
  const [chain] = cells;
  const same = own?.address === chain?.address && own !== undefined && chain !== undefined;
  const alike = same && packCell(own.cell).every((word, i) => word === packCell(chain.cell)[i]);
  if (genesis.levels === levels && watchesOf(genesis) === USUAL_WATCHES && alike && more.length === 0) return;
  throw new InvalidInputError(
    "moored",
    `a moored map has ${count(levels, "level")}, ${count(USUAL_WATCHES, "watch")} a slot, and begins with the chain's ` +
      "program alone; take MOORED_GENESIS, and create the other programs in the scenario",
  );
}

/** All rights. */
const RIGHTS = Object.values(RIGHT).reduce((all, right) => all | right, 0);

function packed(where: string, cell: Cell): void {
  try {
    packCell(cell);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      throw new InvalidInputError(`${where}.${error.field}`, error.message.slice(error.field.length + 2), {
        cause: error,
      });
    }
    throw error;
  }
}

function checkCell(where: string, at: number, cell: Cell, programs: number, ids: Set<bigint>): void {
  const exists = (field: string, program: number): void => {
    if (program < 1 || program > programs)
      throw new InvalidInputError(`${where}.${field}`, `program ${program} does not exist`);
  };
  switch (cell.type) {
    case "empty":
      throw new InvalidInputError(where, "holds nothing; leave it out");
    case "program":
      if (cell.authority !== 0n && !isAuthority(cell.authority))
        throw new InvalidInputError(`${where}.authority`, "is no key that can sign; 0 is an open program");
      // No program makes more steps than there are transitions, so the circuit need not check that another step fits.
      if (cell.steps !== 0) throw new InvalidInputError(`${where}.steps`, "is 0 in a genesis: nothing was done yet");
      // Otherwise its creator could choose the digest of a later group, and the circuit would take the program's row
      // for a second row of that group.
      if (cell.clock !== 0) throw new InvalidInputError(`${where}.clock`, "is 0 in a genesis: nothing was done yet");
      if (cell.log !== 0n) throw new InvalidInputError(`${where}.log`, "is 0 in a genesis: nothing was done yet");
      return;
    case "resource":
      if (cell.id === 0n || makerOf(cell.id) !== 0 || cell.id >= TRIGGERED_ID) {
        throw new InvalidInputError(
          `${where}.id`,
          "is 1 to 2^32 - 1 in a genesis: greater ids tell who made a resource",
        );
      }
      if (cell.watch !== 0) throw new InvalidInputError(`${where}.watch`, "is 0 in a genesis, which holds no watches");
      if (ids.has(cell.id))
        throw new InvalidInputError(`${where}.id`, `${cell.id} is taken; every resource has its own id`);
      ids.add(cell.id);
      if (cell.quantity === 0n) throw new InvalidInputError(`${where}.quantity`, "is at least 1");
      exists("kind", issuerOf(cell.kind));
      if (cell.escrowFrom === 0) {
        if (cell.deadline !== 0) throw new InvalidInputError(`${where}.deadline`, "is 0 for a resource owned outright");
        return;
      }
      exists("escrowFrom", cell.escrowFrom);
      if (cell.escrowFrom === programOf(at)) throw new InvalidInputError(`${where}.escrowFrom`, "is another program");
      return;
    case "capability":
      exists("grantee", cell.grantee);
      if (cell.grantee === programOf(at)) throw new InvalidInputError(`${where}.grantee`, "is another program");
      for (const field of ["nonce", "parent", "parentNonce"] as const) {
        if (cell[field] !== 0) throw new InvalidInputError(`${where}.${field}`, "is 0 in a genesis");
      }
      if (cell.scope !== 0) exists("scope", programOf(cell.scope));
      if (cell.rights === 0 || (cell.rights & ~RIGHTS) !== 0)
        throw new InvalidInputError(`${where}.rights`, `is a set of rights, 1 to ${RIGHTS}`);
      return;
    case "entry":
      return;
    case "watch":
      // A trigger is a digest: its effects could not be read, and no key would have signed them.
      throw new InvalidInputError(
        where,
        "is a watch, and a genesis holds none; set it in the run, where its owner signs it",
      );
  }
}

/** Headers of `count` open programs, to begin a genesis with. */
export function openPrograms(count: number, inbox: number): GenesisCell[] {
  return keyedPrograms(new Array<bigint>(count).fill(0n), inbox);
}

/** Headers of a program for each of the authorities, to begin a genesis with; 0 = open. */
export function keyedPrograms(authorities: readonly bigint[], inbox: number): GenesisCell[] {
  return authorities.map((authority, i) => ({
    address: address(i + 1, 0),
    cell: { type: "program", inbox, steps: 0, clock: 0, authority, log: 0n, seq: 0 },
  }));
}
