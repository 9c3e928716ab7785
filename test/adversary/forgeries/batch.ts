/**
 * What holds over a batch: clocks, parents, groups, padding, time, roots. Each forgery changes one thing of a batch
 * that is accepted.
 */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { paddingInput } from "../../../prover/batches/rowInput.ts";
import { packSpan, unpackSpan } from "../../../trace/commitment/commit.ts";
import type { Invariant } from "../../../trace/errors.ts";
import { address, FIELD, SEQ_OFFSET, TAG } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { rewriteCell } from "../lib/nodes.ts";
import { A, B, escrow, f, gold, stateWith, T, thing } from "../lib/words.ts";
import { type Forgery, once } from "./forgery.ts";

const list = (input: BatchSignals, name: string): bigint[] => input[name] as bigint[];
const row = (input: BatchSignals, name: string, at: number): bigint[] => (input[name] as bigint[][])[at] as bigint[];

const before = once((): TimeMap => stateWith(4, [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n), gold([B, 7], 3, 7n)]));
const happened = once((): Transition[] => {
  const machine = new Machine(before().clone(), 0, T);
  return [
    ...machine.perform([escrow(1, 100n), escrow(2, 50n, address(A, 2), address(B, 6))], T + 1),
    ...machine.perform([rowOf("Retire", B, { source: address(B, 7), ...thing(3, 7n) })], T + 2),
  ];
});
/** Two escrows in a group, a Retire, and a padding row. */
const good = once(() => inputOf(before(), happened()));

function altered(change: (input: BatchSignals) => void): BatchSignals {
  const input = structuredClone(good());
  change(input);
  return input;
}
const span = (change: Partial<ReturnType<typeof unpackSpan>>) => (input: BatchSignals) => {
  input.span = packSpan({ ...unpackSpan(input.span as bigint), ...change });
};

type Change = (input: BatchSignals) => void;
type Line = [of: string, rule: string, attempt: string, invariant: Invariant, by: string, change: Change];

const ROOTS = "the roots are those of the tree before and after";
const SPAN = "the span is that of the rows";
const CLOCK = "the clock becomes one more than the greater of the two";
const PARENT = "a parent is the number that the cell carries";
const GROUP = "a group is whole";
const OPERATION = "a row is one operation";
const PADDING = "padding does nothing, and comes last";
const NODE = "a node has one name and one sort";

const LINES: Line[] = [
  [
    "Batch",
    ROOTS,
    "state another root before",
    "no-double-spend",
    "Batch 7",
    (i) => (i.preRoot = (i.preRoot as bigint) + 1n),
  ],
  [
    "Batch",
    ROOTS,
    "state another root after",
    "no-double-spend",
    "Batch 7",
    (i) => (i.postRoot = (i.postRoot as bigint) + 1n),
  ],
  [
    "Batch",
    "the records are those of the rows",
    "state another root of the records",
    "log-signed",
    "Batch 2",
    (i) => (i.traceRoot = (i.traceRoot as bigint) + 1n),
  ],
  ["Batch", SPAN, "state more transitions than there are", "group-whole", "Batch 2", span({ count: 4 })],
  ["Batch", SPAN, "state fewer transitions than there are", "group-whole", "Batch 2", span({ count: 2 })],
  ["Batch", SPAN, "state other numbers of transitions", "invocation-causal", "Batch 6", span({ firstSeq: 2 })],
  ["Batch", SPAN, "state a time before the first row's", "time-monotone", "Batch 2", span({ notBefore: T })],
  ["Batch", SPAN, "state an end before the last row", "time-monotone", "Batch 2", span({ until: T + 1 })],
  [
    "Batch",
    SPAN,
    "state a span of more than 129 bits",
    "time-monotone",
    "Batch 1",
    (i) => (i.span = (i.span as bigint) + (1n << 129n)),
  ],
  ["Clocks", CLOCK, "take one that is too low", "invocation-causal", "Headers 7", (i) => (list(i, "clock")[1] = 1n)],
  ["Clocks", CLOCK, "take one that is too high", "invocation-causal", "Headers 7", (i) => (list(i, "clock")[1] = 9n)],
  [
    "Clocks",
    CLOCK,
    "say that the peer's was lower",
    "invocation-causal",
    "Headers 7",
    (i) => (list(i, "bClock")[1] = 0n),
  ],
  [
    "Parents",
    PARENT,
    "name another for the header",
    "invocation-causal",
    "Headers 7",
    (i) => (list(i, "aSeq")[1] = 0n),
  ],
  ["Parents", PARENT, "name another for the slot", "invocation-causal", "CellS 9", (i) => (list(i, "sSeq")[2] = 1n)],
  ["Groups", GROUP, "close it after half", "group-whole", "Group 4", (i) => (list(i, "last")[0] = 1n)],
  [
    "Groups",
    GROUP,
    "leave it open",
    "group-whole",
    "Effect 16",
    (i) => ([list(i, "last")[2], list(i, "digest")[3]] = [0n, list(i, "digest")[2] as bigint]),
  ],
  ["Groups", GROUP, "name another digest", "group-whole", "Group 1", (i) => (list(i, "digest")[0] = 1n)],
  [
    "Batch",
    OPERATION,
    "name another",
    "no-unscoped-access",
    "SingleOperations 13",
    (i) => ([row(i, "is", 2)[3], row(i, "is", 2)[17]] = [0n, 1n]),
  ],
  ["Batch", OPERATION, "name two", "no-unscoped-access", "SortOfOperation 1", (i) => (row(i, "is", 2)[4] = 1n)],
  [
    "Batch",
    OPERATION,
    "name two of one, and one of the other less",
    "no-unscoped-access",
    "SortOfOperation 1",
    (i) => ([row(i, "is", 2)[3], row(i, "is", 2)[4]] = [2n, FIELD - 1n]),
  ],
  ["Batch", PADDING, "let it have an actor", "no-unscoped-access", "OpenColumns 4", (i) => (list(i, "actor")[3] = 1n)],
  ["Batch", PADDING, "let it find something", "no-unscoped-access", "Headers 7", (i) => (row(i, "aWords", 3)[2] = 1n)],
  [
    "Batch",
    PADDING,
    "put it in the middle",
    "group-whole",
    "OpenColumns 4",
    (i) => ((i.is as bigint[][])[1] = (i.is as bigint[][])[3] as bigint[]),
  ],
  [
    "Batch",
    "programs are those of the tree",
    "name an actor beyond it",
    "no-unscoped-access",
    "Ranges 2",
    (i) => (list(i, "actor")[2] = 1n << 60n),
  ],
  ["Batch", PADDING, "let time pass in it", "time-monotone", "Row 3", (i) => (list(i, "wait")[3] = 1n)],
  ["Batch", PADDING, "leave its group open", "group-whole", "Effect 16", (i) => (list(i, "last")[3] = 0n)],
  ["Batch", "a batch has a row", "pad all of it", "group-whole", "Batch 2", pad],
  ["Tree", NODE, "name cells beyond slot 255", "no-unscoped-access", "Node 1", spare("nodeY", 64n)],
  ["Tree", NODE, "name a program beyond the tree", "no-unscoped-access", "Node 1", spare("nodeX", 512n)],
  ["Tree", NODE, "give it another name", "no-double-spend", "Batch 7", (i) => (list(i, "nodeX")[1] = 17n)],
  ["Tree", NODE, "read cells as digests", "no-double-spend", "Batch 6", (i) => (list(i, "nodeCells")[2] = 0n)],
  [
    "Tree",
    NODE,
    "give an inner node a place among cells",
    "no-double-spend",
    "Node 1",
    (i) => (list(i, "nodeY")[0] = 1n),
  ],
  ["Tree", "a node is given once", "give it twice", "no-double-spend", "Batch", giveTwice],
  [
    "Tree",
    "a cell that no row opened stays as it was",
    "write a resource into an empty slot",
    "conservation",
    "Batch 6",
    writeUnopened,
  ],
];

