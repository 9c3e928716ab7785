import { UsageError } from "../lib/failure.ts";
import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { addressArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends OwnerOptions {
  to?: string;
  cancel?: boolean;
}

/** `transfer`: a map is offered to another account, which has to accept it. */
export function transfer() {
  const command = ownerVerb("transfer", "as a map's owner: offer the map to an account, which owns it once it accepts")
    .option("--to <address>", "the account", addressArgument)
    .option("--cancel", "take an offer back");
  return does<Options>(command, async ({ options, progress }) => {
    const { map, to, cancel } = options;
    if ((to === undefined) === (cancel !== true)) throw new UsageError("give --to ADDRESS or --cancel, one of the two");
    if (to !== undefined && /^0x0*$/.test(to))
      throw new UsageError("--to names nobody; say --cancel to take an offer back");
    const { transferCall } = await import("../../verifier/index.ts");
    return take(
      options,
      progress,
      async (_, { owner }) => ({ calls: [transferCall(map, to ?? null)], sender: owner }),
      ({ owner, pendingOwner }) =>
        pendingOwner === null
          ? `nobody is offered the map; it stays with ${owner}`
          : `the map is offered to ${pendingOwner}, and stays with ${owner} until that account says accept`,
    );
  });
}
