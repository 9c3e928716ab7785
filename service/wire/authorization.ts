/**
 * The header with which a program signs a request:
 *
 *     Authorization: TimeBandits program=7,expires=1790000000,nonce=HEX,key=X:Y,r=X:Y,s=S
 *
 * `nonce` has 32 hexadecimal digits: the 16 of the server's instance (`/v1/domain`), then 16 that are chosen at random.
 * The numbers of the signature are decimal.
 */
import type { LogSignature } from "../../trace/signing/signature.ts";

/** Name of the scheme. */
export const SCHEME = "TimeBandits";
/** Most seconds that a request may be valid. */
export const LONGEST_VALID_S = 300;

/** A program's signature of a request, with what it states beside the request itself. */
export interface SignedBy {
  readonly program: number;
  readonly expires: number;
  readonly nonce: bigint;
  readonly signature: LogSignature;
}

const NUMBER = "(0|[1-9][0-9]{0,77})";
const PATTERN = new RegExp(
  `^${SCHEME} program=([1-9][0-9]{0,7}),expires=([1-9][0-9]{0,12}),nonce=([0-9a-f]{32})` +
    `,key=${NUMBER}:${NUMBER},r=${NUMBER}:${NUMBER},s=${NUMBER}$`,
);

/** The header's text. */
export function authorizationText({ program, expires, nonce, signature: { key, r, s } }: SignedBy): string {
  const digits = nonce.toString(16).padStart(32, "0");
  return `${SCHEME} program=${program},expires=${expires},nonce=${digits},key=${key.join(":")},r=${r.join(":")},s=${s}`;
}

/** Reads the header; undefined if it is not in its one form. */
export function parseAuthorization(text: string): SignedBy | undefined {
  const found = PATTERN.exec(text);
  if (found === null) return undefined;
  const [, program, expires, nonce, ...numbers] = found;
  const [x, y, rx, ry, s] = numbers.map((digits) => BigInt(digits)) as [bigint, bigint, bigint, bigint, bigint];
  return {
    program: Number(program),
    expires: Number(expires),
    nonce: BigInt(`0x${nonce}`),
    signature: { key: [x, y], r: [rx, ry], s },
  };
}
