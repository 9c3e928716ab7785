/** Checks that the logs of programs with a key can be signed. An audit reports the same faults as `sign`. */

import type { Names } from "../../trace/describe/names.ts";
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { NOBODY } from "../../trace/signing/nobody.ts";
import { unsignableText } from "../../trace/signing/signable.ts";
import type { Problem } from "../bundleSequence.ts";
import { type Findings, isKnown } from "./look/findings.ts";

/** Programs with a key whose log `sign` refuses, because a signature over it would not match the program's effects. */
export function unsignableIn(findings: Findings, triggers: TriggerRows, names: Names): Problem[] {
  return [...findings.signers].flatMap((program): Problem[] => {
    // Nobody has the key of a lock, so its secret trigger binds nobody who signed.
    const given = findings.bindings.keyOf(program) === NOBODY;
    const opaque = given
      ? undefined
      : [...(findings.set.get(program) ?? [])].find(([digest]) => !isKnown(digest, triggers))?.[1];
    const message = unsignableText(program, { opaque, unbound: findings.bindings.unboundOf(program) }, names);
    return message === null
      ? []
      : [{ kind: "wrong", where: "trace.jsonl", field: `log of program ${program}`, message }];
  });
}
