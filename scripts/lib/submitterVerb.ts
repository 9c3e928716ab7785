/** `allow` and `disallow`: the accounts that may submit proofs. */
import { type OwnerOptions, ownerVerb, take } from "./ownerVerb.ts";
import { addressArgument } from "./rpc.ts";
import { does } from "./verb.ts";

interface Options extends OwnerOptions {
  submitter: string;
}

/** The verb that allows an account to submit, or stops it. */
export function submitterVerb(name: string, summary: string, allowed: boolean) {
  const command = ownerVerb(name, summary).requiredOption("--submitter <address>", "the account", addressArgument);
  return does<Options>(command, async ({ options, progress }) => {
    const { submitterCall } = await import("../../verifier/index.ts");
    const { map, submitter } = options;
    return take(
      options,
      progress,
      async (_, { owner }) => ({ calls: [submitterCall(map, submitter, allowed)], sender: owner }),
      () => `${submitter} may ${allowed ? "now" : "no longer"} submit proofs`,
    );
  });
}
