import { Option } from "commander";

/** `--names FILE`: the reader's own names. */
export function namesOption(): Option {
  return new Option(
    "--names <file>",
    "your own names, in place of the run's (JSON: programs, kinds, functions, slots, as in manifest.json; or by address)",
  );
}
