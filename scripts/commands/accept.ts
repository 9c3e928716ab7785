import { InvalidInputError } from "../../trace/errors.ts";
import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { does } from "../lib/verb.ts";

/** `accept`: makes the account to which a map is offered its owner. */
export function accept() {
  const command = ownerVerb("accept", "become the owner of a map that its owner offered to your account");
  return does<OwnerOptions>(command, async ({ options, progress }) => {
    const { acceptCall } = await import("../../verifier/index.ts");
    return take(
      options,
      progress,
      async (_, { owner, pendingOwner }) => {
        if (pendingOwner === null) {
          throw new InvalidInputError("map", `is offered to no account; its owner, ${owner}, runs transfer first`);
        }
        return { calls: [acceptCall(options.map)], sender: pendingOwner };
      },
      ({ owner, verifiers }) =>
        `the map now belongs to ${owner}; its submitters and its ${verifiers.length} verifiers are unchanged: map shows them`,
    );
  });
}
