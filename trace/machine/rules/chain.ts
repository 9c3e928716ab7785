/**
 * Rules of moored maps: what comes in from the chain, what leaves, and what the chain's registry approves
 * (docs/reference/protocol.md, section 8). The registry has the same rules, so no effect is signed that it would
 * refuse.
 */
import { InvalidInputError, RefusedError } from "../../errors.ts";
import { CHAIN, ENTRY_ID, isAsset, isFact, issuerOf, kindText, TRIGGERED_ID } from "../../layout.ts";
import type { RowName } from "../transition.ts";
import { boundPeer, contentOf, depositSlot, namedResource, place, type Step, slotName, vacate } from "./step.ts";

/** The chain's effects. */
const OF_THE_CHAIN: ReadonlySet<RowName> = new Set<RowName>(["CreateProgram", "Enter", "Eject"]);
/** Rows that would take a fact out of its window. */
const MOVES_ON: ReadonlySet<RowName> = new Set<RowName>([
  "EscrowToProgram",
  "ClaimFromProgram",
  "RevokeResource",
  "Pass",
  "Split",
  "Merge",
]);
/** Addresses of the chain are below it. */
const ADDRESSES = 1n << 160n;

/**
 * Whether a registry would approve the row. Maps that are not moored ask nobody.
 * @throws RefusedError "chain-approved"
 */
export function requireApproved({ row, view }: Step): void {
  const chain = view.moored && row.actor === CHAIN;
  if ((row.effect === "Enter" || row.effect === "Eject") && !chain) {
    const whose = view.moored ? `program ${row.actor} is not the chain` : "the map is not moored to a chain";
    throw new RefusedError("chain-approved", `${row.effect} is the chain's alone, and ${whose}`);
  }
  if (!view.moored) return;
  if (chain && !OF_THE_CHAIN.has(row.effect)) {
    throw new RefusedError(
      "chain-approved",
      `program ${CHAIN} is the chain, which creates programs, lets in and takes out; let another program do ${row.effect}`,
    );
  }
  if (isFact(row.kind) && MOVES_ON.has(row.effect)) {
    throw new RefusedError("chain-approved", `${kindText(row.kind)} is a fact, which stays in its window; retire it`);
  }
  const { recipient = 0n } = row.argument;
  if (row.effect === "Retire" && isAsset(row.kind) && (recipient === 0n || recipient >= ADDRESSES)) {
    throw new RefusedError(
      "chain-approved",
      `${kindText(row.kind)} is an asset of the chain, which pays what is retired; name the recipient's address`,
    );
  }
}

/** What entered the registry enters the map: an asset into an empty slot, a fact also in the place of its last one. */
export function enter(step: Step): void {
  const { row } = step;
  boundPeer(step);
  if (row.resource <= ENTRY_ID || row.resource >= TRIGGERED_ID) {
    throw new InvalidInputError("resource", `is 2^61 and the number that the registry gave, not ${row.resource}`);
  }
  if (issuerOf(row.kind) !== CHAIN) {
    throw new RefusedError("conservation", `${kindText(row.kind)} is not the chain's; name an asset or a fact of it`);
  }
  if (isAsset(row.kind) && row.quantity === 0n) throw new RefusedError("conservation", "an asset of 0 does not enter");
  const there = step.found("D");
  const shown = isFact(row.kind) && there.type === "resource" && there.kind === row.kind && there.escrowFrom === 0;
  depositSlot(step, shown);
  place(step, "D", { id: row.resource, kind: row.kind, quantity: row.quantity });
}

/**
 * An asset leaves the map for the chain, as its holder's or its giver's request asks. The row says how it lay there.
 */
export function eject(step: Step): void {
  const { row } = step;
  boundPeer(step);
  const thing = namedResource(step);
  if (!isAsset(thing.kind)) {
    throw new RefusedError(
      "chain-approved",
      `${contentOf(thing)} is no asset of the chain, so the chain cannot pay it`,
    );
  }
  if (thing.escrowFrom !== (row.argument.escrowFrom ?? 0) || thing.deadline !== row.deadline) {
    throw new RefusedError(
      "escrow-atomic",
      `${slotName(row.source)} holds an escrow of program ${thing.escrowFrom} until ${thing.deadline}; ` +
        `name both as they are (0 and 0: no escrow)`,
    );
  }
  vacate(step, "S");
}
