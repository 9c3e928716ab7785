import { submitterVerb } from "../lib/submitterVerb.ts";

/** `allow`: lets one more account submit proofs. */
export function allow() {
  return submitterVerb("allow", "let an account submit proofs (owner only)", true);
}
