/** From a map and a program's signed wish to leave to the inputs of the exit circuit. */

import { isEntitled } from "../../trace/crossing/entitled.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address as addressOf, programOf } from "../../trace/layout.ts";
import { type ExitStatement, packPlace, signExit, verifyExit } from "../../trace/signing/exit.ts";
import { authorityOf, type LogSignature } from "../../trace/signing/signature.ts";
import type { ResourceCell } from "../../trace/state/cells.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { firstLeaf } from "../../trace/state/tree.ts";
import { EXIT } from "../stateCircuits.ts";
import type { CircuitInput } from "../witness/witness.ts";
import type { ExitPublic } from "./exitPublic.ts";
import { requireLevels } from "./levels.ts";
import { statePath } from "./statePath.ts";

export { type ExitPublic, exitSignals } from "./exitPublic.ts";

/** A program's wish to leave with a resource. */
export interface ExitWish extends Omit<ExitStatement, "w1"> {
  /** Seconds since 1970 at which it is to be used. Without it, times are not compared. */
  readonly now?: number | undefined;
}

/** What signs the wish: the program's secret, or a signature that was made with it. */
export type ExitSigner = { readonly secret: Uint8Array } | { readonly signature: LogSignature };

/** The statement of an exit, and the inputs of the circuit that show it. */
export interface ExitInput {
  readonly statement: ExitPublic;
  readonly input: CircuitInput;
}

/**
 * The statement of an exit, and the inputs of the circuit that show it.
 *
 * @param map the state behind the root that the registry is to compare with
 * @throws InvalidInputError naming the field: "levels"; "address" if no resource is there; "program" if there is none
 *   of that number, it has no key, or it has nothing to do with the resource; "recipient"; "validUntil"; "now" if the
 *   program is not entitled then; "secret", "signature" if they are not the program's
 */
export function exitInput(map: TimeMap, wish: ExitWish, signer: ExitSigner): ExitInput {
  requireLevels(map, EXIT);
  const { address, program, domain } = wish;
  const path = statePath(map, address);
  requireResource(map, wish);
  const authority = keyOf(map, program);
  const [w0, w1] = map.words(address);
  const place = packPlace(wish);
  const { key, r, s } = signatureOf({ ...wish, w1 }, authority, signer);
  const header = statePath(map, addressOf(program, 0));
  const statement = { root: map.root(), domain, place, program: BigInt(program), authority, w0, w1 };
  const [rootNode = [], ...holderNodes] = path.inner;
  const input = {
    ...statement,
    ...{ rootNode, holderNodes, cellNodes: path.cells, down: path.down, turn: path.turn },
    ...{ programNodes: header.inner.slice(1), headerNode: header.cells[0] as bigint[] },
    ...{ keyX: key[0], r, s },
  };
  return { statement, input };
}

/** The authority of a program that can sign. */
function keyOf(map: TimeMap, program: number): bigint {
  const exists = Number.isSafeInteger(program) && program >= 1 && program < firstLeaf(map.levels);
  const header = exists ? map.cell(addressOf(program, 0)) : undefined;
  if (header?.type !== "program") {
    throw new InvalidInputError(
      "program",
      `there is no program ${program} in this state; take a later root, or another`,
    );
  }
  if (header.authority === 0n) {
    throw new InvalidInputError(
      "program",
      `${program} has no key, so it signs nothing; let its operator retire for it`,
    );
  }
  return header.authority;
}

/** That there is a resource which the program may take out. */
function requireResource(map: TimeMap, { address, program, recipient, validUntil, now }: ExitWish): void {
  const cell = map.cell(address);
  if (cell.type !== "resource") {
    throw new InvalidInputError(
      "address",
      `no resource lies at ${address} in this state; take another root or address`,
    );
  }
  if (recipient === 0n) throw new InvalidInputError("recipient", "is 0, and nobody is paid there; name an account");
  const holder = programOf(address);
  if (program !== holder && program !== cell.escrowFrom) {
    throw new InvalidInputError("program", `${program} neither holds the resource at ${address} nor gave it in escrow`);
  }
  if (now !== undefined) requireTimes(program, holder, cell, { validUntil, now });
}

function requireTimes(
  program: number,
  holder: number,
  cell: ResourceCell,
  { validUntil, now }: { validUntil: number; now: number },
): void {
  if (validUntil < now) {
    throw new InvalidInputError("validUntil", `${validUntil} is over at ${now}; sign with a later time`);
  }
  if (isEntitled(program, { holder, ...cell }, now)) return;
  const whose = program === holder ? "its giver's" : "its holder's";
  throw new InvalidInputError(
    "now",
    `at ${now} the resource is ${whose}, as its deadline is ${cell.deadline}; wait until program ${program} is entitled`,
  );
}

function signatureOf(statement: ExitStatement, authority: bigint, signer: ExitSigner): LogSignature {
  if ("secret" in signer) {
    if (authorityOf(signer.secret) !== authority) {
      throw new InvalidInputError("secret", `is not of the key of program ${statement.program}; give that program's`);
    }
    return signExit(signer.secret, statement);
  }
  if (verifyExit(authority, statement, signer.signature)) return signer.signature;
  throw new InvalidInputError(
    "signature",
    `is not by the key of program ${statement.program} over this domain, place, program and resource; sign again`,
  );
}
