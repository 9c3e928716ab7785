/** A worker thread that multiplies generators: takes tasks, answers each with its points, until it is terminated. */
import { parentPort, workerData } from "node:worker_threads";
import { Bn128 } from "./bn128.ts";
import { FixedBase, type GroupName } from "./fixedBase.ts";

/** What the thread starts with: the compiled module, and the window that suits the number of points to come. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  readonly windows: { readonly [group in GroupName]: number };
}

export interface PointTask {
  readonly group: GroupName;
  readonly scalars: Uint8Array<ArrayBuffer>;
}

if (parentPort !== null) {
  const port = parentPort;
  const { module, windows } = workerData as WorkerSetup;
  const wasm = new Bn128(module);
  const tables = new Map<GroupName, FixedBase>();
  port.on("message", ({ group, scalars }: PointTask) => {
    let table = tables.get(group);
    if (table === undefined) {
      table = new FixedBase(wasm, group, windows[group]);
      tables.set(group, table);
    }
    const points = table.multiply(scalars);
    port.postMessage(points, [points.buffer]);
  });
}
