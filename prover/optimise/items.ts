/**
 * The ordering constraints of a trace's groups: the space each takes in a proof, the groups that must come before it,
 * and its latest time.
 *
 * Two groups that open a common cell keep their order, even if both only read it, because reading also writes `seq`. So
 * every cell sees the same groups in the same order: its content, the clocks, and each program's own order stay the
 * same.
 */

import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { issuerOf, makerOf, programOf, slotOf, TRIGGERED_ID } from "../../trace/layout.ts";
import { idMade } from "../../trace/machine/made.ts";
import type { Opened, Row, Transition } from "../../trace/machine/transition.ts";
import { unpackCell } from "../../trace/state/cells.ts";
import { nodeKey } from "../../trace/state/tree.ts";
import { fitsProfile, sizeOf } from "../../trace/tracer/groupSize.ts";
import { touchedNodes } from "../batches/batchInput.ts";
import type { Profile } from "../profiles.ts";
import { wantedSignatures } from "../signing/signatures.ts";

type Group = readonly Transition[];

/** A group to order. */
export interface Item {
  readonly rows: number;
  readonly nodes: readonly number[];
  /** Authorities that sign for it, by program. */
  readonly signers: ReadonlyMap<number, bigint>;
  /** Smallest profile that holds it. */
  readonly profile: Profile;
  /** Groups that must come before it, by index. */
  readonly before: ReadonlySet<number>;
  /** Time when it happened, and the latest time it may be given instead, in seconds since 1970. */
  readonly at: number;
  readonly latest: number;
}

/** The movable groups of a trace. */
export interface Items {
  readonly items: readonly Item[];
  /** Groups below this index stay where they are. */
  readonly fixed: number;
}

/**
 * @param groups of a whole trace, in order; each fits one of the profiles
 * @param triggers the rows behind the digests of its watches
 * @param fixed number of groups that keep their place in any case
 * @param later most seconds by which a group may be delayed
 */
export function itemsOf(
  groups: readonly Group[],
  triggers: TriggerRows,
  profiles: readonly Profile[],
  programs: number,
  fixed: number,
  later: number,
): Items {
  const levels = profiles[0]?.levels ?? 0;
  const names = new Names(groups, triggers, programs);
  const lastAt = new Map<number, number>();
  let stay = fixed;
  const items = groups.map((group, index) => {
    const before = new Set<number>();
    for (const { address } of openedBy(group)) {
      const other = lastAt.get(address);
      if (other !== undefined && other !== index) before.add(other);
      lastAt.set(address, index);
    }
    const named = names.makers(group, index);
    if (named === "unknown") stay = Math.max(stay, index + 1);
    else if (named === "unmade") stay = groups.length;
    else for (const other of named) before.add(other);
    const at = group.at(-1)?.at ?? 0;
    // Rows of one group may have several times. A moved group can only have one.
    if (group[0]?.at !== at) stay = Math.max(stay, index + 1);
    const size = sizeOf(group, levels);
    return {
      rows: group.length,
      nodes: touchedNodes(levels, group).map(nodeKey),
      signers: new Map(wantedSignatures(group).map(({ program, authority }) => [program, authority])),
      profile: profiles.find((profile) => fitsProfile(profile, size)) as Profile,
      before,
      at,
      latest: Math.min(at + later, ...group.flatMap(endsOf)),
    };
  });
  return { items, fixed: stay };
}

function openedBy(group: Group): Opened[] {
  return group.flatMap(({ columns }) => Object.values(columns).filter(({ address }) => address !== 0));
}

/** The last moments at which a row's effect, or a capability it uses, is still valid. */
function endsOf({ effect, at, deadline, columns }: Transition): number[] {
  const ends = [deadline];
  for (const { address, before } of [columns.S, columns.X]) {
    if (address === 0 || slotOf(address) === 0) continue;
    const cell = unpackCell(before);
    if (cell.type === "capability") ends.push(cell.expiry);
    if (cell.type === "resource" && effect === "ClaimFromProgram") ends.push(cell.deadline);
  }
  return ends.filter((end) => end > at).map((end) => end - 1);
}

/** Which groups made the things that others name by number without opening them: ids of resources, programs. */
class Names {
  readonly #programs: number;
  readonly #triggers: TriggerRows;
  readonly #idMaker = new Map<bigint, number>();
  readonly #programMaker = new Map<number, number>();

  constructor(groups: readonly Group[], triggers: TriggerRows, programs: number) {
    this.#triggers = triggers;
    this.#programs = programs;
    for (const [index, group] of groups.entries()) {
      for (const t of group) {
        const id = idMade(t);
        if (id !== undefined) this.#idMaker.set(id, index);
        if (t.effect === "CreateProgram") this.#programMaker.set(t.peer, index);
      }
    }
  }

  /**
   * The groups that made the things this one names. "unknown" if it sets a watch whose trigger was never applied,
   * because the names in that trigger are unknown here. "unmade" if something was named before it existed.
   */
  makers(group: Group, index: number): Set<number> | "unknown" | "unmade" {
    const makers = new Set<number>();
    const rows: Row[] = [...group];
    // A trigger's rows may set watches themselves.
    for (const row of rows) {
      const { trigger } = row.argument;
      const applied = trigger === undefined ? [] : this.#triggers(trigger);
      if (applied === undefined) return "unknown";
      rows.push(...applied);
    }
    for (const maker of rows.flatMap((row) => this.#of(row))) {
      if (maker === undefined || maker > index) return "unmade";
      if (maker !== index) makers.add(maker);
    }
    return makers;
  }

  #of({ actor, peer, source, destination, authority, resource, kind, argument }: Row): (number | undefined)[] {
    const places = [source, destination, authority, argument.scope ?? 0].map(programOf);
    const programs = [actor, peer, issuerOf(kind), ...places].filter((program) => program > this.#programs);
    // Those of the genesis exist from the start.
    const ids = [resource, argument.into ?? 0n].filter((id) => makerOf(id) !== 0 || id >= TRIGGERED_ID);
    return [...programs.map((p) => this.#programMaker.get(p)), ...ids.map((id) => this.#idMaker.get(id))];
  }
}
