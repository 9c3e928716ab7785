/** Asks about resources and time. Each ask about a resource is one effect of the asking program. */
import { count } from "../../describe/count.ts";
import type { ClaimFromProgram, Effect, MemorySlot, ProgramId } from "../../effects/effects.ts";
import { programOf, slotOf } from "../../layout.ts";
import type { Transition } from "../../machine/transition.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Handlers, KernelServices } from "./services.ts";
import type { Asked } from "./task.ts";

export function resourceOps(kernel: KernelServices): Handlers {
  const { holdings, tracer, slots, rights } = kernel;
  const put = (program: ProgramId, effect: Effect, slot: MemorySlot) => {
    kernel.perform(program, effect);
    return holdings.hold(program, slot);
  };
  return {
    perform(p) {
      const { task, ask } = p as Asked<"perform">;
      const group = kernel.perform(task.program, ask.effect);
      p.answer({ seqs: group.map(({ seq }) => seq), place: placeOf(group) });
    },
    issue(p) {
      const { task, ask } = p as Asked<"issue">;
      const slot = slots.free(task.program);
      const kind = holdings.kindNamed(task.program, ask.kind);
      p.answer(put(task.program, { effect: "Issue", kind, quantity: ask.quantity, slot }, slot));
    },
    retire(p) {
      const { task, ask } = p as Asked<"retire">;
      kernel.perform(task.program, { effect: "Retire", slot: holdings.slotOf(task.program, ask.owned) });
      holdings.drop(ask.owned);
      p.answer();
    },
    split(p) {
      const { task, ask } = p as Asked<"split">;
      const from = holdings.slotOf(task.program, ask.owned);
      const to = slots.free(task.program);
      const part = put(task.program, { effect: "Split", from, to, part: ask.part }, to);
      p.answer({ part, rest: holdings.quantityOf(task.program, ask.owned) });
    },
    merge(p) {
      const { task, ask } = p as Asked<"merge">;
      const [from, to] = [holdings.slotOf(task.program, ask.from), holdings.slotOf(task.program, ask.into)];
      kernel.perform(task.program, { effect: "Merge", from, to });
      holdings.drop(ask.from);
      p.answer(holdings.quantityOf(task.program, ask.into));
    },
    escrow(p) {
      const { task, ask } = p as Asked<"escrow">;
      const from = holdings.slotOf(task.program, ask.owned);
      const to = typeof ask.to === "number" ? { program: ask.to, slot: slots.deposit(ask.to) } : ask.to;
      kernel.perform(task.program, { effect: "EscrowToProgram", from, to, deadline: ask.deadline });
      holdings.drop(ask.owned);
      p.answer(to);
    },
    claim(p) {
      const { task, ask } = p as Asked<"claim">;
      const { program } = task;
      const taken = new Set<MemorySlot>();
      const claims = ask.claims.map(({ from: named, by }): ClaimFromProgram => {
        const from = rights.placeOf(program, named, by);
        if (by === undefined && from.program === program) return { effect: "ClaimFromProgram", from, to: "in place" };
        const to = slots.free(program, 1, taken);
        taken.add(to);
        return { effect: "ClaimFromProgram", from, to, ...rights.by(by) };
      });
      kernel.performTogether(claims.map((claim) => [program, claim]));
      p.answer(claims.map(({ from, to }) => holdings.hold(program, to === "in place" ? from.slot : to)));
    },
    revoke(p) {
      const { task, ask } = p as Asked<"revoke">;
      const to = slots.free(task.program);
      p.answer(put(task.program, { effect: "RevokeResource", from: ask.from, to }, to));
    },
    adopt(p) {
      const { task, ask } = p as Asked<"adopt">;
      p.answer(holdings.hold(task.program, ask.slot));
    },
    holdings(p) {
      p.answer(holdings.unheld(p.task.program));
    },
    place(p) {
      const { task, ask } = p as Asked<"place">;
      p.answer({ program: task.program, slot: holdings.slotOf(task.program, ask.owned) });
    },
    now(p) {
      p.answer(kernel.now);
    },
    sleep(p) {
      const { ask } = p as Asked<"sleep">;
      if (!(ask.seconds >= 0))
        throw new RuntimeUseError(`a task cannot sleep for ${count(ask.seconds, "second")}: give 0 or more`);
      p.waits = { what: count(ask.seconds, "second"), on: () => [] };
      kernel.after(ask.seconds, () => p.answer());
    },
    contract(p) {
      const { task, ask } = p as Asked<"contract">;
      const { name, part, clause, held } = ask;
      kernel.journal.contract(task, tracer.seq, { name, part, clause, held });
      p.answer();
    },
  };
}

/** A group's target slot: the destination of its first row, or the cell that it made. */
function placeOf(group: readonly Transition[]): { program: ProgramId; slot: MemorySlot } | undefined {
  const at = group.find(({ destination }) => destination !== 0)?.destination;
  return at === undefined ? undefined : { program: programOf(at), slot: slotOf(at) };
}
