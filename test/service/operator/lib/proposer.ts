/** A process that proposes without end, and says what was accepted. A test kills it. */
import { writeSync } from "node:fs";
import { openOperator } from "../../../../service/operator/operator.ts";
import type { Effect } from "../../../../trace/effects/effects.ts";
import { kindOf } from "../../../../trace/layout.ts";

const [dir = "", round = "0"] = process.argv.slice(2);
const proofs = {
  start: async () => undefined,
  want: async () => undefined,
  forget: async () => undefined,
  retry: async () => false,
  counts: async () => ({ waiting: 0, active: 0, setAside: 0, workers: 0, workersSetAside: [] }),
  [Symbol.asyncDispose]: async () => undefined,
};
let works = 0;
const operator = await openOperator(dir, {
  ...{ proofs, workOf: async () => ({ id: `1-1-${works++}`, work: new Uint8Array() }) },
  ...{ batchAge: 1, tickMs: 20, store: { least: 0, segment: 16 } },
});
const seq = operator.map().programs();
for (let n = 0; ; n++) {
  const answers = Array.from({ length: 5 }, async (_, i) => {
    const actor = 1 + (((n >> 1) + i) % seq);
    const effect: Effect =
      n % 2 === 0
        ? { effect: "Issue", kind: kindOf(actor, 1), quantity: 1n, slot: 1 + i }
        : { effect: "Retire", slot: 1 + i };
    const id = `${round.padStart(4, "0")}${(n * 5 + i).toString(16).padStart(28, "0")}`;
    const proposal = { id, parts: [{ actor, effect }], validUntil: Math.floor(Date.now() / 1_000) + 600 };
    const state = await operator.propose(proposal, { kind: "operator" }).catch(() => undefined);
    if (state?.status === "accepted") writeSync(1, `${id} ${actor} ${effect.effect} ${state.firstSeq}\n`);
  });
  await Promise.all(answers);
}
