/**
 * Programs with correct dealings in any order. They have no findings, and a place to plant a fault.
 */
import type { Place } from "../../trace/effects/effects.ts";
import { kindOf } from "../../trace/layout.ts";
import type { ProgramHandle } from "../../trace/tracer/programHandle.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { genesisWith } from "./build.ts";

/** The number of programs. The first one has two locks. */
export const PROGRAMS = 4;
const INBOX = 16;
/** No dealing uses these slots. They are for planted faults. */
export const SPARE = 240;
const SOON = 5_000;

export const DEALINGS = ["escrow", "call", "loan", "join", "watch", "lock", "split"] as const;
/** A dealing of two programs, by their numbers from 0. */
export interface Dealing {
  what: (typeof DEALINGS)[number];
  from: number;
  to: number;
}

/** The two locks at program 1: the places of their tokens, and the capabilities of the others to claim them. */
export interface Locks {
  places: readonly [Place, Place];
  by: ReadonlyMap<number, readonly [Place, Place]>;
}

export class World {
  readonly tracer: Tracer;
  readonly locks: Locks;

  constructor(tracer: Tracer = Tracer.from(genesisWith({ programs: PROGRAMS, inbox: INBOX }))) {
    this.tracer = tracer;
    for (let program = 1; program <= PROGRAMS; program++) {
      this.program(program).declareEntry({ name: "pay", accepts: this.kind(1), slot: 1 });
    }
    this.locks = this.#makeLocks();
  }

  program(id: number): ProgramHandle {
    return this.tracer.program(id);
  }
  kind(program: number): bigint {
    return kindOf(program, 1);
  }

  /** A dealing of two programs, from beginning to end. */
  deal({ what, from, to }: Dealing): void {
    const a = this.program(1 + (from % PROGRAMS));
    const b = this.program(1 + ((from + 1 + (to % (PROGRAMS - 1))) % PROGRAMS));
    const coin = (): number => a.issue({ kind: this.kind(a.id), quantity: 5n }).slot;
    switch (what) {
      case "escrow":
        b.retire({ slot: b.claimFromProgram({ from: a.escrowToProgram({ from: coin(), to: b.id }) }).slot });
        return;
      case "call": {
        const one = this.program(1);
        const other = b.id === 1 ? a : b;
        const slot = one.issue({ kind: this.kind(1), quantity: 5n }).slot;
        const group = one.invokeProgram({ program: other.id, name: "pay", args: [{ from: slot }] });
        other.retire({ slot: (group[1]?.destination ?? 0) % 256 });
        return;
      }
      case "loan": {
        const slot = coin();
        const right = a.delegateCapability({ grantee: b.id, rights: ["claim"], scope: a.place(slot), expiry: SOON });
        b.retire({ slot: b.claimFromProgram({ from: a.place(slot), by: right }).slot });
        a.revokeCapability({ slot: right.slot });
        return;
      }
      case "join":
        a.joinWith([{ program: b.id, steps: 1 }]);
        return;
      case "watch": {
        const watch = b.watchResource({ target: b.place(SPARE - 1), condition: "arrival" });
        const place = a.escrowToProgram({ from: coin(), to: b.place(SPARE - 1) });
        b.retire({ slot: b.claimFromProgram({ from: place }).slot });
        b.clear({ slot: watch.slot });
        return;
      }
      case "lock":
        this.nest(a.id === 1 ? b.id : a.id, 0, 1);
        return;
      case "split": {
        const slot = coin();
        a.merge({ from: a.split({ from: slot, part: 2n }).slot, to: slot });
        a.retire({ slot });
      }
    }
  }

  /** A program takes one lock and within it the other, and gives both back. */
  nest(program: number, outer: 0 | 1, inner: 0 | 1): void {
    const p = this.program(program);
    const by = this.locks.by.get(program);
    const slots = [outer, inner].map((lock) => {
      const { slot } = p.claimFromProgram({ from: this.locks.places[lock], by: by?.[lock] as Place });
      return { lock, slot };
    });
    for (const { lock, slot } of slots.reverse()) {
      p.invokeProgram({ program: 1, name: `unlock ${lock}`, args: [{ from: slot, to: this.locks.places[lock].slot }] });
    }
  }

  #makeLocks(): Locks {
    const home = this.program(1);
    const make = (lock: 0 | 1): Place => {
      const kind = kindOf(1, 2 + lock);
      home.declareEntry({ name: `unlock ${lock}`, accepts: kind });
      return home.issue({ kind, quantity: 1n, slot: SPARE + 1 + lock });
    };
    const places = [make(0), make(1)] as const;
    const by = new Map<number, readonly [Place, Place]>();
    for (let grantee = 2; grantee <= PROGRAMS; grantee++) {
      const [first, second] = places.map((scope) =>
        home.delegateCapability({ grantee, rights: ["claim"], scope, expiry: SOON }),
      );
      by.set(grantee, [first as Place, second as Place]);
    }
    return { places, by };
  }
}
