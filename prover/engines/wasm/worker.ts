/** A proving thread: does one task after the other on its own WebAssembly instance, until it is terminated. */
import { parentPort, workerData } from "node:worker_threads";
import { Bn128 } from "../../keys/bn128.ts";
import { type GroupName, POINT_SIZE, SCALAR_SIZE } from "../../keys/fixedBase.ts";
import { MultiplePoints } from "./msm.ts";
import { evaluate, quotient, readFully } from "./quotient.ts";
import type { Answer, SumTask, Task } from "./tasks.ts";

/** What the thread starts with. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
}

if (parentPort !== null) {
  const port = parentPort;
  const wasm = new Bn128((workerData as ThreadSetup).module);
  const groups = { g1: new MultiplePoints(wasm, "g1"), g2: new MultiplePoints(wasm, "g2") };
  const start = wasm.mark();
  port.on("message", (task: Task) => {
    let answer: Answer;
    try {
      answer = run(wasm, groups, task);
    } catch (error) {
      // The thread goes on with the next task, on clean memory.
      wasm.release(start);
      answer = { failure: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
}

function run(wasm: Bn128, groups: { readonly [group in GroupName]: MultiplePoints }, task: Task): Answer {
  switch (task.kind) {
    case "evaluate":
      evaluate(wasm, task);
      return {};
    case "quotient":
      quotient(wasm, task);
      return {};
    case "sum":
      return { point: sum(wasm, groups[task.group], task) };
  }
}

function sum(wasm: Bn128, points: MultiplePoints, task: SumTask): Uint8Array {
  const mark = wasm.mark();
  const size = task.count * POINT_SIZE[task.group];
  const address = wasm.alloc(size);
  readFully(task.file, wasm.bytes, address, size, task.position);
  const scalars = new Uint32Array(task.scalars, task.first * SCALAR_SIZE, (task.count * SCALAR_SIZE) / 4);
  const result = points.multiply(address, scalars, task.part);
  wasm.release(mark);
  return result;
}
