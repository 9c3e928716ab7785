/**
 * In place of trace/poseidon/module.ts: the modules are made in the worker, from constants that are made there as well.
 */
export { assemblePairs as pairModuleBytes } from "../../trace/poseidon/pairs/permutation.ts";
export { assemble as moduleBytes } from "../../trace/poseidon/permutation.ts";
