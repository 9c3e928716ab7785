import { InvalidInputError } from "../../trace/errors.ts";
import { numberNameArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  number: bigint;
}

/** `refund`: gives a deposit that did not enter back to its payer. */
export function refund() {
  const summary = "credit a deposit that did not enter in time, or whose map is frozen, to its payer";
  const command = crossingVerb("refund", summary).requiredOption(
    "--number <n>",
    "the deposit's number, as deposit and map print it",
    numberNameArgument,
  );
  return does<Options>(command, async ({ options, progress }) => {
    const { assetOf, assetText, crossingHistory, refundCall } = await import("../../verifier/index.ts");
    return cross(options, progress, async (registry) => {
      progress.say("reading the registry's events");
      const { deposits } = await crossingHistory(registry, options.map);
      const found = deposits.find(({ number }) => number === options.number);
      if (found === undefined)
        throw new InvalidInputError("number", `the map has no deposit ${options.number}; look with map`);
      if (found.end !== "open")
        throw new InvalidInputError("number", `deposit ${options.number} is not open: it was ${found.end}`);
      const asset = assetText(await assetOf(registry, found.label));
      return {
        calls: [refundCall(options.map, found)],
        before: { facts: { map: options.map, number: found.number, label: found.label }, lines: [] },
        event: "DepositRefunded",
        told: ({ payer, quantity }) => ({
          facts: { payer: String(payer), quantity },
          lines: [
            `the registry owes ${payer} ${quantity} of ${asset}`,
            `pay it out with withdraw-funds --asset ${found.label} --recipient ${payer}`,
          ],
        }),
      };
    });
  });
}
