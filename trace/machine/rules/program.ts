/** Rules of the rows about programs themselves: making one, changing its authority, waiting for one. */
import { count } from "../../describe/count.ts";
import { RefusedError } from "../../errors.ts";
import { address } from "../../layout.ts";
import { boundPeer, type Step } from "./step.ts";

export function createProgram(step: Step): void {
  const { row } = step;
  const next = step.view.programs() + 1;
  if (row.peer !== next) {
    throw new RefusedError(
      "invocation-causal",
      `programs are numbered in order: the next one is ${next}, not ${row.peer}`,
    );
  }
  // The header before the new one shows that no number is skipped. If it is the actor's, the row opens it anyway.
  const before = row.actor === next - 1 ? 0 : address(next - 1, 0);
  if (row.authority !== before) {
    throw new RefusedError(
      "invocation-causal",
      `program ${next} is created behind program ${next - 1}; name address ${before} as authority`,
    );
  }
  // So a map in which every program has an authority stays closed.
  if ((row.argument.authority ?? 0n) === 0n && step.header("A").authority !== 0n) {
    throw new RefusedError(
      "log-signed",
      `program ${row.actor} has an authority, and only open programs create open ones; give the new one an authority`,
    );
  }
  // The clock is set later, with the actor's.
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

export function rotateAuthority(step: Step): void {
  const { row, progress } = step;
  const authority = row.argument.authority ?? 0n;
  if (authority === 0n) {
    throw new RefusedError("log-signed", "a program does not become open again; name the key that signs from now on");
  }
  if (progress.triggered !== 0) {
    throw new RefusedError(
      "log-signed",
      "a trigger is applied without a signature, so it changes no authority; let the program ask for it",
    );
  }
  // An open program that takes a key may continue under it: its earlier effects needed no signature.
  const header = step.header("A");
  // So may a program that takes the key it already has: one key signs for all of it.
  if (header.authority !== 0n && header.authority !== authority) progress.rotated.add(row.actor);
  step.leave("A", { ...header, authority });
}

export function joinWith(step: Step): void {
  const { row } = step;
  boundPeer(step);
  const { steps } = step.header("B");
  const wanted = row.argument.steps ?? 0;
  if (steps < wanted) {
    throw new RefusedError(
      "invocation-causal",
      `program ${row.peer} has made ${count(steps, "step")}, not ${wanted}; wait for it`,
    );
  }
}
