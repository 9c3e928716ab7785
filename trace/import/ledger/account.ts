/** One address of the chain, as programs of the map: what it holds, which functions it declares, whom it approved. */
import type { MemorySlot, Place } from "../../effects/effects.ts";
import type { Purse } from "./purse.ts";
import type { Room } from "./room.ts";

/** An approval that is in force: a capability in the owner's memory. */
export interface Approval {
  token: string;
  owner: string;
  spender: string;
  /** `amount`: an allowance; `one`: one token of an ERC-721; `all`: every token of the contract. */
  covers: "amount" | "one" | "all";
  /** Number of the one token; null otherwise. */
  id: bigint | null;
  /** The capability's cell. */
  place: Place;
  /** The slot that it covers. */
  scope: Place;
  /** What is left of the allowance, as recorded; null if it is not known, or is never used up. */
  remaining: bigint | null;
}

/** An address. */
export interface Account {
  /** In lower case; the issuer of wei has a name instead. */
  readonly address: string;
  /** Its programs. The first one calls and is called. */
  readonly rooms: [Room, ...Room[]];
  /** Holdings by kind. */
  readonly purses: Map<bigint, Purse>;
  /** Slots of declared functions, by selector and number of arguments. Those that take wei are in the first program. */
  readonly entries: Map<string, Till>;
  /** Approvals in force that it gave, by `approvalKey`. */
  readonly approvals: Map<string, Approval>;
  /** The slot from which approved spenders take a token, by contract, and the number of approvals that cover it. */
  readonly tills: Map<string, Till & { uses: number }>;
}

/** A slot of one of an address's programs. A till holds tokens only while an approved spender takes them. */
export interface Till {
  room: Room;
  slot: MemorySlot;
}

/** A key that is equal for an owner's approvals of which only one can be in force. */
export function approvalKey({ token, spender, covers, id }: Pick<Approval, "token" | "spender" | "covers" | "id">) {
  return covers === "one" ? `${token} #${id}` : `${token} ${spender} ${covers}`;
}
