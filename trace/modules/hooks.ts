/**
 * How modules of the user are found and read. `time-bandits` and its subpaths mean the package that is running, so that
 * there is one copy of it, also where it is installed globally or runs from a clone. TypeScript loses its types here
 * where Node does not strip them itself (before 22.18), by the library that Node uses for it; what Node refuses (enums,
 * namespaces with values) is refused here too.
 */
import { readFileSync } from "node:fs";
import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from "node:module";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = "time-bandits";
/** What is imported from the package: the module of each subpath, without its ending. */
export const SUBPATHS: Readonly<Record<string, string>> = {
  ".": "trace/index",
  "./runtime": "trace/runtime/index",
  "./check": "trace/check/index",
  "./crossing": "trace/crossing/index",
  "./graph": "trace/graph/index",
  "./service": "service/index",
  "./signing": "trace/signing/index",
  "./prover": "prover/index",
  "./verifier": "verifier/index",
  "./eslint": "trace/runtime/lint/plugin",
  "./register": "trace/modules/register",
};

const ROOT = new URL("../../", import.meta.url);
const EXTENSION = extname(import.meta.url);

type Next<Context, Output> = (name: string, context?: Partial<Context>) => Output;

/** Node's hook: where an import leads. */
export function resolve<Output extends ResolveFnOutput | Promise<ResolveFnOutput>>(
  specifier: string,
  context: ResolveHookContext,
  next: Next<ResolveHookContext, Output>,
): Output | ResolveFnOutput {
  if (specifier !== PACKAGE && !specifier.startsWith(`${PACKAGE}/`)) return next(specifier, context);
  const module = SUBPATHS[`.${specifier.slice(PACKAGE.length)}`];
  if (module === undefined) return next(specifier, context);
  return { url: new URL(module + EXTENSION, ROOT).href, shortCircuit: true };
}

/** Node's hook: what a module's text is. */
export function load<Output extends LoadFnOutput | Promise<LoadFnOutput>>(
  url: string,
  context: LoadHookContext,
  next: Next<LoadHookContext, Output>,
): Output | LoadFnOutput {
  if (stripsTypes() || !/^file:.*\.m?ts$/.test(url)) return next(url, context);
  return { format: "module", source: withoutTypes(fileURLToPath(url)), shortCircuit: true };
}

function stripsTypes(): boolean {
  return Boolean(process.features.typescript);
}

interface Stripper {
  transformSync(source: string, options: { mode: "strip-only"; filename: string }): { code: string };
}
let stripper: Stripper | undefined;

/** Lines and columns stay as they are: types become spaces. */
function withoutTypes(path: string): string {
  stripper ??= createRequire(import.meta.url)("@swc/wasm-typescript") as Stripper;
  try {
    return stripper.transformSync(readFileSync(path, "utf8"), { mode: "strip-only", filename: path }).code;
  } catch (error) {
    // The library throws plain objects.
    if (error instanceof Error) throw error;
    const reason = typeof error === "object" && error !== null ? Reflect.get(error, "message") : error;
    throw new SyntaxError(`${path}: ${String(reason)}`);
  }
}
