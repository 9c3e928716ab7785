import type { Sum } from "../../verifier/constraints/sums.ts";
import type { Terms } from "../../verifier/constraints/system.ts";

/** A sum as a line of a certificate writes it. */
export const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)] as const);
