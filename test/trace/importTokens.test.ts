/** Tokens of one transaction: transfers, approvals, mints and burns, from the logs of a call tree made by hand. */
import { describe, expect, test } from "vitest";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { EVENTS } from "../../trace/import/tokens/events.ts";
import { address, RIGHT } from "../../trace/layout.ts";
import { replay } from "../../trace/replay/replay.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [A, B, C, T, R] = [at(0xa), at(0xb), at(0xc), at(0x70), at(0x99)] as const;
const NOBODY = at(0);
const word = (n: bigint | number): string => n.toString(16).padStart(64, "0");
const topic = (who: string): string => `0x${word(BigInt(who))}`;
const hex = (...words: (bigint | number)[]): string => `0x${words.map(word).join("")}`;

type Tree = Record<string, unknown>;
interface LogJson {
  address: string;
  topics: string[];
  data: string;
  position?: string;
}
const transfer = (from: string, to: string, amount: bigint | number, position = 0, token = T): LogJson => ({
  address: token,
  topics: [EVENTS.transfer, topic(from), topic(to)],
  data: hex(amount),
  position: `0x${position.toString(16)}`,
});
const approval = (owner: string, spender: string, amount: bigint | number, position = 0): LogJson => ({
  ...transfer(owner, spender, amount, position),
  topics: [EVENTS.approval, topic(owner), topic(spender)],
});
const TRANSFER_FROM = "0x23b872dd";
function call(from: string, to: string, more: Tree = {}): Tree {
  return { type: "CALL", from, to, value: "0x0", input: "0xa9059cbb", ...more };
}

async function play(tree: Tree) {
  const { scenario, report, notes } = importEvmCalls(tree);
  const tracer = await runScenario(scenario);
  const records = tracer.transitions.map(recordOf);
  expect([...replay(scenario.genesis(), { records })].flat().map((t) => t.columns)).toEqual(
    tracer.transitions.map((t) => t.columns),
  );
  const number = (who: string): number =>
    Number(Object.entries(report.programs).find(([, address]) => address === who)?.[0] ?? 0);
  const held = (who: string): Record<string, bigint> => {
    const amounts: Record<string, bigint> = {};
    for (const place of tracer.map.addresses()) {
      const cell = tracer.map.cell(place);
      if (Math.floor(place / 256) !== number(who) || cell.type !== "resource") continue;
      const kind = tracer.manifest.kinds[cell.kind.toString()] ?? "";
      amounts[kind] = (amounts[kind] ?? 0n) + cell.quantity;
    }
    return amounts;
  };
  return { report, notes, tracer, effects: tracer.transitions.map((t) => t.effect), number, held };
}
const token = `token ${T}`;

describe("a transfer", () => {
  test("of its owner is an escrow and its acceptance, in the frame that logged it", async () => {
    const { effects, held, report } = await play(call(A, T, { logs: [transfer(A, B, 30)] }));
    expect(effects).toEqual(["InvokeProgram", "EscrowToProgram", "ClaimFromProgram"]);
    expect([held(A), held(B)]).toEqual([{}, { [token]: 30n }]);
    expect(report.tokens).toEqual({ transfers: 1, imported: 1, refused: 0 });
    expect(report.tokenOpenings).toEqual([{ address: A, token, amount: "30" }]);
    expect(report.notImported).toEqual({});
  });

  test("stands where it was logged: after the calls before it, before those behind it", async () => {
    const calls = [call(T, B), call(T, C)];
    const order = async (position: number) =>
      (await play(call(A, T, { calls, logs: [transfer(A, B, 3, position)] }))).effects.indexOf("EscrowToProgram");
    expect([await order(0), await order(1), await order(2)]).toEqual([1, 2, 3]);
  });

  test("below a frame that failed is none", async () => {
    const inner = call(A, T, { error: "reverted", logs: [transfer(A, B, 30)] });
    const { effects, report } = await play(call(A, A, { calls: [inner] }));
    expect(effects).toEqual(["InvokeProgram"]);
    expect(report.tokens.transfers).toBe(0);
  });

  test("of nothing, and to oneself, changes no owner: refused by name", async () => {
    const { effects, report } = await play(call(A, T, { logs: [transfer(A, B, 0), transfer(A, A, 5)] }));
    expect(effects).toEqual(["InvokeProgram"]);
    expect(report.tokens).toEqual({ transfers: 2, imported: 0, refused: 2 });
    expect(report.notImported).toEqual({ "token transfer of nothing": 1, "token transfer to oneself": 1 });
  });

  test("of 2^128 − 1 is imported; of 2^128 refuses its token, and only that", async () => {
    const most = 2n ** 128n - 1n;
    const { held, report } = await play(
      call(A, R, {
        calls: [call(R, T, { logs: [transfer(A, B, most)] }), call(R, C, { logs: [transfer(A, B, most + 1n, 0, C)] })],
      }),
    );
    expect(held(B)).toEqual({ [token]: most });
    expect(report.tokensRefused).toEqual({ [C]: "token quantity beyond 128 bits" });
    expect(report.tokens).toEqual({ transfers: 2, imported: 1, refused: 1 });
  });

  test("that is malformed is no transfer", async () => {
    const dirty = { ...transfer(A, B, 5), topics: [EVENTS.transfer, `0x1${word(1).slice(1)}`, topic(B)] };
    const short = { ...transfer(A, B, 5), data: "0x05" };
    const { effects, report } = await play(call(A, T, { logs: [dirty, short] }));
    expect(effects).toEqual(["InvokeProgram"]);
    expect(report.tokens.transfers).toBe(0);
    expect(Object.values(report.notImported)).toEqual([2]);
  });
});

