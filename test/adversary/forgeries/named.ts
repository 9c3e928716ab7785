/** Between a row's inputs in the circuit and the row that one would ask the machine for. */
import { address, OP, type Op, programOf, slotOf } from "../../../trace/layout.ts";
import { SHAPES } from "../../../trace/machine/rowShape.ts";
import type { Argument, Row, RowName } from "../../../trace/machine/transition.ts";
import type { RowOutputs, RowSignals } from "./rowCircuit.ts";

const SMALL_FIELDS = ["inbox", "guard", "scope", "steps", "escrowFrom"] as const;
const RIGHTS_FIELDS = ["nargs", "rights", "condition", "cleared"] as const;
const WORD_FIELDS = ["authority", "selector", "trigger", "peerAuthority", "recipient", "into", "removed"] as const;
const NAMES = Object.keys(OP) as Op[];

/**
 * The row that accepted inputs stand for.
 * @param out what the row's template makes of them
 */
export function rowNamed(input: RowSignals, out: RowOutputs): Row {
  const number = (name: string): number => Number(input[name] as bigint);
  const opened = (column: number): number =>
    out.get(`tuples.open[${column}]`) === 1n ? Number(out.get(`tuples.address[${column}]`)) : 0;
  const op = NAMES[(input.is as bigint[]).indexOf(1n)] as Op;
  const cleared = op === "Clear" && (input.clears as bigint[])[0] === 1n;
  const effect = (cleared ? "RevokeCapability" : op) as RowName;
  const shape = SHAPES[effect];
  const has = (field: "resource" | "deadline"): boolean => shape.fields.includes(field);
  const silent = effect === "Lineage";
  const argument: Argument = {};
  for (const name of shape.argument) {
    if ((SMALL_FIELDS as readonly string[]).includes(name)) Object.assign(argument, { [name]: number("scope") });
    if ((RIGHTS_FIELDS as readonly string[]).includes(name)) Object.assign(argument, { [name]: number("rights") });
    if ((WORD_FIELDS as readonly string[]).includes(name)) Object.assign(argument, { [name]: input.argument });
  }
  return {
    effect,
    actor: number("actor"),
    peer: number("peer"),
    source: opened(2),
    destination: opened(3),
    authority: opened(4),
    resource: has("resource") ? (input.resource as bigint) : 0n,
    kind: silent ? 0n : (input.kind as bigint),
    quantity: silent ? 0n : (input.quantity as bigint),
    deadline: has("deadline") ? number("term") : 0,
    argument,
  };
}

const ADDRESSES = { sSlot: "source", dSlot: "destination", xSlot: "authority" } as const;

/**
 * The row with one thing that its record names changed, or undefined if the input is none of those, or the value fits
 * nowhere.
 */
export function rowWith(row: Row, name: string, value: bigint): Row | undefined {
  if (value >> 128n !== 0n && name !== "argument") return undefined;
  const few = Number(value);
  switch (name) {
    case "actor":
    case "peer":
      return value < 256n ? { ...row, [name]: few } : undefined;
    case "holder": {
      const inSource = ["InvokeProgram", "Lineage", "Eject"].includes(row.effect);
      const column = inSource ? "source" : "authority";
      return value < 256n && row[column] !== 0 ? { ...row, [column]: address(few, slotOf(row[column])) } : undefined;
    }
    case "sSlot":
    case "dSlot":
    case "xSlot": {
      const column = ADDRESSES[name];
      return value < 256n && row[column] !== 0 ? { ...row, [column]: address(programOf(row[column]), few) } : undefined;
    }
    case "resource":
    case "kind":
    case "quantity":
      return { ...row, [name]: value };
    case "term":
      return value >> 40n === 0n ? { ...row, deadline: few } : undefined;
    case "scope":
      return few >> 0 === few ? withArgument(row, SMALL_FIELDS, few) : undefined;
    case "rights":
      return value < 256n ? withArgument(row, RIGHTS_FIELDS, few) : undefined;
    case "argument":
      return withArgument(row, WORD_FIELDS, value);
    default:
      return undefined;
  }
}

function withArgument(row: Row, fields: readonly (keyof Argument)[], value: number | bigint): Row | undefined {
  const field = SHAPES[row.effect].argument.find((name) => fields.includes(name));
  return field === undefined ? undefined : { ...row, argument: { ...row.argument, [field]: value } };
}
