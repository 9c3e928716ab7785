/** Opens the books again at the end of a run: what lies where is read from the map, the rest from tables. */
import { InvalidInputError } from "../../errors.ts";
import { address, issuerOf, programOf, slotOf } from "../../layout.ts";
import type { View } from "../../state/timeMap.ts";
import type { TokenKind } from "../tokens/kinds.ts";
import { type Approval, approvalKey } from "./account.ts";
import type { LedgerHost } from "./host.ts";
import { Ledger } from "./ledger.ts";

/** What a map alone does not tell. */
export interface Tables {
  /** Names of programs: addresses, ` #2` and so on behind further ones. In the order of their numbers. */
  programs: readonly (readonly [program: number, name: string])[];
  kinds: readonly (readonly [kind: bigint, of: TokenKind])[];
  approvals: readonly Approval[];
  /** The address that issues wei. */
  issuer: string;
}

/** @throws InvalidInputError if the tables do not belong to the map */
export function reopen(host: LedgerHost, map: View & { addresses(): Iterable<number> }, tables: Tables): Ledger {
  const ledger = new Ledger({ ...host, named: () => {} });
  tables.programs.forEach(([program, name], i) => {
    if (program !== i + 1) wrong(`program ${i + 1} has no name`);
    ledger.register(name.split(" #")[0] ?? name, program);
  });
  if (host.programs() !== tables.programs.length) {
    wrong(`the trace has ${host.programs()} programs, and they name ${tables.programs.length}`);
  }
  if (ledger.find(tables.issuer) === undefined) wrong("no program issues wei");
  ledger.issueWeiBy(ledger.account(tables.issuer));
  for (const [kind, of] of tables.kinds) {
    if (issuerOf(kind) !== ledger.find(of.token)?.rooms[0].program) wrong(`kind ${kind} is not of ${of.token}`);
    ledger.knowKind(kind, of);
  }
  const capabilities = new Map<string, string>();
  for (const approval of tables.approvals) {
    const owner = ledger.find(approval.owner);
    const cell = map.cell(address(approval.place.program, approval.place.slot));
    const spender = ledger.find(approval.spender)?.rooms[0].program;
    const scope = address(approval.scope.program, approval.scope.slot);
    if (owner === undefined || cell.type !== "capability" || cell.grantee !== spender || cell.scope !== scope) {
      throw mismatch(`the trace has no approval of ${approval.owner} for ${approval.spender}`);
    }
    owner.approvals.set(approvalKey(approval), approval);
    capabilities.set(`${approval.place.program} ${approval.place.slot}`, approval.token);
    const room = owner.rooms.find(({ program }) => program === approval.place.program);
    if (room === undefined) throw mismatch(`the approval of ${approval.owner} lies in no program of its own`);
    room.slots.mark(approval.place.slot);
    room.promise(1);
    if (approval.covers === "one") continue;
    const till = owner.tills.get(approval.token);
    if (till !== undefined) {
      till.uses++;
      continue;
    }
    room.slots.mark(approval.scope.slot);
    room.promise(1);
    owner.tills.set(approval.token, { room, slot: approval.scope.slot, uses: 1 });
  }
  for (const at of [...map.addresses()].sort((a, b) => a - b)) {
    const [program, slot] = [programOf(at), slotOf(at)];
    if (slot === 0) continue;
    const cell = map.cell(at);
    const account = ledger.accountOf(program);
    const room = account?.rooms.find((each) => each.program === program);
    if (account === undefined || room === undefined) throw mismatch(`program ${program} has no address`);
    if (cell.type === "resource" && cell.kind !== ledger.wei && !ledger.kinds.has(cell.kind)) {
      wrong(`kind ${cell.kind} has no token`);
    }
    if (cell.type === "resource") ledger.found(account, room, cell.kind, slot, cell.quantity);
    if (cell.type === "entry") {
      room.slots.mark(slot);
      room.promise(1);
      account.entries.set(`${cell.selector} ${cell.nargs}`, { room, slot });
    }
    if (cell.type === "capability" && !capabilities.has(`${program} ${slot}`)) {
      wrong(`the capability in slot ${slot} of program ${program} is no known approval`);
    }
  }
  ledger.host = host;
  return ledger;
}

function mismatch(what: string): InvalidInputError {
  return new InvalidInputError("blocks.jsonl", `does not belong to the trace: ${what}; import the blocks again`);
}

function wrong(what: string): never {
  throw mismatch(what);
}