describe("minting and burning", () => {
  test("are an Issue and a Retire by the token's program", async () => {
    const { tracer, number, held } = await play(call(A, T, { logs: [transfer(NOBODY, A, 9), transfer(A, NOBODY, 4)] }));
    const of = (effect: string) => tracer.transitions.find((t) => t.effect === effect)?.actor;
    expect([of("Issue"), of("Retire")]).toEqual([number(T), number(T)]);
    expect([held(A), held(T)]).toEqual([{ [token]: 5n }, {}]);
  });
});

describe("an approval", () => {
  test("lends the right to claim over one slot, and transferFrom uses it", async () => {
    const { tracer, number, report, held } = await play(
      call(A, R, {
        calls: [
          call(R, T, { logs: [approval(A, R, 50)] }),
          call(R, T, { input: TRANSFER_FROM, logs: [transfer(A, B, 20)] }),
        ],
      }),
    );
    const lent = tracer.transitions.find((t) => t.effect === "DelegateCapability");
    expect(lent).toMatchObject({ actor: number(A), peer: number(R) });
    expect(lent?.argument).toMatchObject({ rights: RIGHT.claim });
    expect(lent?.argument.scope).not.toBe(0);
    const claims = tracer.transitions.filter((t) => t.effect === "ClaimFromProgram");
    const used = claims.find((t) => t.authority !== 0);
    expect(used).toMatchObject({ actor: number(R), peer: number(A), authority: lent?.destination, quantity: 20n });
    expect(used?.source).toBe(lent?.argument.scope);
    expect(report.approvals).toEqual({ given: 1, ended: 0, used: 1, without: 0, unconfirmed: 0 });
    expect([held(A), held(B), held(R)]).toEqual([{}, { [token]: 20n }, {}]);
  });

  test("that is used up is revoked; taking more is then without one", async () => {
    const pull = (amount: number) => call(R, T, { input: TRANSFER_FROM, logs: [transfer(A, B, amount)] });
    const grant = call(R, T, { logs: [approval(A, R, 20)] });
    const { effects, report } = await play(call(A, R, { calls: [grant, pull(20), pull(1)] }));
    expect(effects.filter((e) => e === "Clear" || e === "RevokeCapability")).toHaveLength(1);
    expect(report.approvals).toMatchObject({ used: 1, without: 1 });
  });

  test("of zero ends it", async () => {
    const calls = [call(R, T, { logs: [approval(A, R, 20)] }), call(R, T, { logs: [approval(A, R, 0)] })];
    const { report } = await play(call(A, R, { calls }));
    expect(report.approvals).toMatchObject({ given: 1, ended: 1 });
  });

  test("set before is assumed where transferFrom was called, and said; elsewhere nothing is", async () => {
    const pull = { input: TRANSFER_FROM, logs: [transfer(A, B, 20)] };
    const before = await play(call(A, R, { calls: [call(R, T, pull)] }));
    expect(before.report.priorApprovals).toEqual([{ token: T, owner: A, spender: R }]);
    expect(before.report.approvals.used).toBe(1);
    expect(before.notes.join("\n")).toContain(`${A} has approved ${R} for ${T}`);
    const other = await play(call(A, R, { calls: [call(R, T, { ...pull, input: "0x12345678" })] }));
    expect(other.report.priorApprovals).toEqual([]);
    expect(other.report.approvals).toMatchObject({ used: 0, without: 1 });
  });

  test("never covers another kind: the slot holds the amount only while it is taken", async () => {
    const { tracer, number } = await play(
      call(A, R, {
        calls: [
          call(R, T, { logs: [approval(A, R, 50)] }),
          call(R, T, { input: TRANSFER_FROM, logs: [transfer(A, B, 20)] }),
          call(R, C, { logs: [transfer(A, B, 1, 0, C), transfer(B, A, 1, 0, C)] }),
        ],
      }),
    );
    const scope = tracer.transitions.find((t) => t.effect === "DelegateCapability")?.argument.scope ?? 0;
    expect(Math.floor(Number(scope) / 256)).toBe(number(A));
    expect(tracer.map.cell(Number(scope)).type).toBe("empty");
  });
});

