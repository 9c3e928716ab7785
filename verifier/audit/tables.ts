/** The CSV tables of `show` and `audit`: one row for each thing, the same columns in each row. */
import { time } from "../../trace/describe/names.ts";
import { programOf, slotOf } from "../../trace/layout.ts";
import { type CsvValue, csvLines } from "../../trace/query/csv.ts";
import type { ResourceAnswer, StateReport } from "../../trace/query/index.ts";
import type { TransitionReport } from "./transitionReport.ts";

/** A row by its columns; missing columns stay empty. */
type Row = Readonly<Record<string, CsvValue>>;

const SLOT = ["program", "programName", "slot", "slotName"] as const;
const THING = ["resource", "kind", "kindName", "quantity", "escrowFrom", "escrowFromName", "deadline"] as const;
/** In imported runs: what amounts are in units, and addresses. */
const CHAIN = ["amount", "unit", "token", "address"] as const;
const CELLS = [
  ...["sort", ...SLOT, "made", "status", ...THING],
  ...["grantee", "granteeName", "rights", "scope", "subject", "expiry"],
  ...["target", "condition", "threshold", "fired", "applied"],
  ...["selector", "nargs", "minimum", "guarded", "authority", "inbox", "steps", "clock", ...CHAIN],
];

/** The contents of a state: one row for each program, resource, entry point, capability and watch. */
export function stateTable({ programs, escrows, capabilities, watches }: StateReport): string[] {
  return tableOf(CELLS, [
    ...programs.map(({ program, name, owns: _owns, entries: _entries, ...header }) => ({
      ...{ sort: "program", program, programName: name, slot: 0, ...header },
    })),
    ...[...programs.flatMap(({ owns }) => owns), ...escrows].map((thing) => ({ sort: "resource", ...thingIn(thing) })),
    ...programs.flatMap(({ entries }) =>
      entries.map(({ slot, accepts, ...entry }) => ({
        ...{ sort: "entry", ...slotIn(slot), kind: accepts?.kind, kindName: accepts?.name, ...entry },
      })),
    ),
    ...capabilities.map(({ slot, grantee, rights, scope, made, subject, expiry, status }) => ({
      ...{ sort: "capability", ...slotIn(slot), made, status, subject, expiry: timeIn(expiry) },
      ...{ grantee: grantee.program, granteeName: grantee.name, rights: rights.join(" "), scope: addressIn(scope) },
    })),
    ...watches.map(({ slot, target, set, kind, condition, threshold, status, fired, applied }) => ({
      ...{ sort: "watch", ...slotIn(slot), made: set, status, kind: kind?.kind, kindName: kind?.name },
      ...{ target: addressIn(target), condition, threshold, fired, applied },
    })),
  ]);
}

/** The history of a resource: one row for each transition that changed it, with its place afterwards. */
export function historyTable({ history }: ResourceAnswer): string[] {
  return tableOf(
    ["seq", "at", "effect", "actor", "actorName", ...SLOT, ...THING, ...CHAIN],
    history.map(({ seq, at, effect, actor, from, to }) => {
      const place = to === null ? { resource: from?.resource } : thingIn(to);
      return { seq, at: time(at), effect, actor: actor.program, actorName: actor.name, ...place };
    }),
  );
}

/** Transitions: one row for each. */
export function transitionTable(transitions: readonly TransitionReport[]): string[] {
  const columns = [
    ...["seq", "group", "at", "effect", "actor", "actorName", "peer", "peerName", "source", "destination", "authority"],
    ...["resource", "kind", "quantity", "deadline", "right", "after", "bundle", "asks", "amount", "unit"],
    ...["actorAddress", "peerAddress", "block", "part", "transaction", "meaning"],
  ];
  return tableOf(
    columns,
    transitions.map(({ seq, group, at, effect, row, actor, peer, right, after, bundle, asks, chain }) => ({
      ...{ seq, group, at: time(at), effect, actor: actor.program, actorName: actor.name },
      ...{ peer: peer?.program, peerName: peer?.name, right, after: after.join(" "), bundle, asks: asks.join(" / ") },
      ...{ source: slotText(row.source), destination: slotText(row.destination), authority: slotText(row.authority) },
      ...{ resource: nonzero(row.resource), kind: nonzero(row.kind), quantity: nonzero(row.quantity) },
      deadline: timeIn(row.deadline === 0 ? null : row.deadline),
      ...{ amount: row.amount, unit: row.unit, actorAddress: actor.address, peerAddress: peer?.address },
      ...{ block: chain?.block, part: chain?.part, transaction: chain?.transaction?.hash, meaning: chain?.meaning },
    })),
  );
}

function tableOf(columns: readonly string[], rows: readonly Row[]): string[] {
  return csvLines(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}

type Thing = StateReport["escrows"][number];

function slotIn({ program, slot, name }: Thing["slot"]): Row {
  return { program: program.program, programName: program.name, slot, slotName: name, address: program.address };
}

function thingIn({ resource, kind, quantity, amount, unit, slot, escrow }: Thing): Row {
  return {
    ...{ ...slotIn(slot), resource, kind: kind.kind, kindName: kind.name, quantity },
    ...{ amount, unit, token: kind.token === null ? "coin" : kind.token },
    ...{ escrowFrom: escrow?.from.program, escrowFromName: escrow?.from.name, deadline: timeIn(escrow?.deadline) },
  };
}

function addressIn(slot: Thing["slot"] | null): CsvValue {
  return slot === null ? null : slotText(slot.address);
}

/** A slot as `show` reads it, such as `2:200`; empty for address 0. */
function slotText(address: number): string {
  return address === 0 ? "" : `${programOf(address)}:${slotOf(address)}`;
}

function nonzero(number: string): string {
  return number === "0" ? "" : number;
}

function timeIn(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? "" : time(seconds);
}
