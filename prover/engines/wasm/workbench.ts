/** The work of a proving thread. */
import { Bn128 } from "../../curve/bn128Wasm.ts";
import { type GroupName, SCALAR_SIZE } from "../../keys/fixedBase.ts";
import { readFully } from "./coefficients.ts";
import { LanePoints } from "./lanePoints.ts";
import { MultiplePoints } from "./msm.ts";
import type { ReadPoints } from "./pointSpace.ts";
import { Quotients } from "./quotient.ts";
import { Lanes } from "./simd/instance.ts";
import type { Answer, EngineTask, SumTask } from "./tasks.ts";
import { CalledPoints } from "./wasmcurvesPoints.ts";

/** A thread's start data: wasmcurves' module, and the engine's own if this processor can use it. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly lanes: WebAssembly.Module | null;
}

/** What the tasks of one thread are executed with. */
interface Workbench {
  readonly quotients: Quotients;
  readonly groups: { readonly [group in GroupName]: MultiplePoints };
}

/** What executes tasks, one after the other, on its own WebAssembly instance. A failure is an answer, too. */
export function workbench(setup: ThreadSetup): (task: EngineTask) => Answer {
  const wasm = new Bn128(setup.module);
  const lanes = setup.lanes === null ? null : new Lanes(setup.lanes);
  const multiples = (group: GroupName): MultiplePoints =>
    new MultiplePoints(
      wasm,
      group,
      lanes === null ? new CalledPoints(wasm, group) : new LanePoints(lanes, wasm, group),
    );
  const bench = { quotients: new Quotients(wasm, lanes), groups: { g1: multiples("g1"), g2: multiples("g2") } };
  const [start, lanesStart] = [wasm.mark(), lanes?.mark() ?? 0];
  return (task) => {
    try {
      return run(bench, task);
    } catch (error) {
      // The thread starts the next task on clean memory.
      wasm.release(start);
      lanes?.release(lanesStart);
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
}

function run({ quotients, groups }: Workbench, task: EngineTask): Answer {
  switch (task.kind) {
    case "evaluate":
      quotients.evaluate(task);
      return {};
    case "quotient":
      quotients.join(task);
      return {};
    case "sum":
      return { point: sum(groups[task.group], task) };
  }
}

function sum(points: MultiplePoints, task: SumTask): Uint8Array {
  const scalars = new Uint32Array(task.scalars, task.first * SCALAR_SIZE, (task.count * SCALAR_SIZE) / 4);
  const read: ReadPoints = (bytes, address, size, offset) =>
    readFully(task.file, bytes, address, size, task.position + offset);
  return points.multiply(read, scalars, task.part);
}
