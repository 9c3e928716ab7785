/**
 * Loaded into the process of the circom compiler, before the compiler. The compiler is WebAssembly, which hands an
 * address to its host as a signed number. The compiler's host takes it as it is. So above 2 GiB, which a circuit of two
 * million constraints takes, addresses were negative, and the compiler ended with "Start offset is outside the bounds".
 * Here each of them arrives unsigned.
 */
type Functions = Readonly<Record<string, unknown>>;
type Instantiate = (module: unknown, imports: Readonly<Record<string, Functions>>) => Promise<unknown>;

const plain = WebAssembly.instantiate as unknown as Instantiate;

const unsigned: Instantiate = (module, imports) => {
  const spaces = Object.entries(imports).map(([space, functions]) => [space, withUnsigned(functions)]);
  return plain(module, Object.fromEntries(spaces));
};

function withUnsigned(functions: Functions): Functions {
  const entries = Object.entries(functions).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    return [
      name,
      (...args: unknown[]): unknown => value(...args.map((one) => (typeof one === "number" ? one >>> 0 : one))),
    ];
  });
  return Object.fromEntries(entries);
}

Object.assign(WebAssembly, { instantiate: unsigned });
