import { submitterVerb } from "../lib/submitterVerb.ts";

/** `allow`: one more account may hand in proofs. */
export function allow() {
  return submitterVerb("allow", "as a map's owner: let an account submit proofs", true);
}
