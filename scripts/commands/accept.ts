import { InvalidInputError } from "../../trace/errors.ts";
import { type OwnerOptions, ownerVerb, take } from "../lib/ownerVerb.ts";
import { does } from "../lib/verb.ts";

/** `accept`: the account to which a map is offered takes it over. */
export function accept() {
  const command = ownerVerb("accept", "take over a map that its owner has offered to your account");
  return does<OwnerOptions>(command, async ({ options, progress }) => {
    const { acceptCall } = await import("../../verifier/index.ts");
    return take(
      options,
      progress,
      async (_, { owner, pendingOwner }) => {
        if (pendingOwner === null) {
          throw new InvalidInputError("map", `nobody is offered it; let its owner, ${owner}, say transfer first`);
        }
        return { calls: [acceptCall(options.map)], sender: pendingOwner };
      },
      ({ owner, verifiers }) =>
        `the map belongs to ${owner} now; its submitters and its ${verifiers.length} verifiers are as they were: look at them with map`,
    );
  });
}
