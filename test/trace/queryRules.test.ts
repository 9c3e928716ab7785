/** Queries say of rights exactly what the state machine allows, at many states of random runs. */
import { expect, test } from "vitest";
import { RefusedError } from "../../trace/errors.ts";
import { address, GRACE, programOf, slotOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { allowedBy } from "../../trace/query/allowed.ts";
import { programAt, resourceAt, type Snapshot, snapshotOf, stateAt } from "../../trace/query/index.ts";
import { CapabilityLines } from "../../trace/query/lines.ts";
import type { CapabilityCell, ResourceCell } from "../../trace/state/cells.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";
import { historyIn } from "../lib/history.ts";
import { randomRun } from "../lib/randomRun.ts";

/** An empty slot without a watch. */
function freeSlot({ map }: Snapshot, program: number): number {
  for (let slot = 255; slot > 0; slot--) {
    const cell = map.cell(address(program, slot));
    if (cell.type === "empty" && cell.watch === 0) return address(program, slot);
  }
  throw new Error("the program is full");
}

/** Whether the state machine lets the row happen now. */
function mayHappen({ map, seq, at }: Snapshot, row: Row): boolean {
  try {
    new Machine(map.clone(), seq, at).perform([row], at);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

function claimRow(snapshot: Snapshot, claimer: number, from: number, cell: ResourceCell, by: number): Row {
  const destination = freeSlot(snapshot, claimer);
  const { id, kind, quantity } = cell;
  const fields = { peer: programOf(from), source: from, destination, authority: by, resource: id, kind, quantity };
  return rowOf("ClaimFromProgram", claimer, fields);
}

function watchRow(snapshot: Snapshot, cell: CapabilityCell, by: number, target: number): Row {
  const fields = {
    peer: programOf(target),
    source: target,
    destination: freeSlot(snapshot, cell.grantee),
    authority: by,
  };
  return rowOf("WatchResource", cell.grantee, { ...fields, argument: { condition: 5, trigger: 0n } });
}

/** States after whole groups: within one, other rules hold. */
function snapshots(seed: number, asked: number): Snapshot[] {
  const { genesis, tracer } = randomRun(seed, asked);
  const history = historyIn(genesis, tracer);
  const ends = tracer.transitions.filter(({ last }) => last).map(({ seq }) => seq);
  return ends.filter((_, i) => i % 8 === 0).map((seq) => snapshotOf(history, seq));
}

const RUNS = [1, 2, 3, 4].map((seed) => snapshots(seed, 240));

test("a capability allows exactly the claims, calls and watches that the machine takes", () => {
  const seen = { claimed: 0, refused: 0, invoked: 0, uncalled: 0, watched: 0, unwatched: 0 };
  for (const snapshot of RUNS.flat()) {
    const lines = new CapabilityLines(snapshot.map);
    for (const placed of snapshot.inventory.capabilities) {
      const { address: by, cell } = placed;
      const line = lines.of(by);
      const allows = allowedBy(placed, line, snapshot);
      for (const thing of snapshot.inventory.resources) {
        const said = allows.some(
          ({ right, resource, from }) => right === "claim" && resource === `${thing.cell.id}` && from === null,
        );
        expect(mayHappen(snapshot, claimRow(snapshot, cell.grantee, thing.address, thing.cell, by))).toBe(said);
        seen[said ? "claimed" : "refused"]++;
      }
      for (const entry of snapshot.inventory.entries) {
        const { guard, nargs, selector, accepts } = entry.cell;
        if (guard === 0 || nargs > 0) continue;
        const said = allows.some(({ right, slot }) => right === "invoke" && slot?.address === entry.address);
        const fields = { peer: programOf(entry.address), source: by, authority: entry.address, kind: accepts };
        const row = rowOf("InvokeProgram", cell.grantee, { ...fields, argument: { selector, nargs, guard } });
        expect(mayHappen(snapshot, row)).toBe(said);
        seen[said ? "invoked" : "uncalled"]++;
      }
      const root = line.root ?? programOf(by);
      for (const target of [freeSlot(snapshot, root), ...(cell.scope === 0 ? [] : [cell.scope])]) {
        const said = allows.some(({ right, slot }) => right === "watch" && (slot?.address ?? target) === target);
        expect(mayHappen(snapshot, watchRow(snapshot, cell, by, target))).toBe(said);
        seen[said ? "watched" : "unwatched"]++;
      }
    }
  }
  // Both answers occurred, so the comparison was not empty.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

test("a resource's claimants are the holders of the capabilities that the machine takes", () => {
  let claimants = 0;
  for (const snapshot of RUNS.flat()) {
    for (const { address: from, cell } of snapshot.inventory.resources) {
      const said = resourceAt(snapshot, `${cell.id}`)
        .claimants.filter((one) => one.from === null)
        .map(({ capability }) => capability.address);
      const taken = snapshot.inventory.capabilities.filter((one) =>
        mayHappen(snapshot, claimRow(snapshot, one.cell.grantee, from, cell, one.address)),
      );
      expect(said).toEqual(taken.map(({ address: at }) => at));
      claimants += said.length;
    }
  }
  expect(claimants).toBeGreaterThan(0);
});

test("a capability is live unless the machine would refuse it for its time or its line", () => {
  const seen = new Set<string>();
  for (const snapshot of RUNS.flat()) {
    for (const { slot, status } of stateAt(snapshot).capabilities) {
      const cell = snapshot.map.cell(slot.address);
      if (cell.type !== "capability") throw new Error("a capability is told where none is");
      let refused: "live" | "ended" | "cut" = cell.expiry !== 0 && snapshot.at >= cell.expiry ? "ended" : "live";
      for (let child = cell; child.parent !== 0; ) {
        const parent = snapshot.map.cell(child.parent);
        if (parent.type !== "capability" || parent.nonce !== child.parentNonce) {
          refused = "cut";
          break;
        }
        child = parent;
      }
      expect(status).toBe(refused);
      seen.add(status);
    }
  }
  expect([...seen].sort()).toEqual(["cut", "ended", "live"]);
});

test("an escrow is its holder's until its deadline, then its giver's, and the holder's again after the grace", () => {
  const genesis = genesisWith({
    programs: 2,
    cells: [1, 2].map((slot) => resource([1, slot], GOLD, 5n, { id: BigInt(slot) })),
  });
  const tracer = Tracer.from(genesis);
  const deadline = 2_000;
  tracer.program(1).escrowToProgram({ from: 1, to: 2, deadline }, 1_000);
  tracer.program(1).escrowToProgram({ from: 2, to: 2 }, 1_000);
  for (const at of [1_000, deadline - 1, deadline, deadline + GRACE - 1, deadline + GRACE]) {
    const end = snapshotOf(historyIn(genesis, tracer));
    const snapshot = { ...end, at };
    for (const { resource: id, slot, escrow } of stateAt(snapshot).escrows) {
      const cell = snapshot.map.cell(slot.address);
      if (cell.type !== "resource") throw new Error("an escrow is told where none is");
      const thing = { peer: 2, source: slot.address, resource: BigInt(id), kind: cell.kind, quantity: cell.quantity };
      const rows = {
        claim: claimRow(snapshot, 2, slot.address, cell, 0),
        "claim-in-place": rowOf("ClaimFromProgram", 2, thing),
        "take-back": rowOf("RevokeResource", 1, { ...thing, destination: freeSlot(snapshot, 1) }),
      };
      const may = Object.fromEntries(escrow?.rights.map((right) => [right.may, right.now]) ?? []);
      expect(mayHappen(snapshot, rows.claim)).toBe(may.claim);
      expect(mayHappen(snapshot, rows["take-back"])).toBe(may["take-back"]);
      expect(mayHappen(snapshot, rows["claim-in-place"])).toBe(may.claim || may["claim-in-place"] === true);
    }
  }
});

test("every cell is told once, in the state and for the programs that it concerns", () => {
  for (const snapshot of RUNS.flat()) {
    const { inventory, map } = snapshot;
    const state = stateAt(snapshot);
    const told = [
      ...state.programs.flatMap(({ program, owns, entries }) => [
        address(program, 0),
        ...[...owns, ...entries].map(({ slot }) => slot.address),
      ]),
      ...[...state.escrows, ...state.capabilities, ...state.watches].map(({ slot }) => slot.address),
    ];
    const there = [...map.addresses()].filter((at) => map.cell(at).type !== "empty");
    expect(told.sort((a, b) => a - b)).toEqual(there);
    for (let program = 1; program <= inventory.programs.length; program++) {
      const answer = programAt(snapshot, `${program}`);
      const own = there.filter((at) => programOf(at) === program && slotOf(at) > 0).length;
      const { owns, entries } = answer.program;
      const here = [owns, entries, answer.escrowsHeld, answer.capabilitiesGiven, answer.watches].flat().length;
      expect(here).toBe(own);
      expect(answer.capabilitiesHeld).toHaveLength(
        inventory.capabilities.filter(({ cell }) => cell.grantee === program).length,
      );
    }
  }
});
