/** Calls for an account that signs elsewhere, as `--calldata` prints them. */
import type { Command } from "commander";
import type { PrintedCall } from "../../verifier/chain/registry.ts";
import { count, pairs } from "./output.ts";

/** Adds `--calldata`. */
export function withCalldata(command: Command): Command {
  return command.option("--calldata", "print the transactions for a Safe or a hardware wallet, and send nothing");
}

/** The calls, in sending order. */
export function callLines(calls: readonly PrintedCall[], sender: string): string[] {
  if (calls.length === 0) return ["nothing to send"];
  const order = calls.length === 1 ? "" : ", in this order";
  return [
    `${count(calls.length, "transaction")} for ${sender} to send${order}:`,
    ...calls.flatMap(({ function: name, to, value, data }) =>
      pairs([
        ["function", name],
        ["to", to],
        ["value", value],
        ["data", data],
      ]),
    ),
  ];
}
