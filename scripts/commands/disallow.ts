import { submitterVerb } from "../lib/submitterVerb.ts";

/** `disallow`: stops an account from submitting proofs. */
export function disallow() {
  return submitterVerb("disallow", "stop an account from submitting proofs (owner only)", false);
}
