/** A map on the chain, with its run directory and its twelve parties. */
import { join } from "node:path";
import { Interface } from "ethers";
import { profileOf } from "../../prover/profiles.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import { createRunStream } from "../../trace/tracer/appendRun.ts";
import { createOnChain } from "../../verifier/chain/publish.ts";
import type { Feed } from "../../verifier/chain/registry.ts";
import { startProgress } from "../lib/progress.ts";
import { type Parties, partiesOf } from "./parties.ts";
import type { Account, World } from "./world.ts";

/** The profile that everything is proven with, and the map's patience. */
export const PROFILE = "batch-64";
export const PATIENCE = 86_400;

export interface Stage {
  readonly dir: string;
  readonly mapId: string;
  readonly parties: Parties;
  /** File with the key of the account that submits. */
  readonly keyFile: string;
  readonly operator: Account;
}

/** The feed of a map: what the registry has of the plain token. */
function feedOf({ assets, registry }: World): Feed {
  const abi = new Interface(["function balanceOf(address owner) view returns (uint256)"]);
  const data = abi.encodeFunctionData("balanceOf", [registry.address]);
  return { target: assets.plain.token ?? "", data, shift: 0, offset: 0n, fresh: 3_600 };
}

/** Begins a run, creates its map, and makes keys for the parties. */
export async function setStage(world: World, name: string, accounts: readonly Account[]): Promise<Stage> {
  const dir = join(world.folder, name);
  createRunStream(dir, MOORED_GENESIS, { profiles: [profileOf(PROFILE)], scenario: name }).close();
  const operator = await world.account();
  const { registry } = operator;
  const { chain } = await createOnChain(
    dir,
    registry.chain,
    { registry: registry.address, patience: PATIENCE, feeds: [feedOf(world)] },
    await startProgress(false),
  );
  await world.clock.follow();
  const keyFile = world.keyFile(`${name}-operator`, operator);
  return { dir, mapId: chain.mapId, parties: partiesOf(world, name, accounts), keyFile, operator };
}
