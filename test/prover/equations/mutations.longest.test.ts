/**
 * Constraints of the other operations' rules are taken out, one at a time, before the row's bounds are learned: without
 * each, the comparison of the operation does not come out as before, or the others say the same.
 */
import { describeMutations, FOUND } from "../../lib/mutationCases.ts";

/** Those of mutations.long.test.ts. */
const SHORT = 4;

describeMutations(FOUND.slice(SHORT));
