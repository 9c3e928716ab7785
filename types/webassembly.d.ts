/** The part of WebAssembly's JavaScript interface that this project uses: Node has it, its type declarations do not. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
    static exports(module: Module): { name: string; kind: ImportExportKind }[];
    static imports(module: Module): { module: string; name: string; kind: ImportExportKind }[];
  }

  type ImportExportKind = "function" | "global" | "memory" | "table" | "tag";
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;

  /** Sizes are counted in pages of 64 KiB. */
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** Detached when the memory grows, unless it is shared. */
    readonly buffer: ArrayBuffer;
    /** Returns the size before growing. */
    grow(pages: number): number;
  }

  class Table {
    constructor(descriptor: { element: "anyfunc" | "externref"; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(by: number, value?: unknown): number;
  }

  class Global {
    constructor(descriptor: { value: "i32" | "i64" | "f32" | "f64" | "externref"; mutable?: boolean }, value?: unknown);
    value: unknown;
  }

  type ExportedFunction = (...args: (number | bigint)[]) => number | bigint | undefined;
  type ExportValue = ExportedFunction | Global | Memory | Table;
  type ImportValue = ((...args: never[]) => unknown) | Global | Memory | Table | number | bigint;
  type Exports = Record<string, ExportValue>;
  type Imports = Record<string, Record<string, ImportValue>>;

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: BufferSource): boolean;
  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(bytes: BufferSource, imports?: Imports): Promise<{ module: Module; instance: Instance }>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
