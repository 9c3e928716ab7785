/** The sentences that a signer reads tell every field of a row, and a name cannot imitate a field. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Names, type NameTables, NO_NAMES } from "../../trace/describe/names.ts";
import { sentenceOf } from "../../trace/describe/sentence.ts";
import { linesOf, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { selectorOf } from "../../trace/effects/selector.ts";
import { address, CONDITION, DATA_LABEL, kindOf, kindText, RIGHT } from "../../trace/layout.ts";
import { triggerDigest } from "../../trace/machine/group.ts";
import { factsOf } from "../../trace/machine/rowFacts.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { packRow, type Row } from "../../trace/machine/transition.ts";
import { anyRow, neighbours, SORTS } from "../lib/anyRow.ts";

const GOLD = kindOf(1, 1);
const names = new Names({
  programs: { 1: "A", 2: "B", 3: "C" },
  kinds: { [GOLD.toString()]: "Gold" },
  functions: { [selectorOf("pay").toString()]: "pay", 7: "not its name" },
  slots: { [address(2, 200)]: "Silver" },
});
const said = (row: Row): string => sentenceOf(row, names);

/** Names that imitate other parts of a sentence. */
const NASTY = [
  ...["", "B", "program 2", "B (program 2)", 'B" (program 2), key 5', "its slot 1", "everything", "CreateProgram"],
  ...["B\n- A (program 1) issues", "В", "B'' (program 2)", "2", "\u202eB", "any kind", "resource 1,", "slot 3 of A"],
];
const tables: fc.Arbitrary<NameTables> = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 1300 }), fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "grapheme" }))),
  )
  .map((entries) => Object.fromEntries(entries))
  .map((one) => ({ programs: one, kinds: one, functions: one, slots: one }));

/** Whether two rows differ. Clear and RevokeCapability are one operation with two names. */
const differ = (a: Row, b: Row): boolean => a.effect !== b.effect || packRow(a).join() !== packRow(b).join();

