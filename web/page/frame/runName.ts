/** What the writer of a run calls it. A stranger may be the writer: the name is quoted, cut, and said to be theirs. */
import { quoted } from "../../../trace/describe/quoted.ts";

/** The name in quotation marks; undefined if there is none. */
export function nameOfRun(scenario: string): string | undefined {
  return scenario === "" ? undefined : quoted(scenario);
}

/** Two signs that keep a name's direction of writing within it, where no element can. */
const [ISOLATE, END] = ["\u2068", "\u2069"];

/** The name within a title of a window. */
export function runInTitle(scenario: string): string {
  const name = nameOfRun(scenario);
  return name === undefined ? "a run without a name" : `a run called ${ISOLATE}${name}${END} by its writer`;
}
