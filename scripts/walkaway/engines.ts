/** One engine for many proofs. */
import type { Engine } from "../../prover/engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../../prover/engines/index.ts";

/** Does work with an engine, and ends it. @param name by default the first available one */
export async function withEngine<T>(name: string | undefined, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = engineByName(name ?? ENGINE_NAMES[0] ?? "");
  await requireAvailable(engine);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
