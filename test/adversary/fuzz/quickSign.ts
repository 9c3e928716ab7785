/**
 * Signatures of the test keys without a single multiplication of points: the nonce is always 1, so R is the base point.
 * Such a signature gives its key away, and these keys are public. The circuit and `verifyLog` take it as any other.
 */
import { buildEddsa } from "circomlibjs";
import type { SignatureBook } from "../../../prover/signing/signatures.ts";
import { FILLER_SIGNATURE, publicKey, statementHash } from "../../../trace/signing/signature.ts";
import { authority, secretOf } from "../../lib/authorities.ts";

const eddsa = await buildEddsa();
const BASE = FILLER_SIGNATURE.key;
/** The n-th test key, for n below this. */
const KEYS = 6;

interface Key {
  point: [bigint, bigint];
  /** Eight times the number by which the base point is multiplied. */
  scalar: bigint;
}

const keys = new Map<bigint, Key>();

function keyOf(n: number): Key {
  let pruned = new Uint8Array();
  const prune = eddsa.pruneBuffer.bind(eddsa);
  const spied = Object.assign(Object.create(eddsa) as typeof eddsa, {
    pruneBuffer: (hash: Uint8Array) => {
      pruned = Uint8Array.from(prune(hash));
      return pruned;
    },
  });
  spied.prv2pub(secretOf(n));
  const scalar = pruned.slice(0, 32).reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  return { point: publicKey(secretOf(n)), scalar };
}

/** Signs whatever is wanted for a domain, with whichever of the test keys is asked for, for ever. */
export function quicklySigned(domain: bigint): SignatureBook {
  for (let n = 0; n < KEYS && keys.size < KEYS; n++) keys.set(authority(n), keyOf(n));
  const validUntil = 2 ** 40 - 1;
  return ({ program, authority: wanted, log }) => {
    const key = keys.get(wanted);
    if (key === undefined) return undefined;
    const message = statementHash({ domain, program, log, validUntil });
    const words = [...BASE, ...key.point, message].map((word) => eddsa.F.e(word));
    const challenge = eddsa.F.toObject(eddsa.poseidon(words));
    const s = (1n + challenge * key.scalar) % eddsa.babyJub.subOrder;
    return { validUntil, signature: { key: key.point, r: BASE, s } };
  };
}
