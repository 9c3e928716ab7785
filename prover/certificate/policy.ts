/** What the prover may choose, and what is assumed: by name, with the reason. */

/** Signals of these names are chosen. The first that fits counts. */
export const CHOSEN: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(keyX|tableEntries\[\d+\]\.keyX)$/, "x of the key: one of the two keys with this y; both have the same authority"],
  [/^(r\[\d\]|s|tableEntries\[\d+\]\.(r\[\d\]|s))$/, "the signature: a key can sign one message in many ways"],
];

/** Signals of these names may stay open: nothing depends on them. */
export const FREE: readonly (readonly [name: RegExp, reason: string])[] = [
  [/\.inv$/, "shows that a number is not 0; where it is 0, any value will do"],
];

/** Quotients in components of these names have divisors that are not 0. */
export const DIVISORS: readonly (readonly [name: RegExp, reason: string])[] = [
  [
    /\.(minus|plus)\./,
    "two points of a sum in Montgomery form are neither equal nor opposite (circuits/signature/montgomery.circom)",
  ],
  [
    /(twice|fourfold|eightfold)\.[xy]\./,
    "no denominator of a doubling on the curve is 0 (circuits/signature/edwards.circom)",
  ],
  [/(^|\.)[uvxy]\.out$/, "the key has an order above 8, and a sum with 6Z has a v that is not 0 (circuits/signature/signature.circom)"],
];

export const ORDINATES = "no ordinate of a point of order l, or of it plus Z, is 0 (circuits/signature/montgomery.circom)";
