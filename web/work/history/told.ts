/** Reports of a state with their words beside them, so that the page makes none. */
import { count } from "../../../trace/describe/count.ts";
import { type Names, type NameTables, ShortNames } from "../../../trace/describe/names.ts";
import { isData } from "../../../trace/layout.ts";
import type {
  AllowedUse,
  CapabilityReport,
  EntryReport,
  ResourceReport,
  WatchReport,
} from "../../../trace/query/index.ts";
import {
  allowedWords,
  capabilityWords,
  conditionWords,
  entryWords,
  escrowRightWords,
  resourceWords,
  watchWords,
} from "../../../trace/query/words.ts";

/** A resource in its slot. */
export interface ToldResource {
  readonly report: ResourceReport;
  /** "100 Gold". */
  readonly amount: string;
  /** The whole sentence, with all numbers. */
  readonly words: string;
  /** Who may do what with it while it is in escrow. */
  readonly rights: readonly string[];
}

export interface ToldCapability {
  readonly report: CapabilityReport;
  readonly words: string;
}

export interface ToldWatch {
  readonly report: WatchReport;
  readonly words: string;
  /** "more than 60 of Gold (kind 4294967297)". */
  readonly condition: string;
}

export interface ToldEntry {
  readonly report: EntryReport;
  readonly words: string;
}

export interface ToldUse {
  readonly use: AllowedUse;
  readonly words: string;
}

/** All of one kind that somebody has. */
export interface KindSum {
  /** In decimal. */
  readonly kind: string;
  /** "Gold". */
  readonly name: string;
  /** "130 Gold"; for data, whose quantities are digests, "2 pieces of data of A". */
  readonly amount: string;
  /** The sum in decimal; null for data. */
  readonly quantity: string | null;
  /** Number of resources. */
  readonly pieces: number;
}

/** Tells reports by the names of one run. */
export class Teller {
  readonly #names: Names;
  readonly #short: ShortNames;

  constructor(names: Names, tables: NameTables) {
    this.#names = names;
    this.#short = new ShortNames(tables);
  }

  resource(report: ResourceReport): ToldResource {
    const amount = this.#short.amount(BigInt(report.quantity), BigInt(report.kind.kind));
    const rights = (report.escrow?.rights ?? []).map((right) => escrowRightWords(right, this.#names));
    return { report, amount, rights, words: resourceWords(report, this.#names) };
  }

  capability(report: CapabilityReport): ToldCapability {
    return { report, words: capabilityWords(report, this.#names) };
  }

  watch(report: WatchReport): ToldWatch {
    const condition = conditionWords(report, this.#names);
    return { report, condition, words: watchWords(report, this.#names) };
  }

  entry(report: EntryReport): ToldEntry {
    return { report, words: entryWords(report, this.#names) };
  }

  use(use: AllowedUse): ToldUse {
    return { use, words: allowedWords(use, this.#names) };
  }

  /** "100 Gold". */
  amount(quantity: bigint, kind: bigint): string {
    return this.#short.amount(quantity, kind);
  }

  /** Sums by kind, in the order of the kinds' numbers. */
  sums(resources: readonly ResourceReport[]): KindSum[] {
    const found = new Map<string, ResourceReport[]>();
    for (const one of resources) {
      const known = found.get(one.kind.kind);
      if (known === undefined) found.set(one.kind.kind, [one]);
      else known.push(one);
    }
    return [...found]
      .map(([kind, all]) => this.sum(BigInt(kind), all))
      .sort((a, b) => (BigInt(a.kind) < BigInt(b.kind) ? -1 : 1));
  }

  /** @param resources all of that kind */
  sum(kind: bigint, resources: readonly ResourceReport[]): KindSum {
    const name = this.#short.kind(kind);
    const pieces = resources.length;
    const facts = { kind: kind.toString(), name, pieces };
    if (isData(kind)) return { ...facts, amount: `${count(pieces, "piece")} of ${name}`, quantity: null };
    const quantity = resources.reduce((sum, one) => sum + BigInt(one.quantity), 0n);
    return { ...facts, amount: this.#short.amount(quantity, kind), quantity: quantity.toString() };
  }
}
