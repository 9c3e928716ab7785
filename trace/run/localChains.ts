/** Chains that are everybody's own, for tests: development keys are good on these and on no other. */
const LOCAL_CHAINS: ReadonlySet<bigint> = new Set([31337n, 1337n]);

/** Whether a chain is one of those. */
export function isLocalChain(chainId: bigint): boolean {
  return LOCAL_CHAINS.has(chainId);
}
