/**
 * Plans the batches of the unproven part of a trace from the sizes of its groups, as `batchesOf` cuts its transitions.
 */
import { GroupSizeError } from "../../../prover/batches/batcher.ts";
import type { Profile } from "../../../prover/profiles.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { fitsProfile } from "../../../trace/tracer/groupSize.ts";
import type { MeasuredGroups, MeasuredSignature } from "./measure.ts";

/** A batch to be proven, and the signatures that it needs. */
export interface PlannedBatch {
  firstSeq: number;
  lastSeq: number;
  /** Time of its last transition. */
  until: number;
  /** By program. */
  wanted: Omit<MeasuredSignature, "index">[];
}

interface Group {
  firstSeq: number;
  lastSeq: number;
  until: number;
  nodes: Float64Array;
  wanted: readonly MeasuredSignature[];
}

/** A batch being filled. */
interface Filling extends PlannedBatch {
  profile: Profile;
  nodes: Set<number>;
  /** By program. */
  signers: Map<number, MeasuredSignature>;
}

export class Plan {
  /** Batches that need a signature. */
  readonly batches: PlannedBatch[] = [];
  /** Why there is no further batch. */
  failure: TimeBanditsError | undefined;
  readonly #profiles: () => readonly Profile[];
  #filling: Filling | undefined;

  /** @param profiles of the map, in order of preference; asked when there is a group */
  constructor(profiles: () => readonly Profile[]) {
    this.#profiles = profiles;
  }

  /** Takes the next groups. */
  take(measured: MeasuredGroups): void {
    for (const group of groupsIn(measured)) {
      if (this.failure !== undefined) return;
      try {
        this.#add(group);
      } catch (error) {
        if (!(error instanceof TimeBanditsError)) throw error;
        this.failure = error;
      }
    }
  }

  /** Ends the last batch. After a failure it stays open, and is none. */
  finish(): void {
    if (this.failure === undefined) this.#close();
  }

  #add(group: Group): void {
    if (this.#filling !== undefined && hasRoom(this.#filling, group)) {
      fill(this.#filling, group);
      return;
    }
    const next = this.#begin(group);
    this.#close();
    this.#filling = next;
  }

  #begin(group: Group): Filling {
    const { firstSeq, lastSeq, until } = group;
    const size = { rows: lastSeq - firstSeq + 1, nodes: group.nodes.length, signatures: group.wanted.length };
    const profiles = this.#profiles();
    const profile = profiles.find((each) => fitsProfile(each, size));
    if (profile === undefined) throw new GroupSizeError([{ seq: firstSeq }, { seq: lastSeq }], size, profiles);
    const filling = { profile, firstSeq, lastSeq, until, wanted: [], nodes: new Set<number>(), signers: new Map() };
    fill(filling, group);
    return filling;
  }

  #close(): void {
    if (this.#filling === undefined) return;
    const { firstSeq, lastSeq, until, signers } = this.#filling;
    this.#filling = undefined;
    if (signers.size === 0) return;
    const wanted = [...signers.values()]
      .sort((a, b) => a.program - b.program)
      .map(({ program, authority, log }) => ({ program, authority, log }));
    this.batches.push({ firstSeq, lastSeq, until, wanted });
  }
}

/** Whether the batch still fits its profile with the group, and no program acts under two authorities. */
function hasRoom({ profile, firstSeq, nodes, signers }: Filling, group: Group): boolean {
  let signatures = signers.size;
  for (const { program, authority } of group.wanted) {
    const known = signers.get(program);
    if (known === undefined) signatures++;
    else if (known.authority !== authority) return false;
  }
  const rows = group.lastSeq - firstSeq + 1;
  if (!fitsProfile(profile, { rows, nodes: nodes.size, signatures })) return false;
  let all = nodes.size;
  for (const node of group.nodes) if (!nodes.has(node)) all++;
  return all <= profile.nodes;
}

function fill(filling: Filling, { lastSeq, until, nodes, wanted }: Group): void {
  filling.lastSeq = lastSeq;
  filling.until = until;
  for (const node of nodes) filling.nodes.add(node);
  // The last one has the log that the batch leaves.
  for (const each of wanted) filling.signers.set(each.program, each);
}

function* groupsIn({ places, counts, nodes, wanted }: MeasuredGroups): Generator<Group> {
  let [at, next] = [0, 0];
  for (const [index, count] of counts.entries()) {
    const own: MeasuredSignature[] = [];
    for (let each = wanted[next]; each?.index === index; each = wanted[++next]) own.push(each);
    const [firstSeq = 0, lastSeq = 0, until = 0] = places.subarray(3 * index, 3 * index + 3);
    yield { firstSeq, lastSeq, until, nodes: nodes.subarray(at, at + count), wanted: own };
    at += count;
  }
}
