import { Option } from "commander";
import type { Confirmations } from "../../verifier/chain/registry.ts";
import { wholeNumber } from "./numberArgument.ts";

const MOST = 10_000;

/** `--confirmations`: how many blocks must confirm a transaction. */
export function confirmationsOption(): Option {
  const summary =
    "blocks to wait for, including the transaction's own, or finalized; default: 1 on test chains, 12 on others";
  return new Option("--confirmations <n>", summary).argParser((text: string): Confirmations => {
    if (text === "finalized") return text;
    return wholeNumber(text, [1, MOST], `It is a whole number from 1 to ${MOST}, or finalized.`);
  });
}
