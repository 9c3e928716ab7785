/** What a proof of an exit states. */

/** What a proof of an exit states, as the registry is given it. */
export interface ExitPublic {
  readonly root: bigint;
  readonly domain: bigint;
  readonly place: bigint;
  readonly program: bigint;
  readonly authority: bigint;
  readonly w0: bigint;
  readonly w1: bigint;
}

/** The public inputs of such a statement, in their order. */
export function exitSignals({ root, domain, place, program, authority, w0, w1 }: ExitPublic): bigint[] {
  return [root, domain, place, program, authority, w0, w1];
}
