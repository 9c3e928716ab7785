/**
 * The forgery suite: every rule broken by a witness that is right in everything else, and every input that the prover
 * chooses changed by itself. Counts what was tried and what the circuit accepted, and writes the table of
 * docs/security/forgeries.md.
 */
import { InvalidInputError, RefusedError } from "../../../trace/errors.ts";
import { verdict } from "../../lib/circuit.ts";
import { standsIn } from "../../lib/sections.ts";
import type { Forgery } from "./forgery.ts";
import { FORGERIES } from "./index.ts";
import { type SystematicLine, systematic } from "./systematic.ts";
import { wholeBatch } from "./wholeBatch.ts";

/** Result of one forgery. */
export interface ForgeryLine {
  of: string;
  rule: string;
  attempt: string;
  /** The invariant that the machine names; in brackets if the machine cannot be asked. */
  machine: string;
  /** The constraint that refuses it. */
  refusedAt: string;
  /** Deviations from the expected result; empty if there are none. */
  wrong: string[];
}

export interface ForgeryReport {
  /** Forged witnesses that the circuit was asked about. */
  tried: number;
  /** Those that it accepted, and must not have. */
  accepted: number;
  table: ForgeryLine[];
  systematic: SystematicLine[];
  /** Accepted forgeries and deviations, in words. */
  examples: string[];
}

export interface ForgeryOptions {
  /** Forgeries without their honest neighbours, and a part of the systematic changes. */
  quick: boolean;
  seed: number;
  onProgress?: (text: string, done: number, all: number) => void;
}

/** Tries all forgeries, and the systematic changes. */
export async function runForgeries({ quick, seed, onProgress }: ForgeryOptions): Promise<ForgeryReport> {
  const table: ForgeryLine[] = [];
  let accepted = 0;
  for (const forgery of FORGERIES) {
    onProgress?.("forgeries", table.length, FORGERIES.length);
    const said = await verdict(forgery.forged());
    const wrong = [...machineAgrees(forgery)];
    if (said === "accepted") accepted++;
    if (!standsIn(said, forgery.by)) wrong.push(`the circuit says ${said}, not ${forgery.by}`);
    if (!quick) {
      const honest = await verdict(forgery.neighbour());
      if (honest !== "accepted") wrong.push(`its honest neighbour is refused: ${honest}`);
    }
    table.push({ ...lineOf(forgery), wrong });
  }
  const changes = [
    ...(await systematic({ quick, seed, onProgress: (done, all) => onProgress?.("every input", done, all) })),
    ...(await wholeBatch(quick, seed)),
  ];
  return {
    tried: table.length + sum(changes, (line) => line.tried),
    accepted: accepted + sum(changes, (line) => line.holes.length),
    table,
    systematic: changes,
    examples: [
      ...table.flatMap((line) => line.wrong.map((what) => `${line.of}: ${line.attempt}: ${what}`)),
      ...changes.flatMap((line) => line.holes),
    ],
  };
}

const sum = (lines: readonly SystematicLine[], of: (line: SystematicLine) => number): number =>
  lines.reduce((total, line) => total + of(line), 0);

function* machineAgrees({ machine, invariant }: Forgery): Generator<string> {
  if (machine === undefined) return;
  try {
    machine();
    yield "the machine does it";
  } catch (error) {
    const said = error instanceof RefusedError ? error.invariant : "invalid";
    if (!(error instanceof RefusedError || error instanceof InvalidInputError)) throw error;
    if (said !== invariant) yield `the machine names ${said}, not ${invariant}`;
  }
}

function lineOf({ of, rule, attempt, invariant, machine, by }: Forgery): Omit<ForgeryLine, "wrong"> {
  const asked = invariant === "invalid" ? "malformed" : `\`${invariant}\``;
  return { of, rule, attempt, machine: machine === undefined ? `(${asked})` : asked, refusedAt: by };
}

/** Where the protocol states them: effects in the order of their numbers, then the rest of sections 4 to 7. */
const ORDER =
  "CreateProgram Issue Retire DeclareEntry EscrowToProgram ClaimFromProgram RevokeResource InvokeProgram Pass DelegateCapability RevokeCapability Clear WatchResource Unwatch Check Trigger JoinWith Split Merge RotateAuthority Lineage Enter Eject Clocks Parents Conditions Obligations Time Groups Memory Tree Batch Channel Signatures".split(
    " ",
  );

/** The table of docs/security/forgeries.md: the same whenever the forgeries are. */
export function forgeryTable(forgeries: readonly Forgery[] = FORGERIES): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const lines: string[] = [];
  for (const of of ORDER) {
    const own = forgeries.filter((forgery) => forgery.of === of).map(lineOf);
    lines.push("", `## ${of}`, "", "| rule | attempt | machine | refused at |", "|---|---|---|---|");
    for (const [i, line] of own.entries()) {
      const rule = own[i - 1]?.rule === line.rule ? "" : line.rule;
      lines.push(`| ${cell(rule)} | ${cell(line.attempt)} | ${line.machine} | \`${cell(line.refusedAt.trim())}\` |`);
    }
  }
  return lines.slice(1).join("\n");
}
