/** Answers of the ownership view: what everybody holds and may do at a moment, with words beside the data. */
import {
  type CapabilityAnswer,
  capabilityAt,
  type Moment,
  type ProgramAnswer,
  type ProgramState,
  programAt,
  type ResourceReport,
  resourceAt,
  type Snapshot,
  stateAt,
  type WatchAnswer,
  watchAt,
} from "../../../trace/query/index.ts";
import { kindNumber } from "../../../trace/query/refs.ts";
import type { Claimant } from "../../../trace/query/resource.ts";
import { momentOf } from "../../../trace/query/state.ts";
import { programWords } from "../../../trace/query/words.ts";
import type { TransitionReport } from "../../../verifier/audit/transitionReport.ts";
import { type Descendant, descendantsOf } from "./descendants.ts";
import type { Desk } from "./desk.ts";
import {
  type KindSum,
  Teller,
  type ToldCapability,
  type ToldEntry,
  type ToldResource,
  type ToldUse,
  type ToldWatch,
} from "./told.ts";
import { type Way, Ways } from "./way.ts";
import { type Firing, firingOf } from "./whyFired.ts";

/** The moment, and what its transition did; null for the genesis. */
export interface ToldMoment extends Moment {
  readonly did: TransitionReport | null;
}

/** A program in the overview. */
export interface ProgramCard {
  readonly state: ProgramState;
  readonly sums: readonly KindSum[];
  /** What it owns outright; the first ones. */
  readonly owns: readonly ToldResource[];
  readonly counts: {
    readonly owns: number;
    readonly escrowsHeld: number;
    readonly escrowsGiven: number;
    readonly capabilitiesHeld: number;
    readonly capabilitiesGiven: number;
    readonly entries: number;
    readonly watches: number;
  };
}

export interface Overview {
  readonly moment: ToldMoment;
  readonly programs: readonly ProgramCard[];
  /** All there is, by kind. */
  readonly kinds: readonly KindSum[];
  readonly escrows: readonly ToldResource[];
  readonly capabilities: readonly ToldCapability[];
  readonly watches: readonly ToldWatch[];
}

export interface ProgramView {
  readonly moment: ToldMoment;
  readonly state: ProgramState;
  readonly words: string;
  readonly sums: readonly KindSum[];
  readonly owns: readonly ToldResource[];
  readonly entries: readonly ToldEntry[];
  readonly escrowsHeld: readonly ToldResource[];
  readonly escrowsGiven: readonly ToldResource[];
  readonly capabilitiesHeld: readonly ToldCapability[];
  readonly capabilitiesGiven: readonly ToldCapability[];
  readonly watches: readonly ToldWatch[];
  readonly watchedBy: readonly ToldWatch[];
}

export interface ResourceView {
  readonly moment: ToldMoment;
  readonly resource: string;
  readonly made: number;
  readonly gone: number | null;
  readonly place: ToldResource | null;
  readonly claimants: readonly Claimant[];
  readonly way: Way;
}

export interface CapabilityView {
  readonly moment: ToldMoment;
  readonly capability: ToldCapability;
  readonly revoked: number | null;
  /** The first of the line first, without the capability itself. */
  readonly line: readonly ToldCapability[];
  /** All that end with it. */
  readonly descendants: readonly Descendant[];
  readonly allows: readonly ToldUse[];
  readonly uses: CapabilityAnswer["uses"];
}

export interface WatchView {
  readonly moment: ToldMoment;
  readonly watch: ToldWatch;
  readonly removed: number | null;
  /** What lies in the watched slot: "100 Gold"; null for nothing. */
  readonly found: { readonly resource: string; readonly kind: string; readonly amount: string } | null;
  readonly asks: WatchAnswer["asks"];
  readonly firing: Firing | null;
}

export interface KindView {
  readonly moment: ToldMoment;
  readonly kind: KindSum;
  readonly holders: readonly {
    readonly program: ResourceReport["slot"]["program"];
    readonly sum: KindSum;
    /** Its part of all, 0 to 1; null for data. */
    readonly share: number | null;
  }[];
  readonly resources: readonly ToldResource[];
}

/** Most resources on a card of the overview. */
const ON_CARD = 6;

