/** Whether what programs with a key did can be signed: an audit says of it what a signer's tool would. */
import { groupsOf } from "../prover/batcher.ts";
import type { Genesis } from "../trace/genesis.ts";
import type { Transition } from "../trace/record.ts";
import { authorityAsked } from "../trace/rows.ts";
import { unsignable } from "../trace/signable.ts";
import type { TriggerRows } from "../trace/triggers.ts";
import type { Names } from "./audit-names.ts";
import type { Problem } from "./bundleChain.ts";

/** Programs with a key whose log a signer's tool would refuse: a signature over it would not say what it does. */
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
