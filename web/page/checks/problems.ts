/** What the checks found, as the page tells it. */
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { Checks } from "./state.ts";

const FOREIGN_KEY = "under a key that this page does not have; give its file under Checks";

/** Whether a bundle's proof could not be verified, because it is under a key that was not given. */
export function isForeignKey({ kind, where, field }: Problem): boolean {
  return kind === "wrong" && field === "key" && where.startsWith("batch ");
}

/** That in a sentence, as a mark tells it. */
export function foreignKeyText({ message }: Problem): string {
  return `its proof is ${FOREIGN_KEY}: the key ${withoutAdvice(message)}`;
}

/** The advice is for the one who proves, not for a reader. */
function withoutAdvice(message: string): string {
  return message.replace(/; prove again.*$/, "");
}

/** All problems. A proof under a key that the page does not have contradicts nothing: it was not checked. */
export function problemsOf({ report, chain }: Checks): Problem[] {
  const own = (report?.problems ?? []).map((one) =>
    isForeignKey(one) ? { ...one, kind: "unfinished" as const, message: foreignKeyText(one) } : one,
  );
  return [...own, ...(chain?.problems ?? [])];
}
