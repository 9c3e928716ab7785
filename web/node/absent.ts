/** Parts of Node that no work of the page uses: each says so if it is called after all. */
function absent(): never {
  throw new Error("the page has no such part of Node");
}

export class Worker {
  constructor() {
    absent();
  }
}

export const isMainThread = true;
export const parentPort = null;
export const workerData = null;

export {
  absent as createInterface,
  absent as createRequire,
  absent as fork,
  absent as getBuiltinModule,
  absent as pipeline,
  absent as setFlagsFromString,
  absent as spawn,
  absent as spawnSync,
  absent as threadId,
};
export default {};
