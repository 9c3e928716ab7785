/** Measures a map's cost by its number of cells: the first root, one batch, and the batch's proof. */
import { fork } from "node:child_process";
import { EnvironmentError } from "../../trace/errors.ts";
import { address, GENESIS_ID, kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Genesis, GenesisCell } from "../../trace/state/genesis.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { table } from "../lib/output.ts";
import type { ReplayResult } from "./replay.ts";

/** Seconds of processor time by step, and memory of the process in MiB, of one size. */
export interface GrowthResult {
  cells: number;
  programs: number;
  /** From the list of cells to the map. */
  buildSeconds: number;
  /** The map's first root, and memory after it. */
  rootSeconds: number;
  mapMemoryMiB: number;
  /** Of a batch of batch-8: from the state to the circuit's inputs, the witness, the proof. */
  inputSeconds: number;
  witnessSeconds: number;
  proveSeconds: number;
  peakMemoryMiB: number;
}

/** From a hundred cells to about as many as a map of three levels has slots: 4,095 programs with 256 each. */
export const SIZES: readonly number[] = [100, 10_000, 1_000_000];

const LEVELS = 3;
/** Slots below this one are left empty, for the batch; from here on every slot of a program holds a resource. */
const FIRST_FULL = 12;
/** First slot that others may deposit into. */
const INBOX = 6;
const CELLS_PER_PROGRAM = 256 - FIRST_FULL + 1;
const START = 1_767_225_600;

/** A genesis with exactly this number of cells, headers included, in as few programs as possible but at least two. */
export function grownGenesis(cells: number): Genesis {
  const programs = Math.max(2, Math.ceil(cells / CELLS_PER_PROGRAM));
  const all: GenesisCell[] = [];
  let resources = cells - programs;
  for (const [i, header] of openPrograms(programs, INBOX).entries()) {
    all.push(header);
    for (let slot = FIRST_FULL; slot < 256 && resources > 0; slot++, resources--) {
      all.push({ address: address(i + 1, slot), cell: resource(i + 1, BigInt(all.length)) });
    }
  }
  return { levels: LEVELS, cells: all };
}

function resource(program: number, n: bigint): GenesisCell["cell"] {
  const fields = { watch: 0, escrowFrom: 0, quantity: 1n + n, deadline: 0, seq: 0 };
  return { type: "resource", kind: kindOf(program, 1), id: GENESIS_ID + n, ...fields };
}

/** Eight transitions between the first and the last program; the map is as it was afterwards. */
export function batchOn(map: TimeMap): Transition[] {
  const tracer = new Tracer(new Machine(map));
  const [first, last] = [tracer.program(1), tracer.program(map.programs())];
  for (const [i, [from, to]] of [[first, last] as const, [last, first] as const].entries()) {
    const at = START + i;
    const made = from.issue({ kind: kindOf(from.id, 1), quantity: 100n, slot: 1 }, at);
    const taken = to.claimFromProgram({ from: from.escrowToProgram({ from: made.slot, to: to.id }, at), to: 2 }, at);
    to.retire({ slot: taken.slot }, at);
  }
  const { transitions } = tracer;
  for (const { columns } of [...transitions].reverse()) {
    for (const { address: at, before } of Object.values(columns)) if (at !== 0) map.write(at, before);
  }
  return transitions;
}

const PROCESS = new URL("./growthProcess.ts", import.meta.url);

/**
 * Measures one size in a process of its own, so that its memory is its own.
 * @throws EnvironmentError if that ends without an answer
 */
export async function measureGrowth(cells: number): Promise<GrowthResult> {
  const child = fork(PROCESS, [String(cells)], { stdio: "inherit" });
  return await new Promise((resolve, reject) => {
    child.once("message", (result: GrowthResult) => resolve(result));
    child.once("exit", (code) =>
      reject(new EnvironmentError("growth", `the process with ${cells} cells ended with ${code} before it answered`)),
    );
  });
}

/** The results as a table for people. */
export function growthTable(results: readonly GrowthResult[], replayed: ReplayResult): string {
  const seconds = (value: number): string => `${value.toFixed(value < 1 ? 3 : 1)} s`;
  const head = ["cells", "programs", "map", "first root", "inputs", "witness", "proof", "memory of the map", "peak"];
  const rows = results.map((r) => [
    ...[r.cells, r.programs].map((value) => value.toLocaleString("en-US")),
    ...[r.buildSeconds, r.rootSeconds, r.inputSeconds, r.witnessSeconds, r.proveSeconds].map(seconds),
    ...[r.mapMemoryMiB, r.peakMemoryMiB].map((value) => `${value} MiB`),
  ]);
  const { transitions, grouped, checkpoints, transitionsPerSecond } = replayed;
  return [
    "processor seconds; inputs, witness and proof are those of one batch of batch-8",
    ...table([head, ...rows]),
    `replay: ${transitions} transitions, ${grouped} of them in groups, roots at ${checkpoints} checkpoints: ${Math.round(transitionsPerSecond)} a processor second`,
  ].join("\n");
}
