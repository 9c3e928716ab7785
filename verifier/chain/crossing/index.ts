/** Assets, entries and exits of moored maps: what crosses between a chain and the maps that are moored to it. */
export type { Observation } from "../../../trace/crossing/entries.ts";
export { requestOf } from "../../../trace/crossing/requestName.ts";
export {
  type Asset,
  assetNamed,
  assetOf,
  assetText,
  ETHER,
  labelOf,
  listCall,
  listToken,
  owed,
  purse,
  tokenOf,
  withdrawCall,
  withdrawFunds,
} from "./assets.ts";
export { type BorderOptions, type Waiting, type Window, waitingAtBorder } from "./border.ts";
export {
  type Deposit,
  type DepositWish,
  deposit,
  depositCall,
  depositCalls,
  isOpenDeposit,
  refund,
  refundCall,
} from "./deposits.ts";
export { parseFeeds } from "./feeds.ts";
export {
  type Credit,
  type CrossingHistory,
  crossingHistory,
  observations,
  openDeposits,
  openRequests,
} from "./history.ts";
export { NotMooredError, requireMooring } from "./mooring.ts";
export { factLabel, type Observed, observe, observeCall } from "./observations.ts";
export {
  dismiss,
  dismissCall,
  type Exit,
  type ExitRequest,
  findRequest,
  freeze,
  freezeCall,
  leastFee,
  leaveCall,
  leaveFrozen,
  presentFee,
  reclaim,
  reclaimCall,
  requestCall,
  requestExit,
  requestPlace,
  type ShownCell,
} from "./requests.ts";
export { type Solvency, solvency } from "./solvency.ts";
export { type TakeInOptions, type TakenInRun, takeInRun } from "./takeInRun.ts";
export { allowance, approvals, approveCall, balance, TokenError } from "./tokens.ts";
export { type Clocks, type DepositWait, depositWait, type RequestStage, requestStage } from "./waiting.ts";