export class Ownership {
  readonly #desk: Desk;
  readonly #teller: Teller;
  /** Made when first asked for: it takes a pass over all transitions. */
  #ways: Ways | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#teller = new Teller(desk.history.names, desk.tables);
  }

  /** @throws InvalidInputError if there is no such transition */
  moment(at: number): ToldMoment {
    return this.#moment(momentOf(this.#desk.snapshot(at)));
  }

  overview(at: number): Overview {
    const snapshot = this.#desk.snapshot(at);
    const { programs, escrows, capabilities, watches, ...moment } = stateAt(snapshot);
    const teller = this.#teller;
    const escrowsHeld = countBy(escrows, ({ slot }) => slot.program.program);
    const escrowsGiven = countBy(escrows, ({ escrow }) => escrow?.from.program);
    const held = countBy(capabilities, ({ grantee }) => grantee.program);
    const given = countBy(capabilities, ({ slot }) => slot.program.program);
    const watching = countBy(watches, ({ slot }) => slot.program.program);
    return {
      moment: this.#moment(moment),
      programs: programs.map(({ owns, entries, ...state }) => ({
        state,
        sums: teller.sums(owns),
        owns: owns.slice(0, ON_CARD).map((one) => teller.resource(one)),
        counts: {
          owns: owns.length,
          escrowsHeld: escrowsHeld.get(state.program) ?? 0,
          escrowsGiven: escrowsGiven.get(state.program) ?? 0,
          capabilitiesHeld: held.get(state.program) ?? 0,
          capabilitiesGiven: given.get(state.program) ?? 0,
          entries: entries.length,
          watches: watching.get(state.program) ?? 0,
        },
      })),
      kinds: teller.sums([...programs.flatMap(({ owns }) => owns), ...escrows]),
      escrows: escrows.map((one) => teller.resource(one)),
      capabilities: capabilities.map((one) => teller.capability(one)),
      watches: watches.map((one) => teller.watch(one)),
    };
  }

  /** @throws InvalidInputError as `programAt` does, and so on for the others */
  program(at: number, which: string): ProgramView {
    const answer: ProgramAnswer = programAt(this.#desk.snapshot(at), which);
    const teller = this.#teller;
    const { program, escrowsHeld, escrowsGiven, capabilitiesHeld, capabilitiesGiven, watches, watchedBy } = answer;
    const { owns, entries, ...state } = program;
    const resources = (all: readonly ResourceReport[]) => all.map((one) => teller.resource(one));
    return {
      moment: this.#moment(answer),
      ...{ state, words: programWords(state, this.#desk.history.names), sums: teller.sums(owns) },
      ...{ owns: resources(owns), escrowsHeld: resources(escrowsHeld), escrowsGiven: resources(escrowsGiven) },
      entries: entries.map((one) => teller.entry(one)),
      capabilitiesHeld: capabilitiesHeld.map((one) => teller.capability(one)),
      capabilitiesGiven: capabilitiesGiven.map((one) => teller.capability(one)),
      watches: watches.map((one) => teller.watch(one)),
      watchedBy: watchedBy.map((one) => teller.watch(one)),
    };
  }

  resource(at: number, which: string): ResourceView {
    const answer = resourceAt(this.#desk.snapshot(at), which);
    const { resource, made, gone, place, claimants } = answer;
    this.#ways ??= new Ways(this.#desk.history, this.#teller);
    return {
      moment: this.#moment(answer),
      ...{ resource, made, gone, claimants, place: place === null ? null : this.#teller.resource(place) },
      way: this.#ways.of(BigInt(resource), at),
    };
  }

  capability(at: number, which: string): CapabilityView {
    const snapshot = this.#desk.snapshot(at);
    const answer = capabilityAt(snapshot, which);
    const { capability, revoked, line, allows, uses } = answer;
    const teller = this.#teller;
    return {
      moment: this.#moment(answer),
      ...{ capability: teller.capability(capability), revoked, uses },
      line: line.toReversed().map((one) => teller.capability(one)),
      descendants: descendantsOf(snapshot, capability, teller),
      allows: allows.map((one) => teller.use(one)),
    };
  }

  watch(at: number, which: string): WatchView {
    const snapshot = this.#desk.snapshot(at);
    const answer = watchAt(snapshot, which);
    const { watch, removed, found, asks } = answer;
    const target = snapshot.map.cell(watch.target.address);
    return {
      moment: this.#moment(answer),
      ...{ watch: this.#teller.watch(watch), removed, asks },
      found:
        found === null || target.type !== "resource"
          ? null
          : {
              resource: found.resource,
              kind: found.kind.kind,
              amount: this.#teller.amount(target.quantity, target.kind),
            },
      firing: firingOf(this.#desk.history, watch, this.#teller),
    };
  }

  /** @param which number or name @throws InvalidInputError listing the kinds */
  kind(at: number, which: string): KindView {
    const snapshot = this.#desk.snapshot(at);
    const { programs, escrows } = stateAt(snapshot);
    const all = [...programs.flatMap(({ owns }) => owns), ...escrows];
    const kind = this.#kindAsked(snapshot, which);
    const own = all.filter((one) => one.kind.kind === kind.toString());
    const sum = this.#teller.sum(kind, own);
    const holders = [...new Set(own.map(({ slot }) => slot.program.program))].map((program) => {
      const held = own.filter(({ slot }) => slot.program.program === program);
      const part = this.#teller.sum(kind, held);
      return { program: this.#desk.history.names.ref(program), sum: part, share: shareOf(part, sum) };
    });
    return {
      moment: this.#moment(momentOf(snapshot)),
      kind: sum,
      holders: holders.sort((a, b) => (b.share ?? b.sum.pieces) - (a.share ?? a.sum.pieces)),
      resources: own.map((one) => this.#teller.resource(one)),
    };
  }

  /** Kinds that were there at any time can be asked for, so that the slider can pass their end. */
  #kindAsked({ history }: Snapshot, which: string): bigint {
    const there = new Set<bigint>();
    for (const { cell } of history.genesis.cells) if (cell.type === "resource") there.add(cell.kind);
    for (const { kind } of history.transitions) if (kind !== 0n) there.add(kind);
    return kindNumber(which, there, history.names);
  }

  #moment({ seq, transitions, at, within }: Moment): ToldMoment {
    const t = this.#desk.history.transitions[seq - 1];
    return { seq, transitions, at, within, did: t === undefined ? null : this.#desk.story(t) };
  }
}

function countBy<Of>(all: readonly Of[], programIn: (one: Of) => number | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  for (const one of all) {
    const program = programIn(one);
    if (program !== undefined) counts.set(program, (counts.get(program) ?? 0) + 1);
  }
  return counts;
}

/** In millionths, so that large quantities lose nothing that a bar could show. */
function shareOf({ quantity }: KindSum, { quantity: whole }: KindSum): number | null {
  if (quantity === null || whole === null || whole === "0") return null;
  return Number((BigInt(quantity) * 1_000_000n) / BigInt(whole)) / 1_000_000;
}
