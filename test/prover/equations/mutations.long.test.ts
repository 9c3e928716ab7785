/**
 * Constraints of some operations' rules are taken out, one at a time, before the row's bounds are learned: without
 * each, the comparison of the operation does not come out as before, or the others say the same.
 */
import { describeMutations, FOUND } from "../../lib/mutationCases.ts";

/** Operations that take few seconds each. */
const SHORT = 4;

describeMutations(FOUND.slice(0, SHORT));