describe("two different rows never read the same", () => {
  test("if they differ in one field", () => {
    fc.assert(
      fc.property(neighbours, tables, ({ one, other }, called) => {
        const by = new Names(called);
        fc.pre(differ(one, other));
        expect(sentenceOf(one, by)).not.toBe(sentenceOf(other, by));
      }),
      { numRuns: 3_000 },
    );
  });

  test("if each has names of its own", () => {
    fc.assert(
      fc.property(anyRow, anyRow, tables, tables, (one, other, a, b) => {
        fc.pre(differ(one, other));
        expect(sentenceOf(one, new Names(a))).not.toBe(sentenceOf(other, new Names(b)));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(neighbours, tables, tables, ({ one, other }, a, b) => {
        fc.pre(differ(one, other));
        expect(sentenceOf(one, new Names(a))).not.toBe(sentenceOf(other, new Names(b)));
      }),
      { numRuns: 2_000 },
    );
  });

  test("without the names they are the sentences that a reader without names gets", () => {
    const bare = (text: string): string =>
      text
        .replace(/"(?:\\.|[^"\\])*" \((program|selector)/g, "($1")
        .replace(/\b[A-Z][A-Za-z0-9_-]* \((program)/g, "($1")
        .replace(/(?:"(?:\\.|[^"\\])*"|\b[A-Z][A-Za-z0-9_-]*) \((kind)/g, "of ($1")
        .replace(/ "(?:\\.|[^"\\])*"/g, "")
        .replace(/\((program \d+)(?:, (key \d+|open|the chain))?\)/g, (_, program, key) =>
          key ? `${program} (${key})` : program,
        )
        .replace(/\(kind (\d+)\)/g, (_, kind) => kindText(BigInt(kind)))
        .replace(/\((selector \d+)\)/g, "$1")
        .replace(/of of kind/g, "of kind");
    fc.assert(
      fc.property(anyRow, tables, (row, called) => {
        expect(bare(sentenceOf(row, new Names(called)))).toBe(sentenceOf(row, new Names(NO_NAMES)));
      }),
      { numRuns: 2_000 },
    );
  });

  test("each is one line, and their data differ, too", () => {
    fc.assert(
      fc.property(neighbours, tables, ({ one, other }, called) => {
        fc.pre(differ(one, other));
        expect(sentenceOf(one, new Names(called))).not.toMatch(/[\n\r\u2028]/);
        expect(JSON.stringify(factsOf(one))).not.toBe(JSON.stringify(factsOf(other)));
      }),
    );
  });

  test("the random rows are of every sort", () => {
    expect(new Set(fc.sample(anyRow, 2_000).map(({ effect }) => effect))).toEqual(new Set(SORTS));
  });
});

test("a loan tells its slots, its rights, its end and its parent", () => {
  const lend = (fields: Partial<Row>) =>
    said(rowOf("DelegateCapability", 1, { peer: 2, destination: address(1, 5), ...fields }));
  const all = RIGHT.claim | RIGHT.invoke | RIGHT.watch | RIGHT.delegate;
  expect(lend({ argument: { rights: all } })).toMatch(
    /^A \(program 1\) lends B \(program 2.*\) the right to claim and invoke and watch and delegate: in every slot of its own, whatever lies there, for ever; the capability lies in its slot 5$/,
  );
  const narrow = { argument: { rights: RIGHT.claim, scope: address(1, 3) }, resource: 9n, deadline: 1_767_225_600 };
  expect(lend(narrow)).toMatch(
    / the right to claim: in slot 3 of A \(program 1\) only, resource 9 only, until 2026-01-01T00:00:00Z; /,
  );
  expect(lend({ argument: { rights: 16 | RIGHT.watch }, authority: address(3, 7) })).toMatch(
    /right to watch and right 16: in every slot that the capability it lends on is for, .*lent on from the one in slot 7 of C \(program 3\)$/,
  );
});

test("an entry's terms, an escrow's deadline, a new program's inbox and key", () => {
  const selector = selectorOf("pay");
  const entry = rowOf("DeclareEntry", 2, {
    ...{ destination: address(2, 10), kind: GOLD, quantity: 60n },
    argument: { selector, nargs: 2, guard: 1 },
  });
  expect(said(entry)).toBe(
    `B (program 2) declares the entry point "pay" (selector ${selector}) in its slot 10: a call passes 2 resources of Gold (kind ${GOLD}), 60 in all or more, and only a holder of a capability may call it`,
  );
  const given = {
    peer: 2,
    source: address(1, 2),
    destination: address(2, 200),
    resource: 7n,
    kind: GOLD,
    quantity: 30n,
  };
  expect(said(rowOf("EscrowToProgram", 1, { ...given, deadline: 1_767_225_600 }))).toMatch(
    /^A \(program 1\) puts 30 Gold \(kind 4294967297\), resource 7, from its slot 2 in escrow in slot 200 "Silver" of B \(program 2.*\), promised until 2026-01-01T00:00:00Z: /,
  );
  expect(said(rowOf("EscrowToProgram", 1, given))).toContain("without a deadline");
  const create = (argument: Row["argument"]) => said(rowOf("CreateProgram", 1, { peer: 4, argument }));
  expect(create({ inbox: 16, authority: 99n })).toBe(
    "A (program 1) makes program 4 (key 99), which takes deposits from slot 16 on",
  );
  expect(create({ inbox: 256 })).toBe("A (program 1) makes program 4 (open), which takes no deposits");
});

test("data shows its whole digest", () => {
  const row = rowOf("Issue", 1, { destination: address(1, 1), kind: kindOf(1, DATA_LABEL), quantity: 0xabcn });
  expect(said(row)).toBe(
    `A (program 1) issues data of A (program 1) with the digest ${"abc".padStart(32, "0")} into its slot 1`,
  );
});

test("a name is quoted unless it is one plain word; a function's name that has another selector is not shown", () => {
  const by = new Names({
    ...NO_NAMES,
    programs: { 1: "program 2", 2: 'B" (program 3)', 3: "C" },
    functions: { 7: "pay" },
  });
  expect([1, 2, 3, 4].map((program) => by.program(program))).toEqual([
    '"program 2" (program 1)',
    '"B\\" (program 3)" (program 2)',
    "C (program 3)",
    "program 4",
  ]);
  expect(by.selector(7n)).toBe("selector 7");
});

describe("a watch and its trigger", () => {
  const watch = (slot: number, trigger: bigint): Row =>
    rowOf("WatchResource", 3, {
      ...{ peer: 2, source: address(2, 200), destination: address(3, slot), quantity: 60n, kind: GOLD },
      argument: { condition: CONDITION.above, trigger },
    });
  const retire = [rowOf("Retire", 3, { source: address(3, 9), resource: 8n, kind: GOLD, quantity: 5n })];
  const inner = [watch(21, triggerDigest(retire)), watch(22, triggerDigest(retire))];
  const outer = watch(20, triggerDigest(inner));
  const book = new Map([retire, inner].map((rows) => [triggerDigest(rows), rows]));

  test("show every effect once, those of inner triggers too", () => {
    const lines = linesOf(outer, names, (digest) => book.get(digest));
    expect(lines[0]).toMatch(
      /^C \(program 3\) watches slot 200 "Silver" of B \(program 2\) for more than 60 of Gold \(kind 4294967297\); the watch lies in its slot 20; once it fires, .*: trigger \d+$/,
    );
    expect(lines[1]).toMatch(/^ {2}the trigger does, as the program whose watch it is:$/);
    expect(lines[2]).toMatch(/^ {2}- C \(program 3\) watches .* slot 21;/);
    expect(lines[4]).toMatch(/^ {4}- C \(program 3\) destroys 5 Gold \(kind 4294967297\), resource 8, in its slot 9$/);
    expect(lines.at(-1)).toMatch(/does what is told above$/);
    expect(lines).toHaveLength(7);
    const facts = triggerFacts([outer], (digest) => book.get(digest));
    expect(Object.values(facts).map((rows) => rows?.length)).toEqual(expect.arrayContaining([1, 2]));
    expect(facts[triggerDigest(retire).toString()]).toEqual(retire.map(factsOf));
  });

  test("say if there is no trigger, and if its rows are unknown or do not have its digest", () => {
    const tail = (row: Row, rows?: readonly Row[]) => linesOf(row, names, () => rows).at(-1);
    expect(tail(watch(20, triggerDigest([])))).toMatch(/the trigger does nothing$/);
    expect(tail(outer)).toMatch(/NOT KNOWN here/);
    expect(tail(outer, retire)).toMatch(/NOT KNOWN here/);
    expect(triggerFacts([outer], () => retire)).toEqual({ [triggerDigest(inner).toString()]: null });
  });

  test("say that no rule allows a row with a field that its sentence lacks", () => {
    const odd = [rowOf("Retire", 3, { source: address(3, 9), resource: 8n, kind: GOLD, quantity: 5n, deadline: 7 })];
    const [, , effect] = linesOf(watch(20, triggerDigest(odd)), names, () => odd);
    expect(effect).toMatch(
      /destroys 5 Gold .* in its slot 9; NO RULE allows this row, so the trigger cannot be applied$/,
    );
  });

  test("stay short if triggers are nested 200 deep", () => {
    let rows: Row[] = retire;
    const many = new Map<bigint, readonly Row[]>();
    for (let depth = 0; depth < 200; depth++) {
      const digest = triggerDigest(rows);
      many.set(digest, rows);
      rows = [watch(21, digest), watch(22, digest)];
    }
    const lines = linesOf(rows[0] as Row, names, (digest) => many.get(digest));
    expect(lines.length).toBeLessThan(1_500);
  });
});
