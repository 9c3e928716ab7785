/** The meaning of a node's words. Clients word the same refusal differently, and their codes differ even more. */

const BUSY =
  /rate.?limit|too many (requests|connections)|compute units|request (limit|count) (exceeded|reached)|exceeded.{0,40}(capacity|per second)|throttl|\b429\b|server (is )?busy|try again later/i;
const PRUNED =
  /missing trie node|state.{0,60}(not available|unavailable|pruned|not found|missing)|pruned|archive|historical|no state|state (is )?(only )?available|old data not available|distance to target block|world state|ancient|block is too old|header not found|unknown block|block ?out ?of ?range/i;
const UNKNOWN_METHOD =
  /method.{0,80}(not found|does not exist|not (exist|available|supported|allowed|enabled|whitelisted)|unavailable|unsupported|disabled)|unsupported method|unknown method|not implemented|the method \S+ is|namespace/i;
const TOO_MUCH = /(response|batch|payload).{0,30}too (large|big|long)|batch.{0,30}(limit|size|not)|response size/i;
const FAILED_CALL =
  /out of ?gas|opcode|stack (under|over|limit)|stack ?(under|over)flow|jump|write protection|static ?call|evm error|vm (execution|exception)|execution (failed|error)|return ?data|gas uint64|call depth|precompile|memory (limit|oog)|contract (validation|error)|invalid operand/i;
const TRACER_OPTION = /with_?log|tracerconfig|tracer config/i;

/** A contract's own reason for a revert can hold any words, so it is no refusal of the node. */
const REVERT = /revert/i;
const means = (pattern: RegExp, words: string): boolean => pattern.test(words) && !REVERT.test(words);

/** True if the node asks to slow down. */
export const isBusy = (words: string): boolean => means(BUSY, words);
/** True if the node keeps the state no more. */
export const isPruned = (words: string): boolean => means(PRUNED, words);
/** True if the node has no such method, or does not offer it. */
export const isUnknownMethod = (words: string): boolean => means(UNKNOWN_METHOD, words);
/** True if the node would answer fewer requests at once. */
export const isTooMuch = (words: string): boolean => means(TOO_MUCH, words);
/** True if the node does not know the tracer's option `withLog`. */
export const isUnknownOption = (words: string): boolean => means(TRACER_OPTION, words);
/** True if a contract failed in the call, so that the node did answer. */
export const isFailedCall = (words: string): boolean =>
  REVERT.test(words) || (FAILED_CALL.test(words) && !isPruned(words));
