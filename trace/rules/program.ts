/** Rules of the rows that are about programs as such: making one, waiting for one. */
import { RefusedError } from "../errors.ts";
import { address } from "../layout.ts";
import type { Step } from "./step.ts";

export function createProgram(step: Step): void {
  const { row } = step;
  const next = step.view.programs() + 1;
  if (row.peer !== next) {
    throw new RefusedError(
      "invocation-causal",
      `programs are numbered in order: the next one is ${next}, not ${row.peer}`,
    );
  }
  // The header before the new one shows that no number is left out; where it is the actor's, it is open anyway.
  const before = row.actor === next - 1 ? 0 : address(next - 1, 0);
  if (row.authority !== before) {
    throw new RefusedError(
      "invocation-causal",
      `program ${next} is created behind program ${next - 1}; name address ${before} as authority`,
    );
  }
  if ((row.argument.authority ?? 0n) !== 0n) {
    throw new RefusedError(
      "log-signed",
      "signatures are not checked in this version, so a program with an authority would not be protected; make it open",
    );
  }
  if (step.header("A").authority !== 0n) {
    throw new RefusedError("no-unscoped-access", "only an open program may create an open one");
  }
  // The clock is set afterwards, with the actor's.
  step.leave("B", {
    type: "program",
    inbox: row.argument.inbox ?? 0,
    steps: 0,
    clock: 0,
    authority: row.argument.authority ?? 0n,
    log: 0n,
    seq: step.seq,
  });
}

export function joinWith(step: Step): void {
  const { row } = step;
  const { steps } = step.header("B");
  const wanted = row.argument.steps ?? 0;
  if (steps < wanted) {
    throw new RefusedError(
      "invocation-causal",
      `program ${row.peer} has made ${steps} steps, not ${wanted}; wait for it`,
    );
  }
}
