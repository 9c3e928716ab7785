/** What the registry's refusals about assets, entries and exits mean: the field at fault, and what to do next. */

/** A refusal in words. */
export interface RefusalWords {
  /** The input that the registry refuses. */
  readonly field: string;
  /** The fault, and what to do next. */
  readonly next: string;
}

const of = (field: string, next: string): RefusalWords => ({ field, next });

/** By the name of the registry's error. */
export const CROSSING_REFUSALS: Readonly<Record<string, RefusalWords>> = {
  // Assets
  TokenExists: of("token", "the token has a label already: use that one, or the token's address"),
  NoCode: of("token", "there is no contract at this address on this chain; check the address and the chain"),
  UnknownAsset: of("asset", "no token has this label; list-token gives a token its label"),
  PurseTooSmall: of("quantity", "the map does not hold as much of this asset; look with map at what it holds"),
  NothingOwed: of("recipient", "the registry owes this account nothing of this asset; look with map who is owed what"),
  TransferFailed: of("asset", "the token did not move, or the account refuses ether; check balance and approval"),
  Reentered: of("asset", "the token or the account called back into the registry; deal with it by another account"),
  // Terms
  LagTooLong: of("maxLag", "a moored map takes no rows that are older than a day; give a smaller --max-lag"),
  DelayTooShort: of("verifierDelay", "give more notice before a new verifier counts"),
  PatienceOutOfRange: of("patience", "give one to seven days, in seconds"),
  MooringContradicted: of("mooring", "a moored map begins with the chain's program alone; trace the run with --moored"),
  NotMoored: of("map", "nothing enters or leaves a map that is not moored; name a moored map"),
  MapIsFrozen: of("map", "the map is frozen: leave with exit, and take open deposits back with refund"),
  MapNotFrozen: of("map", "the map is not frozen: ask to leave with exit"),
  UnknownRoot: of("root", "the registry keeps the last 8,192 roots only; prove against the present one"),
  // Entries
  UnknownDeposit: of("number", "no such deposit is open: it has entered, or was refunded; look with map"),
  UnknownFeed: of("feed", "the map has no feed of this number; look with map at its feeds"),
  QuantityOutOfRange: of("quantity", "give more than 0 and less than 2^128; a token may have kept a part as its fee"),
  WrongValue: of("value", "a deposit of ether sends as much ether as it says, and one of a token sends none"),
  WrongReceiver: of("program", "give a program above 1, a slot below 256, and the program's key as the authority"),
  DeadlinePassed: of("deadline", "give a deadline after the chain's present time"),
  WrongDeposit: of("number", "the deposit differs from this description; read it from the registry's events again"),
  RefundTooEarly: of("number", "a transition may still enter the deposit; ask again after that time"),
  FeedFailed: of("feed", "the feed's contract gives no number now; ask again, or ask its maker"),
  EntryRefused: of("rows", "a transition enters what no open deposit or observation allows; trace it again"),
  // Exits
  MalformedExit: of("exit", "the exit names no asset, no account or no program; make it again with exit"),
  ExitExpired: of("validUntil", "sign the exit again, with a later --valid-until"),
  NotEntitled: of("program", "the program is not entitled to the asset at this time; wait for the escrow's deadline"),
  ExitProofRejected: of("proof", "the proof does not hold for this root and this map; prove again"),
  ExitUsed: of("validUntil", "this exit was asked for before; sign another one, with another --valid-until"),
  RequestIsOpen: of("request", "a request for this cell, program and key is open; wait until it is answered"),
  UnknownRequest: of("request", "no such request is open: it was answered or dismissed; look with map"),
  FeeTooSmall: of("fee", "send a higher fee: 400,000 gas at the block's base fee, or more"),
  NotLate: of("request", "the operator still has time; ask again after that time"),
  CellRefused: of("cell", "the cell does not show that the asker was not entitled; answer with an Eject"),
  RootTooOld: of("root", "prove against a root that is not older than the request"),
  EjectRefused: of("rows", "a transition ejects what no open request asks for; look with map at the requests"),
  HasLeft: of("address", "what lay in this cell has left already"),
  // Advancing a moored map
  RowRefused: of("rows", "the registry does not approve this row of a moored map; trace the run again"),
  LateNotAnswered: of("late", "a call that names a late request answers it; add its Eject"),
  WrongRows: of("rows", "a moored map takes the rows of each batch, and another map none; submit again"),
};
