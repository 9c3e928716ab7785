/** Maps references to resources, and kinds to names. */

import type { MemorySlot, ProgramId } from "../../effects/effects.ts";
import { InvalidInputError, RefusedError } from "../../errors.ts";
import { address, DATA_LABEL, issuerOf, kindOf, kindText, labelOf } from "../../layout.ts";
import type { ResourceCell } from "../../state/cells.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import type { Held } from "../requests.ts";

interface Holding {
  program: ProgramId;
  slot: MemorySlot;
  id: bigint;
}

/** First label of lock tokens. From here on, labels are reserved for the layers, up to the data label. */
const FIRST_TOKEN = 2 ** 31;

export class Holdings {
  readonly #tracer: Tracer;
  readonly #holdings = new Map<number, Holding>();
  readonly #kinds = new Map<string, bigint>();
  readonly #labels = new Map<string, number>();
  #made = 0;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    // When a run continues, its earlier labels are taken, even if the manifest has other names for them.
    for (const { effect, kind } of tracer.transitions) if (effect === "Issue") this.#takeLabel(kind);
  }

  /** A reference to the resource in a slot. @throws RefusedError if the slot holds no resource */
  hold(program: ProgramId, slot: MemorySlot): Held {
    const { id, kind, quantity } = this.#thing(program, slot);
    this.#made++;
    this.#holdings.set(this.#made, { program, slot, id });
    return { ref: this.#made, program, kind, name: this.nameOf(kind), id, quantity };
  }

  /**
   * New references to all resources that the program owns outright and has no reference to, except tokens of locks and
   * of data.
   */
  unheld(program: ProgramId): Held[] {
    const held = new Set([...this.#holdings.values()].flatMap((each) => (each.program === program ? [each.slot] : [])));
    const free = this.#tracer
      .program(program)
      .memory()
      .filter(({ slot, cell }) => {
        if (cell.type !== "resource" || cell.escrowFrom !== 0 || held.has(slot)) return false;
        return labelOf(cell.kind) < FIRST_TOKEN;
      });
    return free.map(({ slot }) => this.hold(program, slot));
  }

  /** The slot of a reference. @throws RefusedError if the resource is no longer there, or never was the program's */
  slotOf(program: ProgramId, ref: number): MemorySlot {
    const held = this.#holdings.get(ref);
    if (held?.program !== program || !this.#isThere(held)) {
      throw new RefusedError(
        "no-double-spend",
        `program ${program} does not have this resource; it was moved or never there`,
      );
    }
    return held.slot;
  }

  /** Whether the program still has it. */
  has(program: ProgramId, ref: number): boolean {
    const held = this.#holdings.get(ref);
    return held !== undefined && held.program === program && this.#isThere(held);
  }

  /** Its quantity. */
  quantityOf(program: ProgramId, ref: number): bigint {
    return this.#thing(program, this.slotOf(program, ref)).quantity;
  }
  /** Its permanent number. */
  idOf(program: ProgramId, ref: number): bigint {
    return this.idIn(program, this.slotOf(program, ref));
  }
  /** Its kind. */
  kindOf(program: ProgramId, ref: number): bigint {
    return this.kindIn(program, this.slotOf(program, ref));
  }
  /** The kind of the resource in a slot. */
  kindIn(program: ProgramId, slot: MemorySlot): bigint {
    return this.#thing(program, slot).kind;
  }
  /** The number of the resource in a slot. */
  idIn(program: ProgramId, slot: MemorySlot): bigint {
    return this.#thing(program, slot).id;
  }

  /** Ends a reference to a resource that has left. */
  drop(ref: number): void {
    this.#holdings.delete(ref);
  }

  /** The kind that a program issues under a name; the first time, it takes the next label. */
  kindNamed(issuer: ProgramId, name: string): bigint {
    return this.#labelled(issuer, `${issuer} ${name}`, name, `${issuer}`, 1);
  }

  /** The kind of a lock's tokens; every lock has its own. */
  tokenKind(issuer: ProgramId, lock: string): bigint {
    return this.#labelled(issuer, `token ${issuer} ${lock}`, lock, `token ${issuer}`, FIRST_TOKEN);
  }

  /** The kind of a program's values: data that it sends. */
  valueKind(issuer: ProgramId): bigint {
    const kind = kindOf(issuer, DATA_LABEL);
    this.#tracer.manifest.kinds[kind.toString()] ??= `data of ${this.programName(issuer)}`;
    return kind;
  }

  nameOf(kind: bigint): string {
    return this.#tracer.manifest.kinds[kind.toString()] ?? kindText(kind);
  }

  programName(program: ProgramId): string {
    return this.#tracer.manifest.programs[program.toString()] ?? `program ${program}`;
  }

  #labelled(issuer: ProgramId, key: string, name: string, counter: string, first: number): bigint {
    const known = this.#kinds.get(key) ?? this.#named(issuer, name, first);
    if (known !== undefined) {
      this.#kinds.set(key, known);
      return known;
    }
    const label = this.#labels.get(counter) ?? first;
    if (label === DATA_LABEL) throw new InvalidInputError("kind", `program ${issuer} has no label left for ${name}`);
    this.#labels.set(counter, label + 1);
    const kind = kindOf(issuer, label);
    this.#kinds.set(key, kind);
    this.#tracer.manifest.kinds[kind.toString()] = name;
    return kind;
  }

  /** A kind that the manifest knew under the name before: one of the genesis. */
  #named(issuer: ProgramId, name: string, first: number): bigint | undefined {
    if (first !== 1) return undefined;
    const entry = Object.entries(this.#tracer.manifest.kinds).find(
      ([kind, known]) => known === name && issuerOf(BigInt(kind)) === issuer && labelOf(BigInt(kind)) < FIRST_TOKEN,
    );
    if (entry === undefined) return undefined;
    this.#takeLabel(BigInt(entry[0]));
    return BigInt(entry[0]);
  }

  /** Gives the label of a kind to no other. */
  #takeLabel(kind: bigint): void {
    const label = labelOf(kind);
    if (label === DATA_LABEL) return;
    const counter = label < FIRST_TOKEN ? `${issuerOf(kind)}` : `token ${issuerOf(kind)}`;
    this.#labels.set(counter, Math.max(this.#labels.get(counter) ?? 1, label + 1));
  }

  #thing(program: ProgramId, slot: MemorySlot): ResourceCell {
    const cell = this.#tracer.map.cell(address(program, slot));
    if (cell.type === "resource") return cell;
    throw new RefusedError(
      "no-double-spend",
      `slot ${slot} of program ${program} holds no resource; it was moved or never there`,
    );
  }

  #isThere({ program, slot, id }: Holding): boolean {
    const cell = this.#tracer.map.cell(address(program, slot));
    return cell.type === "resource" && cell.id === id && cell.escrowFrom === 0;
  }
}
