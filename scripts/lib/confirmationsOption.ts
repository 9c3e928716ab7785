import { InvalidArgumentError, Option } from "commander";
import type { Confirmations } from "../../verifier/chain/registry.ts";

const MOST = 10_000;

/** `--confirmations`: how deep a block must lie before what is in it counts as done. */
export function confirmationsOption(): Option {
  const summary =
    "blocks that must hold it, its own counted, or finalized; by default 1 on chains for tests and 12 on others";
  return new Option("--confirmations <n>", summary).argParser((text: string): Confirmations => {
    if (text === "finalized") return text;
    const blocks = Number(text);
    if (/^[1-9][0-9]{0,4}$/.test(text) && blocks <= MOST) return blocks;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MOST}, or finalized.`);
  });
}
