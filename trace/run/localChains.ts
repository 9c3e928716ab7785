/** Local test chains. Development keys are accepted only on these. */
const LOCAL_CHAINS: ReadonlySet<bigint> = new Set([31337n, 1337n]);

/** Whether a chain is one of those. */
export function isLocalChain(chainId: bigint): boolean {
  return LOCAL_CHAINS.has(chainId);
}
