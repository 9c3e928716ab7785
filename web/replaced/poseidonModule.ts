/**
 * In place of trace/poseidon/module.ts: the module is made in the worker, from constants that are made there as well.
 */
export { assemble as moduleBytes } from "../../trace/poseidon/permutation.ts";
