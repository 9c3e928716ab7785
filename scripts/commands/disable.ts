import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { hashArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends OwnerOptions {
  verifier: string;
}

/** `disable`: a verifier counts no longer, at once. */
export function disable() {
  const command = ownerVerb("disable", "as a map's owner: turn a verifier off, at once, pending or active");
  command.requiredOption("--verifier <hash>", "hash of its key, as map shows it", hashArgument);
  return does<Options>(command, async ({ options, progress }) => {
    const { disableCall } = await import("../../verifier/index.ts");
    const { map, verifier } = options;
    return take(
      options,
      progress,
      async (_, { owner }) => ({ calls: [disableCall(map, verifier)], sender: owner }),
      () => `the verifier ${verifier} counts no longer`,
    );
  });
}
