/** What the prover may choose, and what is assumed: by name, with the reason. */

/** Signals of these names are chosen. The first that fits counts. */
export const CHOSEN: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^(keyX|tableEntries\[\d+\]\.keyX)$/, "x of the key: one of the two keys with this y; both have the same authority"],
  [/^(r\[\d\]|s|tableEntries\[\d+\]\.(r\[\d\]|s))$/, "the signature: a key can sign one message in many ways"],
  [
    /^treeNodes\[\d+\]\.(x|y|cells)$/,
    "which nodes are listed, and in which order: a node that is not changed says nothing",
  ],
  [/^tableEntries\[\d+\]\.validUntil$/, "until when the signature may be used: its signer has said so"],
];

/** Given or chosen, but no part of the transcript's words: these are named when the challenges are drawn. */
export const UNHEARD = /^(point|tableEntries\[\d+\]\.(keyX|r\[\d\]|s|validUntil))$/;

/** Assumed to have one value: by the arguments that the challenges make. */
export const ASSUMED: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^treeNodes\[\d+\]\.before\[\d+\]$/, "tree: lanes before the batch are those of the tree with the root before"],
  [
    /^treeNodes\[\d+\]\.after\[\d+\]$/,
    "memory and tree: lanes after the batch are what rows left last, and digests of such",
  ],
  [/^postRoot$/, "memory and tree: the root after is that of the lanes after"],
  [/^treeNodes\[\d+\]\.signs$/, "signature table: headers that grant are those that are asked for"],
  [/^tableEntries\[\d+\]\.(active|program|uses|key|logHead)$/, "signature table: it has what rows ask for"],
];

/** Signals of these names may stay open: nothing depends on them. */
export const FREE: readonly (readonly [name: RegExp, reason: string])[] = [
  [/\.inv$/, "shows that a number is not 0; where it is 0, any value will do"],
  [/^choices\[\d+\]\.inverse$/, "shows that a number is not 0"],
  [/^treeNodes\[\d+\]\.inverse$/, "shows that a log grew; where it did not, any value will do"],
];

/**
 * Constraints that no line rests on, and that no other constraint implies: the argument that is assumed rests on them.
 * By the name of a signal that each has.
 */
export const ARGUED: readonly (readonly [name: RegExp, template: string, argument: string])[] = [
  [
    /^treeNodes\[\d+\]\.inverse$/,
    "NodeMemory",
    "signature table: only a header whose log has changed grants. That the table has what rows ask for is assumed",
  ],
];

/** Quotients in components of these names have divisors that are not 0: verifier/curve/ shows it. */
export const DIVISORS: readonly (readonly [name: RegExp, reason: string])[] = [
  [
    /\.(minus|plus)\..*(slope|turn)\.out$/,
    "two points of a sum in Montgomery form are neither equal nor opposite (circuits/signature/montgomery.circom)",
  ],
  [
    /\.(twice|fourfold|eightfold)\.(p|out)\[\d\]$/,
    "no denominator of a doubling on the curve is 0 (circuits/signature/edwards.circom)",
  ],
  [
    /signature\.(minus\.point\[\d\]|[uvxy]\.out)$/,
    "the key has an order above 8, and a sum with 6Z has a v that is not 0 (circuits/signature/signature.circom)",
  ],
];

export const ORDINATES =
  "no ordinate of a point of order l, or of it plus Z, is 0 (circuits/signature/montgomery.circom)";
