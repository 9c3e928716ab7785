import type { Terms } from "../../verifier/certificate/check.ts";
import type { Sum } from "../../verifier/certificate/system.ts";

/** A sum as a line of a certificate writes it. */
export const terms = (sum: Sum): Terms => [...sum].map(([signal, factor]) => [signal, String(factor)] as const);
