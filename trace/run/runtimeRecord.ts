/** The notes in the manifest of a run of concurrent programs (trace/runtime). No proof depends on them. */
import { InvalidInputError } from "../errors.ts";
import { StrictObject } from "./strictJson.ts";

/** A check of a contract's clause. */
export interface ContractRecord {
  /** Number of the last transition when it was checked. */
  seq: number;
  program: number;
  task: string;
  /** Name of the function. */
  name: string;
  part: "requires" | "ensures";
  clause: string;
  held: boolean;
}
/** An actor's failure and its consequence. */
export interface FailureRecord {
  seq: number;
  program: number;
  task: string;
  reason: string;
  /** The action of its supervision. */
  consequence: string;
}
/** Who waited for whom when a deadlock ended the run. */
export interface WaitRecord {
  program: number;
  task: string;
  waitsFor: { program?: number; task?: string; what: string };
}
/** The whole record. */
export interface RuntimeRecord {
  /** Seed of the interleaving; of the first scenario if the run was continued. */
  seed: number;
  /** Every task in order of its start, and the program it ran in. */
  tasks: { name: string; program: number }[];
  contracts: ContractRecord[];
  failures: FailureRecord[];
  /** Empty unless the run ended in a deadlock. */
  waits: WaitRecord[];
}

/** Reads the member `runtime` of a manifest. @throws InvalidInputError naming the field */
export function parseRuntime(where: string, value: unknown): RuntimeRecord {
  const members = new StrictObject(where, value, ["seed", "tasks", "contracts", "failures", "waits"]);
  const seed = members.value("seed");
  if (typeof seed !== "number" || !Number.isSafeInteger(seed)) {
    throw new InvalidInputError(members.field("seed"), "is not an integer");
  }
  const each = <T>(name: string, names: readonly string[], read: (item: StrictObject) => T): T[] =>
    members.list(name).map((item, i) => read(new StrictObject(`${members.field(name)}[${i}]`, item, names)));
  const where_ = (item: StrictObject) => ({ program: item.number("program", 24), task: item.text("task") });
  return {
    seed,
    tasks: each("tasks", ["name", "program"], (item) => ({
      name: item.text("name"),
      program: item.number("program", 24),
    })),
    contracts: each("contracts", ["seq", "program", "task", "name", "part", "clause", "held"], (item) => ({
      seq: item.number("seq", 32),
      ...where_(item),
      name: item.text("name"),
      part: partOf(item),
      clause: item.text("clause"),
      held: flag(item, "held"),
    })),
    failures: each("failures", ["seq", "program", "task", "reason", "consequence"], (item) => ({
      seq: item.number("seq", 32),
      ...where_(item),
      reason: item.text("reason"),
      consequence: item.text("consequence"),
    })),
    waits: each("waits", ["program", "task", "waitsFor"], (item) => ({ ...where_(item), waitsFor: waitedFor(item) })),
  };
}

function partOf(item: StrictObject): "requires" | "ensures" {
  const part = item.text("part");
  if (part === "requires" || part === "ensures") return part;
  throw new InvalidInputError(item.field("part"), `is "${part}", not requires or ensures`);
}

function flag(item: StrictObject, name: string): boolean {
  const value = item.value(name);
  if (typeof value !== "boolean") throw new InvalidInputError(item.field(name), "is not true or false");
  return value;
}

function waitedFor(item: StrictObject): WaitRecord["waitsFor"] {
  const value = item.object("waitsFor");
  const known = ["program", "task", "what"].filter((name) => name === "what" || name in value);
  const members = new StrictObject(item.field("waitsFor"), value, known);
  return {
    ...(known.includes("program") ? { program: members.number("program", 24) } : {}),
    ...(known.includes("task") ? { task: members.text("task") } : {}),
    what: members.text("what"),
  };
}
