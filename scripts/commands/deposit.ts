import { time } from "../../trace/describe/names.ts";
import { ENTRY_ID } from "../../trace/layout.ts";
import { authorityArgument, quantityArgument, slotArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  asset: string;
  quantity: bigint;
  program: string;
  slot?: number;
  authority?: bigint;
  run?: string;
  deadline?: number;
  approve?: boolean;
}

/** `deposit`: pays an asset to a program of a moored map. */
export function deposit() {
  const command = crossingVerb("deposit", "pay ether or a token to a program of a moored map")
    .requiredOption("--asset <asset>", "ETH, a label, or the address of a listed token")
    .requiredOption("--quantity <n>", "how much, in the smallest unit", quantityArgument)
    .requiredOption("--program <name>", "the program that is to have it: its number, or its name in the run")
    .option("--slot <n>", "the slot where it is to lie; default: any", slotArgument)
    .option(
      "--authority <n>",
      "the program's key, as keys show prints it; default: looked up in the run",
      authorityArgument,
    )
    .option("--run <dir>", "run directory of the map, to look up the program's key and name")
    .option(
      "--deadline <seconds>",
      "last time at which it may enter, in seconds since 1970; default: in a day",
      secondsArgument,
    )
    .option("--approve", "first let the registry take the quantity from the account, if it may not yet");
  return does<Options>(command, async ({ options, progress }) => {
    const { assetNamed, assetText, planDeposit } = await import("../../verifier/index.ts");
    const { receiverOf } = await import("../lib/receiver.ts");
    if (options.run !== undefined) progress.say("replaying");
    const receiver = receiverOf(options);
    return cross(options, progress, async (registry, payer) => {
      const asset = await assetNamed(registry, options.asset);
      const { program, authority, name, whose } = receiver;
      const { map, quantity, slot = 0, deadline, approve } = options;
      // Printed calls are sent one after the other, so the approval can be among them.
      const asked = { payer, approve: approve === true || options.calldata === true, deadline };
      progress.say("checking the map and its keys");
      const { calls, wish, refundFrom } = await planDeposit(registry, map, {
        ...{ asset, quantity, program, slot, authority, ...asked },
      });
      const facts = {
        ...{ map, label: asset.label, token: asset.token, quantity, program, name, slot, authority, whose },
        ...{ deadline: wish.deadline, refundFrom },
      };
      const to = `program ${program}${slot === 0 ? "" : `, slot ${slot}`}, with the key ${authority}`;
      const lines = [
        `${quantity} of ${assetText(asset)} for ${to}`,
        `receiver: ${whose}`,
        `it may enter until ${time(wish.deadline)}; if it does not, anybody may refund it from ${time(refundFrom)} on`,
        ...(asset.token !== null && payer === undefined
          ? [`approve the registry first: approve(${registry.address}, ${quantity}) of the token ${asset.token}`]
          : []),
      ];
      return {
        calls,
        before: { facts, lines },
        event: "Deposited",
        told: ({ number, quantity: arrived, payer: from }) => ({
          facts: { number, id: ENTRY_ID + BigInt(number), quantity: arrived, payer: from },
          lines: [
            `deposit ${number} is open; in the map it will be the resource ${ENTRY_ID + BigInt(number)}`,
            ...(BigInt(arrived) === quantity ? [] : [`only ${arrived} arrived: the token kept the rest`]),
          ],
        }),
      };
    });
  });
}
