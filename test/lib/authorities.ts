/** Keys of test programs: program p signs with the p-th, and rotated keys have other numbers. */
import type { SignatureBook } from "../../prover/signing/signatures.ts";
import { authorityOf, signLog } from "../../trace/signing/signature.ts";

/** The n-th secret. It is public. */
export function secretOf(n: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => (n * 37 + i * 11 + 1) & 0xff);
}

const known = new Map<bigint, number>();
const authorities: bigint[] = [];

/** The authority of the n-th secret. */
export function authority(n: number): bigint {
  authorities[n] ??= authorityOf(secretOf(n));
  known.set(authorities[n], n);
  return authorities[n];
}

/** Gives every wanted signature, with the right one of these keys. */
export function signedBy(domain: bigint, validUntil = 2 ** 40 - 1): SignatureBook {
  return ({ program, authority, log }) => {
    const n = known.get(authority);
    if (n === undefined) return undefined;
    return { validUntil, signature: signLog(secretOf(n), { domain, program, log, validUntil }) };
  };
}
