import { InvalidInputError } from "../../trace/errors.ts";
import { cross, type RegistryOptions, registryVerb } from "../lib/crossingVerb.ts";
import { addressArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends RegistryOptions {
  asset: string;
  recipient?: string;
}

/** `withdraw-funds`: pays an account what a registry owes it. */
export function withdrawFundsCommand() {
  const command = registryVerb("withdraw-funds", "pay an account all that the registry owes it of an asset")
    .requiredOption("--asset <asset>", "ETH, a label, or the address of a listed token")
    .option("--recipient <address>", "the account that is paid; default: the one that sends", addressArgument);
  return does<Options>(command, async ({ options, progress }) => {
    const { assetNamed, assetText, owed, withdrawCall } = await import("../../verifier/index.ts");
    return cross(options, progress, async (registry, sender) => {
      const recipient = options.recipient ?? sender;
      if (recipient === undefined)
        throw new InvalidInputError("recipient", "is missing; give the account that is to be paid");
      const asset = await assetNamed(registry, options.asset);
      const quantity = await owed(registry, recipient, asset.label);
      if (quantity === 0n)
        throw new InvalidInputError("recipient", `the registry owes ${recipient} nothing of ${assetText(asset)}`);
      return {
        calls: [withdrawCall(asset.label, recipient)],
        before: { facts: { label: asset.label, token: asset.token, recipient, quantity }, lines: [] },
        event: "Withdrawn",
        told: ({ quantity: paid }) => ({
          facts: { quantity: paid },
          lines: [`${paid} of ${assetText(asset)} paid to ${recipient}`],
        }),
      };
    });
  });
}