describe("tokens with numbers", () => {
  const nft = (from: string, to: string, id: number): LogJson => ({
    ...transfer(from, to, 0),
    topics: [EVENTS.transfer, topic(from), topic(to), `0x${word(id)}`],
    data: "0x",
  });
  const allOf = (owner: string, operator: string, yes: 0 | 1): LogJson => ({
    ...transfer(owner, operator, 0),
    topics: [EVENTS.approvalForAll, topic(owner), topic(operator)],
    data: hex(yes),
  });

  test("each ERC-721 token is a kind, and moves whole by an approval for all", async () => {
    const { held, report } = await play(
      call(A, R, {
        calls: [
          call(R, T, { logs: [nft(NOBODY, A, 7), nft(NOBODY, A, 8), allOf(A, R, 1)] }),
          call(R, T, { input: TRANSFER_FROM, logs: [nft(A, B, 7)] }),
        ],
      }),
    );
    expect([held(A), held(B)]).toEqual([{ [`${token} #8`]: 1n }, { [`${token} #7`]: 1n }]);
    expect(report.approvals).toMatchObject({ given: 1, used: 1, without: 0 });
  });

  test("an approval for one ERC-721 token names its id, and ends with the transfer", async () => {
    const single: LogJson = {
      ...transfer(A, R, 0),
      topics: [EVENTS.approval, topic(A), topic(R), `0x${word(7)}`],
      data: "0x",
    };
    const { tracer, number, report } = await play(
      call(A, R, {
        calls: [
          call(R, T, { logs: [nft(NOBODY, A, 7), single] }),
          call(R, T, { input: TRANSFER_FROM, logs: [nft(A, B, 7)] }),
        ],
      }),
    );
    const lent = tracer.transitions.find((t) => t.effect === "DelegateCapability");
    expect(lent?.resource).not.toBe(0n);
    expect(report.approvals).toMatchObject({ given: 1, used: 1 });
    expect(tracer.map.cell(address(number(A), lent?.destination === undefined ? 0 : lent.destination % 256)).type).toBe(
      "empty",
    );
  });

  test("a batch of ERC-1155 tokens is a transfer each", async () => {
    const batch: LogJson = {
      ...transfer(A, B, 0),
      topics: [EVENTS.transferBatch, topic(A), topic(A), topic(B)],
      data: hex(0x40, 0xa0, 2, 1, 2, 2, 10, 20),
    };
    const { held, report } = await play(call(A, T, { logs: [batch] }));
    expect(held(B)).toEqual({ [`${token} #1`]: 10n, [`${token} #2`]: 20n });
    expect(report.tokens).toEqual({ transfers: 2, imported: 2, refused: 0 });
  });
});

describe("a wrapped coin", () => {
  const wrap = (event: string, who: string, amount: number): LogJson => ({
    ...transfer(A, B, amount),
    topics: [event, topic(who)],
  });

  test("ties wei and token: a deposit issues what came in wei, a withdrawal retires it", async () => {
    const { held, report } = await play(
      call(A, R, {
        value: "0x9",
        calls: [
          call(R, T, { value: "0x9", input: "0xd0e30db0", logs: [wrap(EVENTS.deposit, R, 9)] }),
          call(R, T, { logs: [transfer(R, A, 5)] }),
          call(R, T, {
            input: "0x2e1a7d4d",
            logs: [wrap(EVENTS.withdrawal, R, 4)],
            calls: [call(T, R, { value: "0x4", input: "0x" })],
          }),
        ],
      }),
    );
    expect(report.tokens).toEqual({ transfers: 3, imported: 3, refused: 0 });
    expect([held(A), held(T), held(R)]).toEqual([{ [token]: 5n }, { wei: 5n }, { wei: 4n }]);
  });

  test("is none where the wei do not come with it, or where nothing is ever transferred", async () => {
    const log = wrap(EVENTS.deposit, A, 9);
    const without = await play(call(A, T, { logs: [log, transfer(A, B, 1)] }));
    expect(without.report.tokens).toEqual({ transfers: 1, imported: 1, refused: 0 });
    const only = await play(call(A, T, { value: "0x9", input: "0xd0e30db0", logs: [log] }));
    expect(only.report.tokens.transfers).toBe(0);
  });
});
