import { UsageError } from "../lib/failure.ts";
import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { addressArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends OwnerOptions {
  to?: string;
  cancel?: boolean;
}

/** `transfer`: offers a map to another account, which must accept it. */
export function transfer() {
  const command = ownerVerb("transfer", "offer the map to an account, which owns it after accept (owner only)")
    .option("--to <address>", "the account", addressArgument)
    .option("--cancel", "withdraw the present offer");
  return does<Options>(command, async ({ options, progress }) => {
    const { map, to, cancel } = options;
    if ((to === undefined) === (cancel !== true)) throw new UsageError("give --to ADDRESS or --cancel, one of the two");
    if (to !== undefined && /^0x0*$/.test(to))
      throw new UsageError("--to is the zero address; use --cancel to withdraw an offer");
    const { transferCall } = await import("../../verifier/index.ts");
    return take(
      options,
      progress,
      async (_, { owner }) => ({ calls: [transferCall(map, to ?? null)], sender: owner }),
      ({ owner, pendingOwner }) =>
        pendingOwner === null
          ? `the map is not offered to any account; its owner is still ${owner}`
          : `the map is offered to ${pendingOwner}; its owner is ${owner} until that account runs accept`,
    );
  });
}
