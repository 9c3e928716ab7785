/** Signing over the wire: an honest server is signed for, and one that shows something else is refused by name. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signWire, type WireOptions, wireSummary } from "../../../scripts/lib/signWire.ts";
import { signedLogsOf } from "../../../service/client/signedLogs.ts";
import { localDomain } from "../../../trace/commitment/commit.ts";
import { kindOf } from "../../../trace/layout.ts";
import { writeGenesis } from "../../../trace/run/genesisFile.ts";
import { authority, secretOf } from "../../lib/authorities.ts";
import { temporaryFolder } from "../../lib/provenRun.ts";
import { A, B, FakeOperator, fakeMap, OPEN, START, usualGenesis } from "../http/fakeOperator.ts";
import { type Served, serveFake } from "../http/servers.ts";

const GOLD = kindOf(A, 1);
let served: Served;
let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  served = await serveFake({}, fakeMap(new FakeOperator()));
  const a = served.operator.tracer.program(A);
  a.issue({ kind: GOLD, quantity: 100n, slot: 1 }, START);
  a.split({ from: 1, to: 2, part: 30n }, START);
  const given = { effect: "EscrowToProgram", from: 2, to: { program: B, slot: 16 }, deadline: 0 } as const;
  const watch = { target: a.place(4), condition: "arrival", kind: 0n, threshold: 0n, slot: 5 } as const;
  served.operator.tracer.perform(A, { effect: "WatchResource", ...watch, trigger: [given] }, START);
  served.operator.cut();
});
afterEach(() => served.server.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are altered anywhere in them
type Alter = (answer: any) => unknown;

/** A server that answers with something else where the path fits. */
function lying(fits: RegExp, alter: Alter): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!fits.test(String(input)) || !response.ok) return response;
    return Response.json(alter(await response.json()));
  };
}

function sign(more: Partial<WireOptions> & { agree?: boolean; lie?: [RegExp, Alter] } = {}) {
  const { agree = true, lie, ...rest } = more;
  const options: WireOptions = {
    ...{ server: served.url, program: String(A), secret: secretOf(A), logs: signedLogsOf(join(folder, "a.key")) },
    ...{ now: START, ...(lie === undefined ? {} : { client: { fetch: lying(...lie) } }), ...rest },
  };
  return signWire(options, async () => agree);
}

const LOG = /\/log\?/;
const issueMore = (quantity: bigint, slot: number): void => {
  served.operator.tracer.perform(A, { effect: "Issue", kind: GOLD, quantity, slot }, START);
};

