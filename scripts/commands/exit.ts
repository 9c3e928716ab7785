import { Names, time } from "../../trace/describe/names.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { programOf, slotOf } from "../../trace/layout.ts";
import type { AssetCell } from "../../verifier/exits/planExit.ts";
import { cellArgument, weiArgument } from "../lib/crossingArguments.ts";
import { type CrossingOptions, cross, crossingVerb } from "../lib/crossingVerb.ts";
import { headState } from "../lib/headState.ts";
import { addressArgument, secondsArgument } from "../lib/rpc.ts";
import { secretFileArgument } from "../lib/secretFile.ts";
import { does } from "../lib/verb.ts";

interface Options extends CrossingOptions {
  program: string;
  programKey: string;
  cell?: number;
  recipient?: string;
  validUntil?: number;
  fee?: bigint;
}

/** Time for which a wish is signed, in seconds. */
const USUAL_VALIDITY = 86_400;

/** `exit`: asks to leave a moored map with an asset, or leaves it if it is frozen. */
export function exit() {
  const summary = "ask to leave a moored map with an asset, by a program's key; leave at once if the map is frozen";
  const command = crossingVerb("exit", summary)
    .argument("[dir]", "run directory of the map; without it, the run is made from the chain")
    .requiredOption("--program <name>", "the program that leaves: its number, or its name in the run")
    .requiredOption("--program-key <file>", "its key file, made by keys new", secretFileArgument)
    .option(
      "--cell <place>",
      "where the asset lies: PROGRAM:SLOT, or an address; default: the only one to which the program is entitled",
      cellArgument,
    )
    .option("--recipient <address>", "the account that is paid; default: the one that sends", addressArgument)
    .option(
      "--valid-until <seconds>",
      "last time at which the signed wish may be used, in seconds since 1970; default: in a day",
      secondsArgument,
    )
    .option("--fee <wei>", "for who answers; default: twice what the registry now requires", weiArgument);
  return does<Options>(command, async ({ args: [dir], options, progress }) => {
    const { assetOf, assetText, assetsOf, planExit, readMap } = await import("../../verifier/index.ts");
    const { pinned } = await import("../../verifier/chain/registry.ts");
    const { presentFee } = await import("../../verifier/chain/crossing/requests.ts");
    const { meantProgram } = await import("../../trace/describe/programNumber.ts");
    const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
    const { secret } = readKeyFile(options.programKey);
    return cross(options, progress, async (registry, sender) => {
      const recipient = options.recipient ?? sender;
      if (recipient === undefined)
        throw new InvalidInputError("recipient", "is missing; give the account that is to be paid");
      const { block, ...there } = await pinned(registry);
      const head = await readMap(there, options.map);
      const { map, manifest } = await headState(dir, registry, head, progress);
      const program = meantProgram(options.program, manifest);
      if (program === undefined)
        throw new InvalidInputError("program", "no program of the run has this name; give a name of it, or a number");
      const now = block.timestamp;
      const who = new Names(manifest).program(program);
      const address = options.cell ?? onlyAsset(who, assetsOf(map, program, now)).address;
      const validUntil = options.validUntil ?? now + USUAL_VALIDITY;
      const fee = options.fee ?? 2n * (await presentFee(registry));
      progress.say("proving the exit");
      const { chainId } = registry.chain;
      const { onProgress } = progress;
      const wish = { program, secret, address, recipient, validUntil, fee, now, chainId, onProgress };
      const { leaves, call, asset } = await planExit(map, head, wish);
      const what = `${asset.quantity} of ${assetText(await assetOf(registry, asset.label))}`;
      const where = `slot ${slotOf(address)} of program ${programOf(address)}`;
      const facts = {
        ...{ map: options.map, frozen: leaves, program, cell: address, label: asset.label, quantity: asset.quantity },
        ...{ id: asset.id, recipient, validUntil, fee: leaves ? null : fee },
      };
      const lines = [`${who} leaves with ${what}, which lies in ${where}, to ${recipient}`];
      if (leaves) {
        return {
          ...{ calls: [call], before: { facts, lines }, event: "Left" },
          told: () => ({ facts: {}, lines: [paidLine(recipient, what), payLine(asset.label, recipient)] }),
        };
      }
      const patience = head.mooring?.patience ?? 0;
      return {
        ...{ calls: [call], before: { facts, lines }, event: "ExitRequested" },
        told: ({ request, time: asked }) => ({
          facts: { request, time: Number(asked), lateFrom: Number(asked) + patience + 1 },
          lines: [
            `request ${request} is open; the operator has until ${time(Number(asked) + patience)} to answer it`,
            "look with map whether it is answered, and what to do if it is not",
          ],
        }),
      };
    });
  });
}

function onlyAsset(who: string, assets: readonly AssetCell[]): AssetCell {
  const [first, ...more] = assets;
  if (first === undefined)
    throw new InvalidInputError("program", `${who} is entitled to no asset of the chain at the map's head now`);
  if (more.length === 0) return first;
  const places = assets.map(({ address, quantity, label }) => {
    return `${programOf(address)}:${slotOf(address)} (${quantity} of label ${label})`;
  });
  throw new InvalidInputError(
    "cell",
    `${who} is entitled to several assets: ${places.join(", ")}; name one with --cell`,
  );
}

const paidLine = (recipient: string, what: string): string => `the registry owes ${recipient} ${what}`;
const payLine = (label: number, recipient: string): string =>
  `pay it out with withdraw-funds --asset ${label} --recipient ${recipient}`;
