import { submitterVerb } from "../lib/submitterVerb.ts";

/** `disallow`: an account may hand in proofs no longer. */
export function disallow() {
  return submitterVerb("disallow", "as a map's owner: let an account submit proofs no longer", false);
}
