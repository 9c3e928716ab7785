import { InvalidArgumentError } from "commander";
import type { LeftWaiting } from "../../trace/crossing/takeIn.ts";
import type { Window } from "../../verifier/chain/crossing/border.ts";
import { configOption } from "../lib/configFile.ts";
import { confirmationsOption } from "../lib/confirmationsOption.ts";
import { numberNameArgument } from "../lib/crossingArguments.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { count } from "../lib/output.ts";
import { addressArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends RpcOptions {
  registry: string;
  confirmations?: number | "finalized";
  show?: Window[];
  request?: bigint;
}

/** `take-in`: appends to a run what waits at its map's border. */
export function takeIn() {
  const command = verb("take-in", "let in and take out what waits at the border of a run's moored map")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .option("--show <feed:program:slot>", "slot in which a feed's newest fact is shown; repeatable", windowArgument)
    .option("--request <name>", "take out what this request asks for, and nothing else", numberNameArgument)
    .addOption(confirmationsOption())
    .addOption(configOption())
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    progress.say("connecting");
    const { takeInRun } = await import("../../verifier/chain/crossing/takeInRun.ts");
    const { voidText } = await import("../../prover/continue.ts");
    whenInterrupted(() => `${dir} is unchanged; run the same command again`);
    const { registry, confirmations, show: windows, request } = options;
    const done = await reading(options, (chain) =>
      takeInRun(dir, chain, { registry, confirmations, windows, request, store: { onNotice: storeNotice } }),
    );
    const { entered, ejected, shown, waiting, added, voidSignatures } = done;
    const lines = [
      `${count(entered.length, "deposit")} let in, ${count(ejected.length, "request")} answered, ` +
        `${count(shown.length, "fact")} shown: ${count(added, "transition")} appended to ${dir}`,
      ...waiting.map(waitingText),
      ...voidSignatures.map(voidText),
    ];
    return { facts: { ...done }, lines };
  });
}

function waitingText({ what, name, why }: LeftWaiting): string {
  return `${what} ${name} waits: ${why}`;
}

/** `2:7:40`: feed 2, in slot 40 of program 7. */
export function windowArgument(text: string, before: Window[] = []): Window[] {
  const [, feed, program, slot] = /^(\d{1,9}):(\d{1,8}):(\d{1,3})$/.exec(text) ?? [];
  if (feed === undefined) throw new InvalidArgumentError("It is FEED:PROGRAM:SLOT, three numbers.");
  return [...before, { feed: Number(feed), program: Number(program), slot: Number(slot) }];
}
