/** Words for the numbers of a trace: what the manifest calls them, or else the number. */
import { inOneLine } from "./errors.ts";
import { CONDITION, isData, issuerOf, programOf, RIGHT, slotOf } from "./layout.ts";
import type { Manifest } from "./manifest.ts";

/** A program by number and, if the manifest has one, name. */
export interface ProgramRef {
  program: number;
  name: string | null;
}

type NameTables = Pick<Manifest, "programs" | "kinds" | "functions" | "slots">;

/** Names for numbers. They are anybody's: each is made to stay in its line, and to tell a terminal nothing. */
export class Names {
  readonly #manifest: NameTables;

  constructor(manifest: NameTables) {
    this.#manifest = manifest;
  }
  ref(program: number): ProgramRef {
    return { program, name: shown(this.#manifest.programs[program]) ?? null };
  }
  /** "A", or "program 3". */
  program(program: number): string {
    return programText(this.ref(program));
  }
  kindRef(kind: bigint): { kind: string; name: string | null } {
    return { kind: kind.toString(), name: shown(this.#manifest.kinds[kind.toString()]) ?? null };
  }
  /** "Gold", or "kind 4294967297"; "data of A". */
  kind(kind: bigint): string {
    if (isData(kind)) return `data of ${this.program(issuerOf(kind))}`;
    const { name } = this.kindRef(kind);
    return name ?? `kind ${kind}`;
  }
  /** "100 Gold"; of data, whose quantity is a digest, "data of A (digest 1f2e3d4c…)". */
  amount(quantity: bigint, kind: bigint): string {
    return isData(kind) ? `${this.kind(kind)} (digest ${digestText(quantity)})` : `${quantity} ${this.kind(kind)}`;
  }
  /** "silverArrived", or the selector's first digits. */
  selector(selector: bigint): string {
    return shown(this.#manifest.functions[selector.toString()]) ?? `selector ${selector.toString().slice(0, 12)}…`;
  }
  /** "B's slot 200 (Silver)". */
  slot(address: number): string {
    const name = shown(this.#manifest.slots[address]);
    const where = `${this.program(programOf(address))}'s slot ${slotOf(address)}`;
    return name === undefined ? where : `${where} (${name})`;
  }
}

function shown(name: string | undefined): string | undefined {
  return name === undefined ? undefined : inOneLine(name);
}

/** A digest of data as people compare it. */
export function digestText(quantity: bigint): string {
  return `${quantity.toString(16).padStart(32, "0").slice(0, 8)}…`;
}

/** "A", or "program 3". */
export function programText({ program, name }: ProgramRef): string {
  return name ?? `program ${program}`;
}

/** Name of a condition's number. */
export function conditionName(condition: number): string {
  return Object.entries(CONDITION).find(([, number]) => number === condition)?.[0] ?? `condition ${condition}`;
}

/** Names of the rights in a bit set. */
export function rightNames(rights: number): string {
  const set = Object.entries(RIGHT).filter(([, bit]) => (rights & bit) !== 0);
  return set.map(([name]) => name).join(" and ");
}

/** Seconds since 1970 as UTC text; what a calendar cannot hold, as a number. */
export function time(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace(".000Z", "Z");
}
