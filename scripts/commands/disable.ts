import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { hashArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends OwnerOptions {
  verifier: string;
}

/** `disable`: turns a verifier off at once. */
export function disable() {
  const command = ownerVerb("disable", "turn a verifier off at once, active or pending (owner only)");
  command.requiredOption("--verifier <hash>", "hash of its key, as shown by map", hashArgument);
  return does<Options>(command, async ({ options, progress }) => {
    const { disableCall } = await import("../../verifier/index.ts");
    const { map, verifier } = options;
    return take(
      options,
      progress,
      async (_, { owner }) => ({ calls: [disableCall(map, verifier)], sender: owner }),
      () => `the verifier ${verifier} is disabled`,
    );
  });
}
