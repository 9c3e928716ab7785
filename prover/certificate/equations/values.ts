/** Values that stand for many: sums of variables, quotients of them, types of cells, things that may be missing. */
import type { CellType } from "./explore.ts";
import { type Linear, textOf } from "./linear.ts";

/** An integer that is known as a sum of variables. */
export class Sum {
  readonly linear: Linear;
  constructor(linear: Linear) {
    this.linear = linear;
  }
  toString(): string {
    return textOf(this.linear);
  }
}

/** A sum divided by a number, rounded down. It can only be compared. */
export class Quotient {
  readonly linear: Linear;
  readonly by: bigint;
  constructor(linear: Linear, by: bigint) {
    this.linear = linear;
    this.by = by;
  }
  toString(): string {
    return `(${textOf(this.linear)}) / ${this.by}`;
  }
}

/** A sum in its lowest bits, where it is not known to fit in them. It is equal to nothing. */
export class Cut {}

/** The type of a cell that was found, or the state of the watch. */
export class TypeOf {
  readonly cell: string;
  readonly aspect: "type" | "state";
  constructor(cell: string, aspect: "type" | "state") {
    this.cell = cell;
    this.aspect = aspect;
  }
  toString(): string {
    return `${this.cell}.${this.aspect}`;
  }
}

/** The types that have this name: three are of watches. */
export function typesNamed(name: string): readonly CellType[] {
  return name === "watch" ? ["armed", "fired", "spent"] : [name as CellType];
}

/** A thing that is missing where the sum is 0. */
export class Maybe {
  readonly $missing: Linear;
  constructor(missing: Linear, fields: object) {
    this.$missing = missing;
    Object.assign(this, fields);
  }
}

/** A number in a list, which is there if the bit is 1. */
export class Guarded {
  readonly value: number;
  readonly when: Linear;
  constructor(value: number, when: Linear) {
    this.value = value;
    this.when = when;
  }
}

/** A text for messages. Nothing may depend on it. */
export class Unread {
  toString(): string {
    return "text";
  }
}