function giveTwice(input: BatchSignals): void {
  const free = SMALL.nodes - 1;
  for (const name of ["nodeCells", "nodeX", "nodeY", "nodeBefore", "nodeAfter"]) {
    const values = input[name] as bigint[];
    values[free] = values[2] as bigint;
  }
}

/** A resource in a slot of A, which the rows open in its slots 1 and 2. */
function writeUnopened(input: BatchSignals): void {
  rewriteCell(input, address(A, 3), () => [2n + 8n * (thing(1, 1n).kind << 4n), 1_000_000n, 0n]);
}

/** Names a node that the batch does not need. */
function spare(name: string, value: bigint): Change {
  return (input) => (list(input, name)[SMALL.nodes - 1] = value);
}

/** Only padding, between two equal roots. */
function pad(input: BatchSignals): void {
  const padding = paddingInput(TAG.group);
  for (const [name, value] of Object.entries(padding)) input[name] = Array(SMALL.rows).fill(value) as bigint[];
  span({ count: 0 })(input);
  input.postRoot = input.preRoot as bigint;
}

const firstGroup = once(() => {
  const [one, two] = happened() as [Transition, Transition, Transition];
  const forger = new RowForger(before(), T);
  forger.group([f(one, { at: T + 1 }), f(two, { at: T + 1 })]);
  return forger.build(SMALL);
});
const found = () => before().words(address(A, 1));

export const BATCH: readonly Forgery[] = [
  ...LINES.map(
    ([of, rule, attempt, invariant, by, change]): Forgery => ({
      of,
      rule,
      attempt,
      invariant,
      by,
      neighbour: good,
      forged: () => altered(change),
    }),
  ),
  {
    of: "Batch",
    rule: "every row counts",
    attempt: "leave out a row, and state the root after it",
    invariant: "group-whole",
    by: "Batch 7",
    neighbour: firstGroup,
    forged: () => ({ ...firstGroup(), postRoot: good().postRoot as bigint }),
  },
  {
    of: "Memory",
    rule: "a cell is read as it is now",
    attempt: "read it as it was two rows ago",
    invariant: "no-double-spend",
    by: "Batch 6",
    neighbour: good,
    forged: () =>
      new RowForger(before(), T)
        .group([f(escrow(1, 100n))])
        .group([f(escrow(1, 100n, address(A, 1), address(B, 6)), { found: { S: found() } })])
        .build(SMALL),
  },
  {
    of: "Memory",
    rule: "a cell is read as it is now",
    attempt: "read it from the future",
    invariant: "invocation-causal",
    by: "MemoryOrder 6",
    neighbour: good,
    forged: () => {
      const later = [found()[0] + (5n << SEQ_OFFSET), found()[1], 0n] as const;
      return new RowForger(before(), T).group([f(escrow(1, 100n), { found: { S: later } })]).build(SMALL);
    },
  },
];
