/** Loads the state machine's modules, rewritten, with the runtime of one way through them. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { type Rewritten, rewritten } from "./rewrite.ts";
import { Refusal, type Runtime } from "./runtime.ts";
import { Quotient, Sum } from "./values.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** What a module declares, by name. */
export type Loaded = Readonly<Record<string, unknown>>;
type Body = (runtime: Runtime, load: (path: string) => Loaded, ...globals: unknown[]) => Loaded;

interface Module extends Rewritten {
  readonly body: Body;
}

/** Names that rewritten code must not take from JavaScript. */
const GLOBALS = ["BigInt", "Number", "Math", "Set"] as const;
const modules = new Map<string, Module>();

function moduleOf(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const text = rewritten(file, readFileSync(join(ROOT, file), "utf8"));
  const code = `"use strict";${text.code}\nreturn { ${text.names.join(", ")} };`;
  const body = compileFunction(code, ["$rt", "$import", ...GLOBALS], { filename: `rewritten/${file}` }) as Body;
  const module = { ...text, body };
  modules.set(file, module);
  return module;
}

class Refused extends Refusal {
  constructor(invariant: string) {
    super("RefusedError", invariant);
  }
}
class Invalid extends Refusal {
  constructor(field: string) {
    super("InvalidInputError", field);
  }
}

/** Sets of values that stand for many: whether one is in it is a test. */
const setOf = (runtime: Runtime) =>
  class extends Set<unknown> {
    override has(value: unknown, where = ""): boolean {
      if (!(value instanceof Sum)) return super.has(value);
      return [...this].some((one) => runtime.op("===", one, value, where));
    }
  };

const isSymbolic = (value: unknown): boolean => value instanceof Sum || value instanceof Quotient;

function globalsFor(runtime: Runtime): unknown[] {
  const bigInt = Object.assign((value: bigint) => (isSymbolic(value) ? value : BigInt(value)), {
    asUintN: (bits: number, value: unknown, where: string) => runtime.asUintN(bits, value, where),
  });
  const number = Object.assign((value: bigint) => (isSymbolic(value) ? value : Number(value)), {
    isSafeInteger: (value: unknown) => isSymbolic(value) || Number.isSafeInteger(value),
  });
  const math = {
    floor: (value: unknown) => runtime.floor(value),
    max: (a: unknown, b: unknown) => runtime.max(a, b),
  };
  return [bigInt, number, math, setOf(runtime)];
}

/**
 * Loads a module and what it imports.
 * @param file from the root of the repository
 * @param given modules that stand in for others
 * @param changed declarations of modules that stand in for their own, where other modules import them
 */
export function loaded(
  file: string,
  runtime: Runtime,
  given: Readonly<Record<string, Loaded>>,
  changed: Readonly<Record<string, (own: Loaded) => Loaded>> = {},
): (file: string) => Loaded {
  const globals = globalsFor(runtime);
  const errors = { RefusedError: Refused, InvalidInputError: Invalid };
  const all = new Map<string, Loaded>(Object.entries({ "trace/errors.ts": errors, ...given }));
  const load = (name: string): Loaded => {
    const known = all.get(name);
    if (known !== undefined) return known;
    const beside = (path: string): Loaded => load(relative(ROOT, join(ROOT, dirname(name), path)));
    const own = moduleOf(name).body(runtime, beside, ...globals);
    const module = { ...own, ...changed[name]?.(own) };
    all.set(name, module);
    return module;
  };
  load(file);
  return load;
}
