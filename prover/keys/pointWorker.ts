/** A worker thread that multiplies generators: takes tasks, answers each with its points, until it is terminated. */
import { serve } from "../../trace/pool/jobLoop.ts";
import { Bn128 } from "../curve/bn128Wasm.ts";
import { FixedBase, type GroupName } from "./fixedBase.ts";

/** The thread's start data: the compiled module, and the window that suits the number of points to come. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  readonly windows: { readonly [group in GroupName]: number };
}

export interface PointTask {
  readonly group: GroupName;
  readonly scalars: Uint8Array<SharedArrayBuffer>;
}

function prepare({ module, windows }: WorkerSetup): (task: PointTask) => Uint8Array<ArrayBuffer> {
  const wasm = new Bn128(module);
  const tables = new Map<GroupName, FixedBase>();
  return ({ group, scalars }) => {
    let table = tables.get(group);
    if (table === undefined) {
      table = new FixedBase(wasm, group, windows[group]);
      tables.set(group, table);
    }
    return table.multiply(scalars);
  };
}

await serve(prepare, ({ buffer }) => [buffer]);
