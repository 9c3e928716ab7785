/**
 * Ways to spoil an acceptable group: changes of a cheating operator between the programs' effects and the proof.
 */
import { kindOf } from "../../../trace/layout.ts";
import type { Argument, Row } from "../../../trace/machine/transition.ts";
import { authority } from "../../lib/authorities.ts";
import type { Choices } from "./fuzzRun.ts";

/** Rows of a group for the machine: with Checks and lines, each with its time. */
export interface Put {
  readonly rows: readonly Row[];
  readonly ats: readonly number[];
}

type Way = (put: Put, choices: Choices, earlier: readonly Put[]) => Put;

const SLOT = 256;
/** The numbers of a row. */
export const FIELDS = [
  "actor",
  "peer",
  "source",
  "destination",
  "authority",
  "resource",
  "kind",
  "quantity",
  "deadline",
] as const;

/** By index; the first changes nothing. `stale` reads an old state when effects are lowered. */
export const WAYS: readonly (Way | "stale")[] = [
  (put) => put,
  "stale",
  alterRow,
  alterRow,
  alterRow,
  dropRow,
  swapRows,
  doubleRow,
  otherActor,
  earlierGroup,
  twoGroups,
  timeBack,
  alterUsed,
  alterUsed,
  alterUsed,
  alterUsed,
];

function replaced(put: Put, index: number, row: Row): Put {
  return { ...put, rows: put.rows.map((old, i) => (i === index ? row : old)) };
}

/** One field of one row becomes another. */
function alterRow(put: Put, choices: Choices): Put {
  const index = choices.below(put.rows.length);
  const row = put.rows[index] as Row;
  const program = () => 1 + choices.below(5);
  const near = (value: number, most: number) =>
    Math.min(most, Math.max(0, value + choices.pick([1, -1, 2, -2, 256, -256])));
  const amount = (value: bigint, bits: bigint) => {
    const other = choices.pick([value + 1n, value - 1n, 0n, 1n, (1n << bits) - 1n, 1n << bits, value * 2n]);
    return other < 0n ? 0n : other;
  };
  const place = (address: number) =>
    choices.pick([near(address, 2 ** 32 - 1), SLOT * program() + choices.below(11), 0, address - (address % SLOT)]);
  switch (choices.below(11)) {
    case 0:
      return replaced(put, index, { ...row, actor: program() });
    case 1:
      return replaced(put, index, { ...row, peer: choices.pick([0, program(), row.actor]) });
    case 2:
      return replaced(put, index, { ...row, source: place(row.source) });
    case 3:
      return replaced(put, index, { ...row, destination: place(row.destination) });
    case 4:
      return replaced(put, index, { ...row, authority: place(row.authority) });
    case 5:
      return replaced(put, index, { ...row, resource: amount(row.resource, 64n) });
    case 6:
      return replaced(put, index, { ...row, kind: choices.pick([0n, kindOf(1, 1), kindOf(2, 1), row.kind + 1n]) });
    case 7:
      return replaced(put, index, { ...row, quantity: amount(row.quantity, 128n) });
    case 8:
      return replaced(put, index, { ...row, deadline: near(row.deadline, 2 ** 40) });
    default:
      return replaced(put, index, { ...row, argument: alteredArgument(row.argument, choices) });
  }
}

/**
 * The places that a row names, with one of them changed: to a neighbour, to the place of another row, or to none.
 */
function alterUsed(put: Put, choices: Choices): Put {
  const index = choices.below(put.rows.length);
  const row = put.rows[index] as Row;
  const others = put.rows.filter((other) => other !== row);
  const used = FIELDS.filter((field) => row[field] !== 0 && row[field] !== 0n);
  const argued = Object.keys(row.argument).length > 0;
  const field = choices.pick([...used, ...used, ...(argued ? (["argument"] as const) : [])]);
  if (field === "argument") return replaced(put, index, { ...row, argument: alteredArgument(row.argument, choices) });
  const value = row[field];
  const elsewhere = others.length > 0 && choices.once(3) ? choices.pick(others)[field] : undefined;
  if (elsewhere !== undefined) return replaced(put, index, { ...row, [field]: elsewhere });
  if (typeof value === "bigint") {
    const kinds = field === "kind" ? [kindOf(1, 1), kindOf(2, 1)] : [];
    return replaced(put, index, { ...row, [field]: choices.pick([value + 1n, value - 1n, 0n, ...kinds, ...kinds]) });
  }
  const step = field === "actor" || field === "peer" ? [1, -1] : [1, -1, 2, SLOT, -SLOT];
  return replaced(put, index, { ...row, [field]: Math.max(0, value + choices.pick([...step, -value])) });
}

function alteredArgument(argument: Argument, choices: Choices): Argument {
  const names = Object.keys(argument) as (keyof Argument)[];
  if (names.length === 0) return argument;
  const name = choices.pick(names);
  if (name === "authority") return { ...argument, authority: choices.pick([0n, authority(choices.below(4))]) };
  const value = argument[name];
  if (typeof value === "bigint") return { ...argument, [name]: value === 0n ? 1n : value - 1n };
  const number = value ?? 0;
  return {
    ...argument,
    [name]: Math.max(0, choices.pick([number + 1, number - 1, 0, number ^ (1 << choices.below(4))])),
  };
}

function dropRow(put: Put, choices: Choices): Put {
  if (put.rows.length < 2) return put;
  const gone = choices.below(put.rows.length);
  return { rows: put.rows.filter((_, i) => i !== gone), ats: put.ats.filter((_, i) => i !== gone) };
}

function swapRows(put: Put, choices: Choices): Put {
  if (put.rows.length < 2) return put;
  const at = choices.below(put.rows.length - 1);
  const rows = [...put.rows];
  [rows[at], rows[at + 1]] = [rows[at + 1] as Row, rows[at] as Row];
  return { ...put, rows };
}

function doubleRow(put: Put, choices: Choices): Put {
  const at = choices.below(put.rows.length);
  const twice = <T>(list: readonly T[]): T[] => [...list.slice(0, at + 1), ...list.slice(at)];
  return { rows: twice(put.rows), ats: twice(put.ats) };
}

/** The whole group in the name of another program. */
function otherActor(put: Put, choices: Choices): Put {
  const actor = 1 + choices.below(4);
  return { ...put, rows: put.rows.map((row) => ({ ...row, actor })) };
}

/** An earlier group again. */
function earlierGroup(put: Put, choices: Choices, earlier: readonly Put[]): Put {
  if (earlier.length === 0) return put;
  const { rows } = choices.pick(earlier);
  return { rows, ats: rows.map(() => put.ats[0] ?? 0) };
}

/** Two groups as one. */
function twoGroups(put: Put, choices: Choices, earlier: readonly Put[]): Put {
  const before = earlierGroup(put, choices, earlier);
  return before === put ? put : { rows: [...put.rows, ...before.rows], ats: [...put.ats, ...before.ats] };
}

/** Within a group, time goes back or forward. */
function timeBack(put: Put, choices: Choices): Put {
  if (put.rows.length < 2) return put;
  const from = 1 + choices.below(put.rows.length - 1);
  const by = choices.pick([-1, 1, -5, 30]);
  return { ...put, ats: put.ats.map((at, i) => (i < from ? at : at + by)) };
}
