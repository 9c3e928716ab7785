/** A moored run on a chain of its own: deposits, a window, what waits at the border. Proofs of batches are forged. */
import { artifactsOf } from "../../../prover/artifacts.ts";
import { type Anvil, startAnvil } from "../../../scripts/lib/anvil.ts";
import type { Progress } from "../../../scripts/lib/progress.ts";
import { CHAIN } from "../../../trace/layout.ts";
import { MOORED_GENESIS } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../../trace/tracer/scenario.ts";
import { ETHER } from "../../../verifier/chain/crossing/assets.ts";
import { deposit } from "../../../verifier/chain/crossing/deposits.ts";
import { observe } from "../../../verifier/chain/crossing/observations.ts";
import { takeInRun } from "../../../verifier/chain/crossing/takeInRun.ts";
import { createOnChain } from "../../../verifier/chain/publish.ts";
import { type Chain, connect, deployRegistry, type Registry, registryAbi } from "../../../verifier/chain/registry.ts";
import { submitRun } from "../../../verifier/chain/submitRun.ts";
import { forgeBundles } from "../../adversary/lib/knownRuns.ts";
import { authority } from "../../lib/authorities.ts";
import { PROFILE, USUAL_PROFILES } from "../../lib/profile.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
export const DAY = 86_400;
/** The first two programs behind the chain's own. The n-th signs with the n-th test key. */
export const [A, B] = [2, 3] as const;
/** What A holds after its deposit has come in, in wei. */
export const HELD = 500_000_000_000_000_000n;
/** The slot where A sees the feed. */
export const WINDOW = 40;

const TWO: Scenario = {
  name: "border",
  description: "two programs of a moored map",
  genesis: () => MOORED_GENESIS,
  run(tracer) {
    const chain = tracer.program(CHAIN);
    const now = Math.floor(Date.now() / 1_000);
    chain.createProgram({ name: "A", authority: authority(A) }, now);
    chain.createProgram({ name: "B", authority: authority(B) }, now);
  },
};

/** A run whose map is on a chain. */
export interface MooredRun extends AsyncDisposable {
  readonly dir: string;
  readonly anvil: Anvil;
  readonly chain: Chain;
  readonly registry: Registry;
  readonly mapId: string;
}

/** A has half an ether and a window; a deposit for B, of which the run knows nothing, is open. */
export async function mooredRun(dir: string): Promise<MooredRun> {
  const anvil = await startAnvil();
  const chain = await connect(anvil.url);
  const { address } = await deployRegistry(chain);
  const registry: Registry = { chain, address };
  await runScenario(TWO, { out: dir, profiles: USUAL_PROFILES, moored: true });
  const data = (await registryAbi()).encodeFunctionData("MOORED_GENESIS_ROOT", []);
  const feeds = [{ target: address, data, shift: 200, offset: 0n, fresh: DAY }];
  const { mapId } = (
    await createOnChain(dir, chain, { registry: address, patience: DAY, feeds, profile: ["batch-64"] }, SILENT)
  ).chain;
  const pay = async (program: number, quantity: bigint): Promise<void> => {
    const now = (await chain.provider.getBlock("latest"))?.timestamp ?? 0;
    const wish = { asset: { label: ETHER, token: null }, program, slot: 0, deadline: now + DAY };
    await deposit(registry, mapId, { ...wish, quantity, authority: authority(program) });
  };
  await pay(A, HELD);
  await observe(registry, mapId, 0);
  await takeInRun(dir, chain, { registry: address, windows: [{ feed: 0, program: A, slot: WINDOW }] });
  await forgeBundles(dir, await artifactsOf(PROFILE));
  await submitRun(dir, chain, address, SILENT);
  await pay(B, 7n);
  return {
    ...{ dir, anvil, chain, registry, mapId },
    async [Symbol.asyncDispose]() {
      chain.provider.destroy();
      await anvil.stop();
    },
  };
}
