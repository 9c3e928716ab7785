/** Contests: a program took a resource that another could have taken at the same moment, by its own capability. */

import { programOf, RIGHT } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { type CapabilityCell, unpackCell } from "../state/cells.ts";
import { type Checked, type Finding, inOrder, Telling } from "./finding.ts";
import { tokensOf } from "./tokens.ts";

/** An existing capability, and the row that made it; none for those of the genesis. */
interface Lent {
  cell: CapabilityCell;
  made: Transition | undefined;
}

export function findContests({ groups, manifest }: Checked): Finding[] {
  const transitions = groups.flat();
  const tokens = tokensOf(transitions);
  const telling = new Telling(manifest);
  const lent = new Map<number, Lent>();
  const found: Finding[] = [];
  for (const t of transitions) {
    if (t.effect === "ClaimFromProgram" && !tokens.has(t.resource)) {
      const contest = contestOf(t, lent, telling);
      if (contest !== null) found.push(contest);
    }
    for (const { address, after } of Object.values(t.columns)) {
      if (address === 0) continue;
      const cell = unpackCell(after);
      if (cell.type !== "capability") lent.delete(address);
      else if (lent.get(address)?.cell.nonce !== cell.nonce)
        lent.set(address, { cell, made: cell.nonce === t.seq ? t : undefined });
    }
  }
  return found;
}

/** The other programs that could have claimed the row's resource. */
function contestOf(t: Transition, lent: ReadonlyMap<number, Lent>, telling: Telling): Finding | null {
  const thing = unpackCell(t.columns.S.before);
  if (thing.type !== "resource") return null;
  const root = thing.escrowFrom === 0 ? t.peer : thing.escrowFrom;
  const others = [...lent].filter(([address, { cell }]) => {
    const { grantee, rights, scope, subject, expiry } = cell;
    if (grantee === t.actor || (rights & RIGHT.claim) === 0) return false;
    const covers = scope === t.source || (scope === 0 && root === t.peer);
    const fits = subject === 0n || subject === thing.id;
    const lives = (expiry === 0 || t.at < expiry) && (thing.deadline === 0 || t.at < thing.deadline);
    return covers && fits && lives && rootOf(address, lent) === root;
  });
  const holder = t.peer !== t.actor && thing.escrowFrom !== 0 ? [t.peer] : [];
  if (others.length === 0 && holder.length === 0) return null;
  const rivals = inOrder([...holder, ...others.map(([, { cell }]) => cell.grantee)]);
  const rights = others.flatMap(([, { made }]) => (made === undefined ? [] : [made]));
  const lender = telling.names.program(root);
  return {
    id: "race-claim",
    severity: others.length > 0 ? "warning" : "info",
    message: `${telling.transition(t)} took what ${telling.programs(rivals)} could have claimed as well: the first to come gets it${rights.length === 0 ? "" : ` (${rights.map((made) => telling.transition(made)).join("; ")})`}`,
    transitions: inOrder([t.seq, ...rights.map(({ seq }) => seq)]),
    programs: inOrder([t.actor, ...rivals]),
    suggestion:
      others.length > 0
        ? `Let ${lender} lend the claim to one program at a time, and revoke it before the next one gets it; a token that always goes back by a call is a lock, and not accused.`
        : `Escrow to the intended program, or agree that ${telling.programs(holder)} leaves it alone.`,
  };
}

/** The program that granted the first capability of the line; 0 if a link is gone. */
function rootOf(address: number, lent: ReadonlyMap<number, Lent>): number {
  let at = address;
  let cell = lent.get(at)?.cell;
  while (cell !== undefined && cell.parent !== 0) {
    const parent = lent.get(cell.parent)?.cell;
    if (parent === undefined || parent.nonce !== cell.parentNonce || parent.nonce >= cell.nonce) return 0;
    at = cell.parent;
    cell = parent;
  }
  return programOf(at);
}
