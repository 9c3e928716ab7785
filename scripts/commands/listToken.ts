import { cross, type RegistryOptions, registryVerb } from "../lib/crossingVerb.ts";
import { addressArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends RegistryOptions {
  token: string;
}

/** `list-token`: gives a token its label. */
export function listTokenCommand() {
  const summary = "give an ERC-20 its label, once for all maps of the registry, so that it can be deposited";
  const command = registryVerb("list-token", summary).requiredOption(
    "--token <address>",
    "the token's contract",
    addressArgument,
  );
  return does<Options>(command, async ({ options, progress }) => {
    const { listCall } = await import("../../verifier/index.ts");
    return cross(options, progress, async () => ({
      calls: [listCall(options.token)],
      event: "TokenListed",
      told: ({ label, token }) => ({
        facts: { label: Number(label), token: String(token) },
        lines: [`the token ${token} has the label ${label}; nobody vouches for it`],
      }),
    }));
  });
}
