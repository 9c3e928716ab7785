/** The signature table itself: each forgery changes one thing of a table that is accepted. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { address, FIELD } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { inputOf } from "../../lib/circuit.ts";
import { completed } from "../../lib/completed.ts";
import { A, B, escrow, gold, keyed, stateWith, T, thing } from "../lib/words.ts";
import { type Forgery, once } from "./forgery.ts";

const DOMAIN = 7n;
const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];

/** Two programs with keys exchange gold. */
export const exchange = once(() => {
  const pre = stateWith(4, [keyed(A, 1), keyed(B, 2), gold([A, 1], 1, 100n), gold([B, 1], 2, 50n)]);
  const machine = new Machine(pre.clone(), 0, T);
  const back = { ...escrow(2, 50n, address(B, 1), address(A, 9)), ...thing(2, 50n), actor: B, peer: A };
  const filled = (row: Row) => [completed(row, (at) => machine.map.words(at))];
  const transitions = [...machine.perform(filled(escrow(1, 100n)), T), ...machine.perform(filled(back), T)];
  return inputOf(pre, transitions, DOMAIN);
});

const reversed = (input: BatchSignals): void => {
  for (const name of Object.keys(input).filter((n) => n.startsWith("entry"))) list(input, name).reverse();
};

const CHANGES: [rule: string, attempt: string, change: (input: BatchSignals) => void, by: string][] = [
  ["is in the order of programs", "reverse it", reversed, "Batch 4"],
  ["counts the rows that ask", "count one more", (i) => (list(i, "entryUses")[0] = 2n), "Batch 8"],
  [
    "holds no entry that is not in use",
    "mark one in use as not in use",
    (i) => (list(i, "entryActive")[1] = 0n),
    "SignatureEntry 1",
  ],
  ["has no gap", "mark the first as not in use", (i) => (list(i, "entryActive")[0] = 0n), "SignatureEntry 1"],
  [
    "says of an entry whether it is in use",
    "mark one with 2",
    (i) => (list(i, "entryActive")[0] = 2n),
    "SignatureEntry 1",
  ],
  [
    "names programs of the map",
    "name program 2^30",
    (i) => (list(i, "entryProgram")[1] = 1n << 30n),
    "SignatureEntry 1",
  ],
  ["counts in 16 bits", "count −1 rows", (i) => (list(i, "entryUses")[0] = FIELD - 1n), "SignatureEntry 1"],
  [
    "has the x of the key that signed",
    "give the other x of the same y",
    (i) => (list(i, "entryKeyX")[0] = FIELD - (list(i, "entryKeyX")[0] as bigint)),
    "Signature",
  ],
  ["has each key with its own program", "exchange the keys", (i) => list(i, "entryKey").reverse(), "Signature"],
  ["is of this domain", "state another domain", (i) => (i.domain = 8n), "Signature"],
];

export const TABLE: readonly Forgery[] = CHANGES.map(([rule, attempt, change, by]) => ({
  of: "Signatures",
  rule: `the signature table ${rule}`,
  attempt,
  invariant: "log-signed",
  by,
  neighbour: exchange,
  forged: () => {
    const input = structuredClone(exchange());
    change(input);
    return input;
  },
}));
