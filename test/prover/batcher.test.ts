import { expect, test } from "vitest";
import { Batcher, batchesOf, GroupSizeError, groupsOf } from "../../prover/batches/batcher.ts";
import { touchedNodes } from "../../prover/batches/batchInput.ts";
import type { Profile } from "../../prover/profiles.ts";
import { address } from "../../trace/layout.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import type { Opened, Transition } from "../../trace/machine/transition.ts";
import { Random } from "../lib/random.ts";

const PROFILE: Profile = { name: "test", rows: 8, nodes: 20, levels: 3, signatures: 0 };
const random = new Random(7);

function opened(at: number): Opened {
  return { address: at, before: [0n, 0n, 0n], after: [0n, 0n, 0n] };
}

/** A transition that opens the header and a slot of its actor. Its effect does not matter here. */
function transition(
  seq: number,
  group: number,
  last: boolean,
  actor: number,
  slot: number,
  authority = 0n,
): Transition {
  const closed = opened(0);
  const header: Opened = { address: address(actor, 0), before: [0n, authority, 0n], after: [0n, authority, 1n] };
  const columns = { A: header, B: closed, S: closed, D: opened(address(actor, slot)), X: closed };
  const row = rowOf("Issue", actor, { destination: address(actor, slot) });
  return { ...row, seq, group, at: seq, clock: seq, parents: [0, 0, 0, 0, 0], last, triggered: false, columns };
}

/** Groups of 1 to `longest` rows, by programs up to `programs`. */
function someGroups(count: number, longest: number, programs: number): Transition[][] {
  let seq = 1;
  return Array.from({ length: count }, () => {
    const length = 1 + random.below(longest);
    const first = seq;
    return Array.from({ length }, (_, i) => {
      const group = length === 1 ? 0 : first;
      return transition(seq++, group, i === length - 1, 1 + random.below(programs), 1 + random.below(20));
    });
  });
}

test("an empty trace has no batches", () => {
  expect([...batchesOf([], PROFILE)]).toEqual([]);
});

test.each([
  [1, 3],
  [2, 40],
  [3, 2000],
  [4, 5],
])(
  "batches hold whole groups in order, within the bounds, and are as long as possible (groups of %i, %i programs)",
  (longest, programs) => {
    const groups = someGroups(200, longest, programs).filter(
      (group) => touchedNodes(PROFILE.levels, group).length <= PROFILE.nodes,
    );
    const batches = [...batchesOf(groups, PROFILE)];
    expect(batches.flatMap(({ transitions }) => transitions)).toEqual(groups.flat());
    batches.forEach(({ transitions, nodes }, index) => {
      expect(transitions.at(-1)?.last).toBe(true);
      expect(nodes).toBe(touchedNodes(PROFILE.levels, transitions).length);
      expect(transitions.length).toBeLessThanOrEqual(PROFILE.rows);
      expect(nodes).toBeLessThanOrEqual(PROFILE.nodes);
      const next = batches[index + 1]?.transitions ?? [];
      if (next.length === 0) return;
      const [group] = groupsOf(next) as unknown as Iterable<Transition[]>;
      const longer = [...transitions, ...(group ?? [])];
      const tooLong = longer.length > PROFILE.rows || touchedNodes(PROFILE.levels, longer).length > PROFILE.nodes;
      expect(tooLong).toBe(true);
    });
  },
);

test("a group that fits no batch is refused, and the batcher goes on", () => {
  const long = Array.from({ length: 9 }, (_, i) => transition(i + 4, 4, i === 8, 1, i + 1));
  const wide = [1, 300, 700, 1500].map((actor, i) => transition(i + 4, 4, i === 3, actor, 200));
  const batcher = new Batcher(PROFILE);
  batcher.add([transition(1, 0, true, 1, 1)]);
  for (const group of [long, wide]) {
    const rows = group.length;
    const nodes = touchedNodes(PROFILE.levels, group).length;
    const lastSeq = 3 + rows;
    expect(() => batcher.add(group)).toThrow(GroupSizeError);
    expect(() => batcher.add(group)).toThrow(
      expect.objectContaining({
        invariant: "group-whole",
        firstSeq: 4,
        lastSeq,
        rows,
        nodes,
        message: expect.stringContaining(
          `transitions 4 to ${lastSeq} needs ${rows} rows, ${nodes} tree nodes and 0 signatures`,
        ),
      }),
    );
  }
  expect(batcher.finish()?.transitions.map(({ seq }) => seq)).toEqual([1]);
  expect(batcher.finish()).toBeUndefined();
});

/** Groups of one row each, by these programs under these keys. */
function signedGroups(...rows: [actor: number, authority: bigint][]): Transition[][] {
  return rows.map(([actor, authority], i) => [transition(i + 1, 0, true, actor, 1, authority)]);
}

const SIGNED: Profile = { ...PROFILE, name: "signed", signatures: 2 };

/** Lengths of the batches, and the names of their profiles. */
function cut(groups: Transition[][], ...profiles: Profile[]): [number, string][] {
  return [...batchesOf(groups, ...profiles)].map(({ transitions, profile }) => [transitions.length, profile.name]);
}

test("at most as many programs sign for a batch as its profile holds; open ones do not count", () => {
  const groups = signedGroups([1, 11n], [2, 0n], [3, 13n], [1, 11n], [4, 0n], [5, 15n], [6, 16n]);
  expect(cut(groups, SIGNED)).toEqual([
    [5, "signed"],
    [2, "signed"],
  ]);
  expect(() => cut(signedGroups([1, 11n]), PROFILE)).toThrow("test has 8, 20 and 0");
});

test("a program's next effect under another key begins a batch", () => {
  const groups = signedGroups([1, 11n], [2, 12n], [1, 21n], [2, 12n], [1, 31n]);
  expect(cut(groups, SIGNED)).toEqual([
    [2, "signed"],
    [2, "signed"],
    [1, "signed"],
  ]);
});

test("a batch has the first profile that holds its first group, and the next one the smallest again", () => {
  const large: Profile = { ...SIGNED, name: "large", rows: 12, nodes: 40, signatures: 4 };
  const long = Array.from({ length: 9 }, (_, i) => transition(i + 2, 2, i === 8, 1, 1, 11n));
  const alone = (seq: number, actor: number) => [transition(seq, 0, true, actor, 1, BigInt(10 + actor))];
  const signers = [3, 4, 5].map((actor, i) => transition(i + 14, 14, i === 2, actor, 1, BigInt(10 + actor)));
  const groups = [alone(1, 1), long, alone(11, 1), alone(12, 2), alone(13, 3), signers, alone(17, 2)];
  expect(cut(groups, SIGNED, large)).toEqual([
    [1, "signed"],
    // The next groups fill the larger batch.
    [12, "large"],
    [4, "large"],
  ]);
  expect(cut([alone(1, 1), alone(2, 2)], SIGNED, large)).toEqual([[2, "signed"]]);
  expect(() => cut([signers], SIGNED)).toThrow("needs 3 rows, 6 tree nodes and 3 signatures");
});

test("time grows with the number of groups, not with its square", () => {
  const wide: Profile = { ...PROFILE, rows: 60_000, nodes: 100_000 };
  const groups = someGroups(20_000, 2, 50);
  const started = performance.now();
  expect([...batchesOf(groups, wide)]).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test("transitions are divided into their groups; an open group at the end is an error", () => {
  const groups = someGroups(30, 4, 5);
  expect([...groupsOf(groups.flat())]).toEqual(groups);
  const cut = transition(1, 1, false, 1, 1);
  expect(() => [...groupsOf([cut])]).toThrow("ends within the group of transition 1");
});