describe("an honest server", () => {
  test("is signed for, after everything was shown: effects, triggers, domain, genesis, and whose names they are", async () => {
    const { lines, report, agreed, batches, triggers } = await sign({ agree: false });
    expect(agreed).toBe(false);
    expect(served.operator.signatures).toEqual([]);
    const { genesisRoot } = served.operator;
    expect(report).toMatchObject({ program: A, genesisRoot, domain: localDomain(genesisRoot), rewound: false });
    expect(lines[0]).toBe(
      `signed for: the run that begins with the root ${genesisRoot}, domain ${report.domain}, of a run without a map on a chain`,
    );
    expect(lines[1]).toMatch(/^names come from the server, as its operator chose them; proofs cover only the numbers/);
    expect(lines[2]).toMatch(/^batch 1\.\.3, .*: effects of program 1$/);
    const all = lines.join("\n");
    expect(all).toMatch(/issues 100 of kind 1 of program 1/);
    expect(all).toMatch(/the trigger does, as the program whose watch it is:/);
    expect(all).toMatch(/puts .* in escrow in slot 16 of program 2/);
    expect(batches[0]?.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(Object.keys(triggers)).toHaveLength(1);

    const done = await sign();
    expect(wireSummary(done, done.agreed)[0]).toBe("1 batch signed for program 1");
    expect(served.operator.signatures).toHaveLength(1);
    const again = await sign();
    expect(again.report.signed).toEqual([]);
  });

  test("is signed for the next time with the new effects alone; what was signed is in a file of its own", async () => {
    await sign();
    const file = signedLogsOf(join(folder, "a.key"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain(Buffer.from(secretOf(A)).toString("hex"));
    issueMore(7n, 9);
    served.operator.cut();
    const next = await sign();
    expect(next.batches.flat().map(({ seq }) => seq)).toEqual([4]);
    expect(served.operator.signatures).toHaveLength(2);
    // Without the file, all is shown again.
    issueMore(8n, 10);
    served.operator.cut();
    const anew = await sign({ logs: join(folder, "other.json") });
    expect(anew.batches.flat().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(served.operator.signatures).toHaveLength(3);
  });

  test("several batches are shown apart and signed in order", async () => {
    issueMore(7n, 9);
    served.operator.cut();
    const { batches, report } = await sign();
    expect(batches.map((all) => all.map(({ seq }) => seq))).toEqual([[1, 2, 3], [4]]);
    expect(served.operator.signatures.map(({ log }) => log)).toEqual(report.signed.map(({ log }) => log));
  });

  test("a group is shown whole, with the effects of the others in it", async () => {
    served.operator.tracer.together(
      [
        [A, { effect: "EscrowToProgram", from: 1, to: { program: B, slot: 17 }, deadline: 0 }],
        [B, { effect: "Issue", kind: kindOf(B, 1), quantity: 1n, slot: 1 }],
      ],
      START,
    );
    served.operator.cut();
    const { lines } = await sign();
    expect(lines.join("\n")).toMatch(/effects of program 1, with their whole groups/);
    expect(lines.join("\n")).toMatch(/program 2 issues 1 of kind 1 of program 2/);
    expect((await sign({ program: String(B), secret: secretOf(B) })).report.signed).toHaveLength(1);
    expect(served.operator.signatures).toHaveLength(3);
  });

  test("a private server is read with the key", async () => {
    await using closed = await serveFake({ private: true }, fakeMap(served.operator));
    const { agreed, report } = await sign({ server: closed.url });
    expect([agreed, report.signed.length]).toEqual([true, 1]);
  });

  test("names are the server's, or those of the reader, with what differs", async () => {
    const named = { programs: { 1: "Mint", 2: "Shop" }, kinds: {}, functions: {}, slots: {} };
    const theirs: [RegExp, Alter] = [/names$/, () => named];
    const shown = await sign({ agree: false, program: "Mint", lie: theirs });
    expect(shown.lines.join("\n")).toMatch(/Mint \(program 1\) issues/);
    const own = { path: "my.json", tables: { programs: { 1: "Till" }, kinds: {}, functions: {}, slots: {} } };
    const mine = await sign({ agree: false, program: "Till", names: own, lie: theirs });
    expect(mine.lines[1]).toMatch(/^names come from your file "my.json"/);
    expect(mine.lines[2]).toMatch(/program 1 is "Till" by your names, but the server calls it "Mint"/);
    await expect(sign({ lie: [/names$/, () => ({ ...named, programs: { 1: 2 } })] })).rejects.toThrow(/names.programs/);
  });
});

describe("a server that", () => {
  const refuses = async (lie: [RegExp, Alter], message: RegExp, more: Partial<WireOptions> = {}): Promise<void> => {
    await expect(sign({ ...more, lie })).rejects.toThrow(message);
    expect(served.operator.signatures).toEqual([]);
    expect(existsSync(signedLogsOf(join(folder, "a.key")))).toBe(false);
  };

  test("hides an effect is refused", async () => {
    await refuses([LOG, (answer) => ({ ...answer, groups: answer.groups.slice(1) })], /hides, adds or changes effects/);
    await refuses([LOG, (answer) => ({ ...answer, groups: answer.groups.slice(0, 2) })], /hides, adds or changes/);
    await refuses([LOG, (answer) => ({ ...answer, groups: [] })], /hides, adds or changes/);
  });

  test("adds an effect is refused", async () => {
    // What is added behind the log to sign changes nothing of what is shown and signed.
    const behind: Alter = (answer) => ({ ...answer, groups: [...answer.groups, answer.groups[0]] });
    expect((await sign({ lie: [LOG, behind], agree: false })).batches.flat()).toHaveLength(3);
    const before: Alter = (answer) => ({ ...answer, groups: [answer.groups[0], ...answer.groups] });
    await refuses([LOG, before], /hides, adds or changes/);
  });

  test("changes an effect is refused", async () => {
    const cheaper: Alter = (answer) => {
      answer.groups[1].rows[0].row.quantity = "1";
      return answer;
    };
    await refuses([LOG, cheaper], /hides, adds or changes/);
    const unknown: Alter = (answer) => {
      answer.groups[1].rows[0].row.effect = "Gift";
      return answer;
    };
    await refuses([LOG, unknown], /groups\[1\]\.rows\[0\]/);
    const other: Alter = (answer) => {
      answer.groups[1].rows[0].row.actor = B;
      return answer;
    };
    await refuses([LOG, other], /has no effect of program 1|lanes/);
  });

  test("names another program gets no signature, and one that names another key is refused", async () => {
    const ofB: Alter = ({ toSign }) => ({ toSign: [{ ...toSign[0], program: B }] });
    const nothing = await sign({ lie: [/to-sign/, ofB] });
    expect(nothing.report.signed).toEqual([]);
    const otherKey = await sign({ secret: secretOf(5) });
    expect(otherKey.report).toMatchObject({ signed: [], otherKeys: 1 });
    expect(wireSummary(otherKey, true)).toContain("1 batch needs another key of program 1");
    const asIfMine: Alter = ({ toSign }) => ({ toSign: [{ ...toSign[0], authority: `${authority(5)}` }] });
    await refuses([/to-sign/, asIfMine], /key.*the server asks the wrong key/, { secret: secretOf(5) });
  });

  test("gives the domain or the genesis of another map is refused", async () => {
    await refuses(
      [/domain$/, (answer) => ({ ...answer, domain: "12345" })],
      /12345 by the server's word, but its genesis/,
    );
    await refuses([/never/, (answer) => answer], /it serves another map/, { domain: 12345n });
    const other = { ...usualGenesis(), cells: usualGenesis().cells.slice(0, -1) };
    await refuses([/genesis$/, (answer) => ({ ...answer, genesis: writeGenesis(other) })], /domain/);
    await refuses([/genesis$/, (answer) => ({ ...answer, genesis: "{}" })], /genesis/);
    const place = { chainId: "1", registry: `0x${"ab".repeat(20)}`, creator: `0x${"12".repeat(20)}` };
    const chain = { ...place, salt: `0x${"34".repeat(32)}`, mapId: `0x${"00".repeat(32)}`, domain: "5" };
    await refuses([/genesis$/, (answer) => ({ ...answer, chain })], /domain/);
  });

  test("wants an older log signed is refused, until a withdrawal is allowed for", async () => {
    const old = served.operator.toBeSigned[0];
    issueMore(7n, 9);
    served.operator.toBeSigned.length = 0;
    served.operator.cut();
    await sign();
    expect(served.operator.signatures).toHaveLength(1);
    const older: [RegExp, Alter] = [
      /to-sign/,
      () => JSON.parse(JSON.stringify({ toSign: [old] }, (_, v) => (typeof v === "bigint" ? `${v}` : v))),
    ];
    await expect(sign({ lie: older })).rejects.toThrow(/does not go on from the one that was signed last.*--rewound/);
    expect(served.operator.signatures).toHaveLength(1);
    const { lines, report } = await sign({ lie: older, rewound: true, agree: false });
    expect(report.rewound).toBe(true);
    expect(lines.join("\n")).toMatch(/REWOUND/);
    expect(lines.join("\n")).toMatch(/issues 100 of kind 1/);
  });

  test("shows other rows of a trigger, or none, is refused", async () => {
    const others: Alter = (answer) => {
      for (const rows of Object.values<{ row?: unknown }[]>(answer.triggers)) rows.length = 0;
      return answer;
    };
    await refuses([LOG, others], /triggers\.[0-9]+.*are not the rows with this digest/);
    await refuses([LOG, (answer) => ({ ...answer, triggers: {} })], /sets a watch whose trigger's effects are not/);
  });

  test("wants a time far ahead, or answers nonsense, is refused", async () => {
    const late: Alter = ({ toSign }) => ({ toSign: [{ ...toSign[0], until: START + 10 * 86_400 }] });
    await refuses([/to-sign/, late], /more than a day from now; give --valid-until/);
    await refuses([/to-sign/, late], /could not be proven with it/, { validUntil: START });
    await refuses([LOG, (answer) => ({ ...answer, before: 99 })], /before|no end/);
    const words: Alter = (answer) => {
      answer.groups[0].lanes[A] = "many";
      return answer;
    };
    // The lane of the program itself is not the server's to tell.
    expect((await sign({ lie: [LOG, words], agree: false })).report.signed).toHaveLength(1);
  });
});

test("after a withdrawal the map has another log, and `rewound` is asked for", async () => {
  issueMore(7n, 9);
  served.operator.cut();
  await sign();
  // The same map, without the last effect of before.
  await using other = await serveFake({}, fakeMap(new FakeOperator()));
  const a = other.operator.tracer.program(A);
  a.issue({ kind: GOLD, quantity: 100n, slot: 1 }, START);
  a.split({ from: 1, to: 2, part: 10n }, START);
  other.operator.cut();
  await expect(sign({ server: other.url })).rejects.toThrow(/--rewound/);
  expect(other.operator.signatures).toEqual([]);
  const { report, batches } = await sign({ server: other.url, rewound: true });
  expect(report.rewound).toBe(true);
  expect(batches.flat().map(({ seq }) => seq)).toEqual([1, 2]);
  expect(other.operator.signatures).toHaveLength(1);
  // From there it goes on as usual.
  other.operator.tracer.perform(A, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 20 }, START);
  other.operator.cut();
  const next = await sign({ server: other.url });
  expect(next.report.rewound).toBe(false);
  expect(next.batches.flat().map(({ seq }) => seq)).toEqual([3]);
});

test("an open program has nothing to sign; a damaged file of signed logs, or one that others may change, is refused", async () => {
  served.operator.tracer.perform(OPEN, { effect: "Issue", kind: kindOf(OPEN, 1), quantity: 1n, slot: 1 }, START);
  served.operator.cut();
  expect((await sign({ program: String(OPEN) })).report.signed).toEqual([]);
  await sign();
  const file = signedLogsOf(join(folder, "a.key"));
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/"steps": 3/, '"steps": 3.5'));
  await expect(sign()).rejects.toThrow(/steps/);
  writeFileSync(file, "{");
  await expect(sign()).rejects.toThrow(/is not JSON/);
  writeFileSync(file, text);
  chmodSync(file, 0o644);
  await expect(sign()).rejects.toThrow(/others may use it/);
});
