/** Keys of exits and cells in a registry: of the same shape as batches', and known as development keys. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { circuitKey } from "../../prover/circuit/build.ts";
import { publishedKey } from "../../prover/keys/published.ts";
import { mainSource } from "../../prover/profiles.ts";
import { STATE_CIRCUITS } from "../../prover/stateCircuits.ts";
import {
  deployRegistry,
  keyWords,
  type Registry,
  refuseDevelopmentKeyOnPublicChain,
  storeKey,
} from "../../verifier/chain/registry.ts";
import { hardhatChain, raw, refusal } from "../lib/chains.ts";

let chains: Awaited<ReturnType<typeof hardhatChain>>[];
let registries: Registry[];

beforeAll(async () => {
  chains = [await hardhatChain(), await hardhatChain(1)];
  registries = await Promise.all(chains.map((chain) => deployRegistry(chain)));
});
afterAll(async () => {
  for (const chain of chains) await chain[Symbol.asyncDispose]();
});

it.each(STATE_CIRCUITS)(
  "$name: its development key is stored on a local chain, and refused on a public one",
  async (one) => {
    const published = await publishedKey(one, await circuitKey(mainSource(one)));
    if (published === null) throw new Error("run npm run build:keys");
    const key = published.verificationKey;
    const [local, open] = registries as [Registry, Registry];
    expect(await refusal(storeKey(local, key))).toEqual({ reason: "accepted" });
    const expected = { reason: "DevelopmentKeyOnPublicChain", chainId: 1n };
    expect(await refusal(refuseDevelopmentKeyOnPublicChain(key, 1n))).toEqual(expected);
    expect(await refusal(raw(open, "storeKey", [keyWords(key)]))).toEqual(expected);
  },
);
