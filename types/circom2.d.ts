/** circom2: the circom compiler as WebAssembly. */
declare module "circom2" {
  export type Bindings = Readonly<Record<string, unknown>>;

  export const bindings: Bindings;
  export const preopens: Readonly<Record<string, string>>;

  export interface CircomOptions {
    args: readonly string[];
    env?: Readonly<Record<string, string | undefined>>;
    /** The folders the compiler may see: its name for each, and the real path. */
    preopens?: Readonly<Record<string, string>>;
    /** The library's bindings, with a `fs` module added. */
    bindings: Bindings;
  }

  export class CircomRunner {
    constructor(options: CircomOptions);
    /** Throws an error with an exit code when the compilation fails. */
    execute(wasm: Uint8Array): Promise<unknown>;
  }
}
