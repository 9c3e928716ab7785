/** Asks about resources and time: each is one effect of the asking program. */
import type { Effect, MemorySlot, Place, ProgramId } from "../../effects.ts";
import { programOf, slotOf } from "../../layout.ts";
import type { Transition } from "../../record.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Handlers, Kernel } from "./kernel.ts";
import type { Asked } from "./task.ts";

export function resourceOps(kernel: Kernel): Handlers {
  const { holdings, tracer } = kernel;
  const free = (program: ProgramId): MemorySlot => tracer.freeSlot(program);
  const deposit = (program: ProgramId): Place => {
    const { inbox } = tracer.program(program).header();
    return { program, slot: tracer.freeSlot(program, inbox) };
  };
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
      const slot = free(task.program);
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
      const to = free(task.program);
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
      const to = typeof ask.to === "number" ? deposit(ask.to) : ask.to;
      kernel.perform(task.program, { effect: "EscrowToProgram", from, to, deadline: ask.deadline });
      holdings.drop(ask.owned);
      p.answer(to);
    },
    claim(p) {
      const { task, ask } = p as Asked<"claim">;
      const { from, by, inPlace } = ask;
      const to = inPlace ? from.slot : free(task.program);
      const effect = { effect: "ClaimFromProgram" as const, from, to: inPlace ? ("in place" as const) : to };
      p.answer(put(task.program, by === undefined ? effect : { ...effect, by }, to));
    },
    revoke(p) {
      const { task, ask } = p as Asked<"revoke">;
      const to = free(task.program);
      p.answer(put(task.program, { effect: "RevokeResource", from: ask.from, to }, to));
    },
    adopt(p) {
      const { task, ask } = p as Asked<"adopt">;
      p.answer(holdings.hold(task.program, ask.slot));
    },
    now(p) {
      p.answer(kernel.now);
    },
    sleep(p) {
      const { ask } = p as Asked<"sleep">;
      if (!(ask.seconds >= 0)) throw new RuntimeUseError(`nobody sleeps for ${ask.seconds} seconds: give 0 or more`);
      p.waits = { what: `${ask.seconds} seconds`, on: () => [] };
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

/** Where a group put something: the destination of its first row, or the cell it made. */
function placeOf(group: readonly Transition[]): { program: ProgramId; slot: MemorySlot } | undefined {
  const at = group.find(({ destination }) => destination !== 0)?.destination;
  return at === undefined ? undefined : { program: programOf(at), slot: slotOf(at) };
}
