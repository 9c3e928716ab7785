/** Scenarios by name or by file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { importModule } from "../../trace/modules/importModule.ts";
import type { Continuation, Scenario } from "../../trace/tracer/scenario.ts";

/** Those that come with the project, loaded when they are asked for. */
const BUILT_IN: Readonly<Record<string, () => Promise<Scenario>>> = {
  seed: async () => (await import("../../trace/scenarios/seed.ts")).seed,
  "escrowed-swap": async () => (await import("../../examples/escrowed-swap.ts")).default,
  "order-book": async () => (await import("../../examples/order-book.ts")).default,
  "supply-chain": async () => (await import("../../examples/supply-chain.ts")).default,
  "job-market": async () => (await import("../../examples/job-market.ts")).default,
  treasury: async () => (await import("../../examples/treasury.ts")).default,
  soak: async () => (await import("../../examples/soak.ts")).default,
};
export const BUILT_IN_NAMES: readonly string[] = Object.keys(BUILT_IN);

/**
 * A built-in scenario, or the default export of a TypeScript or JavaScript file.
 * @throws InvalidInputError if it is neither, or has no genesis
 */
export async function scenarioOf(name: string): Promise<Scenario> {
  const scenario = await continuationOf(name);
  if (hasGenesis(scenario)) return scenario;
  throw new InvalidInputError(
    "scenario",
    `${name} has no genesis(), so it goes on with a run: use run --continue DIR, or give it a genesis()`,
  );
}

function hasGenesis(scenario: Continuation): scenario is Scenario {
  return scenario.genesis !== undefined;
}

/**
 * The same for what may have no genesis.
 * @throws InvalidInputError if there is nothing of that name
 */
export async function continuationOf(name: string): Promise<Continuation> {
  const known = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (known !== undefined) return known();
  const path = resolve(name);
  if (!/\.[cm]?[jt]s$/.test(path) || !existsSync(path)) {
    throw new InvalidInputError(
      "scenario",
      `there is no scenario "${name}", and no .ts or .js file of that name; there are: ${BUILT_IN_NAMES.join(", ")}`,
    );
  }
  let module: { default?: unknown };
  try {
    module = await importModule(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof TimeBanditsError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError("scenario", `${name} cannot be loaded: ${reason}`, { cause: error });
  }
  const scenario = module.default;
  if (!isContinuation(scenario)) {
    throw new InvalidInputError("scenario", `${name} has no default export with a name, a genesis() and a run(tracer)`);
  }
  return scenario;
}

function isContinuation(value: unknown): value is Continuation {
  if (typeof value !== "object" || value === null) return false;
  const { name, genesis, run } = value as Partial<Record<keyof Scenario, unknown>>;
  const begins = genesis === undefined || typeof genesis === "function";
  return typeof name === "string" && begins && typeof run === "function";
}
