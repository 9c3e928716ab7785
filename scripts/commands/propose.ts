import { InvalidInputError } from "../../trace/errors.ts";
import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { profileOption } from "../lib/profileOption.ts";
import { does } from "../lib/verb.ts";

interface Options extends OwnerOptions {
  profile: string;
}

/** `propose`: one more verifier of a map, which counts after the map's notice. */
export function propose() {
  const command = ownerVerb("propose", "as a map's owner: announce this installation's key of a profile as a verifier");
  command.addOption(profileOption("whose key the map is to take as well").makeOptionMandatory());
  return does<Options>(command, async ({ options, progress }) => {
    const { profileOf, verifyingArtifactsOf } = await import("../../prover/index.ts");
    const { keyCall, proposeCall } = await import("../../verifier/index.ts");
    const { profile } = options;
    const { key } = await verifyingArtifactsOf(profileOf(profile), { onProgress: progress.onProgress });
    return take(
      options,
      progress,
      async (registry, { owner, verifiers }) => {
        const there = verifiers.find(({ keyHash, disabled }) => keyHash === key.vkeyHash && !disabled);
        if (there !== undefined) {
          throw new InvalidInputError(
            "profile",
            `${profile}'s key is a verifier of the map already; there is nothing to do`,
          );
        }
        const stored = await keyCall(registry, key.verificationKey);
        const call = proposeCall(options.map, { profile, key: key.verificationKey });
        return { calls: stored === undefined ? [call] : [stored, call], sender: owner };
      },
      ({ verifiers }) => {
        const from = verifiers.find(({ keyHash }) => keyHash === key.vkeyHash)?.enabledFrom;
        return `the key ${key.vkeyHash} of ${profile} counts from ${from} on, in seconds since 1970`;
      },
    );
  });
}
