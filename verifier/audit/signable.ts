/** Checks that the logs of programs with a key can be signed. An audit reports the same faults as `sign`. */
import { groupsOf } from "../../prover/batches/batcher.ts";
import type { Names } from "../../trace/describe/names.ts";
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { unsignable } from "../../trace/signing/signable.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import type { Problem } from "../bundleSequence.ts";

/** Programs with a key whose log `sign` refuses, because a signature over it would not match the program's effects. */
export function unsignableIn(
  genesis: Genesis,
  transitions: readonly Transition[],
  triggers: TriggerRows,
  names: Names,
): Problem[] {
  const signers = new Set(transitions.flatMap((t) => (authorityAsked(t) === 0n ? [] : [t.actor])));
  const groups = [...groupsOf(transitions)];
  return [...signers].flatMap((program): Problem[] => {
    const message = unsignable(genesis, groups, program, triggers, names);
    return message === null
      ? []
      : [{ kind: "wrong", where: "trace.jsonl", field: `log of program ${program}`, message }];
  });
}
