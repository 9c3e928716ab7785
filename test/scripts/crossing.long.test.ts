/** What crosses the border of a moored map, through the command line: into it, back, and out of it. */
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Interface } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { send } from "../../verifier/chain/connect.ts";
import type { Chain, PrintedCall } from "../../verifier/chain/registry.ts";
import { chainTime, wait } from "../lib/chains.ts";
import { bad, good, openBorder, settle } from "./border.ts";
import { jsonHere } from "./cli.ts";

const DAY = 86_400;
const ALICE = 2;
let at: (name: string) => string;
let chain: Chain;
let [me, token, registry, mapId] = ["", "", "", ""];
let key: bigint;
/** Options that name the registry, and the map on it. */
let there: string[];
let border: string[];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ at, chain, me, token, registry, key, there, close } = await openBorder());
});
afterAll(() => close?.());

const deposited = (more: readonly string[]): string[] => ["deposit", ...border, "--program", "Alice", ...more];
const map = () => jsonHere(["map", ...border]);

describe("create", () => {
  test("refuses a moored map that could let nobody out, and terms out of their bounds", async () => {
    expect(await bad(["create", at("run"), ...there])).toMatchObject({
      field: "profile",
      message: expect.stringContaining("give --profile batch-64"),
    });
    const asked = ["create", at("run"), ...there, "--profile", "batch-64"];
    expect(await bad([...asked, "--patience", "60"])).toMatchObject({ field: "patience" });
    expect(await bad([...asked, "--max-lag", String(2 * DAY)])).toMatchObject({ field: "maxLag" });
    writeFileSync(at("wrong.json"), JSON.stringify([{ contract: token, function: "totalSupply()" }]));
    expect(await bad([...asked, "--feeds", at("wrong.json")])).toMatchObject({
      field: expect.stringMatching(/wrong\.json feed 0 fresh$/),
    });
  });

  test("makes the map with its keys, its patience and its feeds", async () => {
    const feed = {
      contract: token,
      function: "balanceOf(address)",
      arguments: [me],
      offset: "-10",
      shift: 1,
      fresh: 600,
    };
    writeFileSync(at("feeds.json"), JSON.stringify([feed]));
    const more = ["--profile", "batch-64", "--patience", String(DAY), "--feeds", at("feeds.json")];
    const made = await good(["create", at("run"), ...there, ...more]);
    mapId = (made.chain as { mapId: string }).mapId;
    border = [...there, "--map", mapId];
    const { code, answer } = await map();
    expect({ code, answer }).toMatchObject({
      code: 0,
      answer: {
        terms: { maxLag: DAY, verifierDelay: 30 * DAY, dataPolicy: "chain" },
        verifiers: [{ profile: "batch-8" }, { profile: "batch-64" }],
        mooring: {
          ...{ patience: DAY, frozen: false, entries: 0 },
          keys: [
            { circuit: "exit", key: "same" },
            { circuit: "cell", key: "same" },
          ],
        },
        crossing: {
          ...{ purses: [], deposits: [], requests: [] },
          feeds: [{ feed: 0, contract: token, shift: 1, offset: "-10", fresh: 600, last: null }],
        },
      },
    });
    expect(await good(["create", at("run"), ...there, ...more])).toMatchObject({ created: false });
  });
});

describe("into the map", () => {
  test("a token gets its label once", async () => {
    expect(await good(["list-token", ...there, "--token", token])).toMatchObject({ label: 2, token });
    expect(await bad(["list-token", ...there, "--token", token])).toMatchObject({
      ...{ code: "chain-refused", reason: "TokenExists", field: "token" },
    });
    expect(await bad(["list-token", ...there, "--token", me])).toMatchObject({ reason: "NoCode", field: "token" });
  });

  test("a deposit names its receiver, and says whose key that is", async () => {
    const ether = ["--asset", "ETH", "--quantity", "5000"];
    expect(await bad(deposited(ether))).toMatchObject({ field: "program" });
    expect(await bad(["deposit", ...border, "--program", "2", ...ether])).toMatchObject({ field: "authority" });
    const other = ["--run", at("run"), "--authority", "5"];
    expect(await bad(deposited([...ether, ...other]))).toMatchObject({ field: "authority" });
    const done = await good(deposited([...ether, "--run", at("run")]));
    expect(done).toMatchObject({
      ...{ number: "1", id: `${2n ** 61n + 1n}`, label: 1, token: null, quantity: "5000", payer: me },
      ...{ program: ALICE, name: "Alice", authority: key.toString() },
      whose: expect.stringContaining("the present key of Alice (program 2)"),
    });
    const given = ["deposit", ...border, "--program", "2", "--authority", key.toString(), ...ether];
    expect(await good(given)).toMatchObject({ number: "2", whose: expect.stringContaining("nobody says whose") });
  });

  test("a token is deposited once it is approved, which the verb tells or does", async () => {
    const grain = ["--asset", token, "--quantity", "40", "--run", at("run")];
    const { calls } = (await good(deposited([...grain, "--calldata", "--from", me]))) as unknown as {
      calls: PrintedCall[];
    };
    expect(calls.map(({ function: name, to, value }) => [name, to, value])).toEqual([
      ["approve", token, "0"],
      ["deposit", registry, "0"],
    ]);
    expect(await bad(deposited(grain))).toMatchObject({
      field: "asset",
      message: expect.stringContaining(`call approve(${registry}, 40)`),
    });
    const tooMuch = ["--asset", "2", "--quantity", "4000", "--run", at("run"), "--approve"];
    expect(await bad(deposited(tooMuch))).toMatchObject({ field: "quantity" });
    const done = await good(deposited([...grain, "--approve"]));
    expect(done).toMatchObject({
      number: "3",
      label: 2,
      token,
      sent: [{ function: "approve" }, { function: "deposit" }],
    });
    // Another signer sends what is printed.
    const asked = deposited(["--asset", "1", "--quantity", "7", "--run", at("run"), "--calldata"]);
    const [printed] = (await good(asked)).calls as PrintedCall[];
    expect(printed).toMatchObject({ function: "deposit", value: "7" });
    await send(chain, { to: printed?.to ?? "", data: printed?.data ?? "", value: BigInt(printed?.value ?? 0) });
  });

  test("map says what is open, what it waits for, and that the registry has what it owes", async () => {
    const { code, answer } = await map();
    expect({ code, answer }).toMatchObject({
      code: 0,
      answer: {
        mooring: { entries: 4 },
        crossing: {
          deposits: [
            { number: "1", label: 1, quantity: "5000", program: ALICE, waits: "entry" },
            { number: "2", waits: "entry" },
            { number: "3", label: 2, token, quantity: "40", waits: "entry" },
            { number: "4", quantity: "7" },
          ],
          solvency: [
            { label: 1, balance: "10007", owes: "10007", covered: true },
            { label: 2, balance: "40", owes: "40", covered: true },
          ],
        },
      },
    });
  });

  test("a feed is observed by anybody", async () => {
    // (960 - 10) >> 1
    expect(await good(["observe", ...border, "--feed", "0"])).toMatchObject({ number: "5", quantity: "475" });
    expect(await bad(["observe", ...border, "--feed", "1"])).toMatchObject({ reason: "UnknownFeed", field: "feed" });
    expect((await map()).answer).toMatchObject({ crossing: { feeds: [{ last: { number: "5", quantity: "475" } }] } });
  });

  test("what the run lets in is in the map's purse", async () => {
    await settle(at("run"), there);
    expect((await map()).answer).toMatchObject({
      ...{ head: { seq: 5 }, problems: [] },
      crossing: {
        deposits: [],
        purses: [
          { label: 1, quantity: "10007" },
          { label: 2, token, quantity: "40" },
        ],
      },
    });
    expect(await bad(["refund", ...border, "--number", "1"])).toMatchObject({
      field: "number",
      message: expect.stringContaining("it was entered"),
    });
  });
});

describe("back to the payer", () => {
  test("a deposit that does not enter is refunded after deadline and lag, and paid out", async () => {
    const deadline = (await chainTime(chain.provider)) + 100;
    const late = ["--run", at("run"), "--deadline", String(deadline)];
    expect(await good(deposited(["--asset", "2", "--quantity", "25", ...late, "--approve"]))).toMatchObject({
      ...{ number: "6", deadline, refundFrom: deadline + DAY + 1 },
    });
    const refund = ["refund", ...border, "--number", "6"];
    expect(await bad(refund)).toMatchObject({ reason: "RefundTooEarly", field: "number" });
    await wait(chain.provider, 200);
    expect((await map()).answer).toMatchObject({ crossing: { deposits: [{ number: "6", waits: "arrival" }] } });
    await wait(chain.provider, DAY);
    expect((await map()).answer).toMatchObject({ crossing: { deposits: [{ number: "6", waits: "refund" }] } });
    expect(await good(refund)).toMatchObject({ payer: me, quantity: "25" });
    expect((await map()).answer).toMatchObject({
      crossing: { deposits: [], solvency: [{ covered: true }, { balance: "65", owes: "65", covered: true }] },
    });
    const pay = ["withdraw-funds", ...there, "--asset", token, "--recipient", me];
    expect(await good(pay)).toMatchObject({ label: 2, recipient: me, quantity: "25" });
    expect(await bad(pay)).toMatchObject({ field: "recipient" });
    expect(await bad(refund)).toMatchObject({ message: expect.stringContaining("it was refunded") });
  });
});

describe("out of the map", () => {
  const exit = (more: readonly string[] = []): string[] => [
    ...["exit", at("run"), ...border, "--program", "2", "--program-key", at("alice.key")],
    ...more,
  ];

  const cellOf = async (text: string): Promise<string> => {
    const { message } = (await bad(exit())) ?? { message: "" };
    return new RegExp(`(2:\\d+) \\(${text}\\)`).exec(message)?.[1] ?? "";
  };
  /** An account that may not submit. Its key is public. */
  const stranger = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

  test("once a request is late, a stranger with a copy of the run answers it", async () => {
    const asked = await good(exit(["--cell", await cellOf("7 of label 1"), "--recipient", me]));
    const request = String(asked.request);
    writeFileSync(at("stranger"), stranger, { mode: 0o600 });
    cpSync(at("run"), at("copy"), { recursive: true });
    // Its time is that of the chain, and the run's transitions must not be too old.
    await wait(chain.provider, DAY + 1);
    const by = ["--late", request, "--key", at("stranger")];
    await settle(at("copy"), there, { take: ["--request", request], submit: by });
    expect((await map()).answer).toMatchObject({
      ...{ ok: true, head: { seq: 6 } },
      crossing: { requests: [], purses: [{ label: 1, quantity: "10000" }, { label: 2 }] },
    });
    expect(await bad(["freeze", ...border, "--request", request])).toMatchObject({ reason: "UnknownRequest" });
    expect(await good(["withdraw-funds", ...there, "--asset", "ETH", "--recipient", me])).toMatchObject({
      quantity: "7",
    });
    rmSync(at("run"), { recursive: true });
    renameSync(at("copy"), at("run"));
  });

  test("a program asks for an asset; unanswered, the request is late, and the map may be frozen", async () => {
    expect(await bad(exit())).toMatchObject({ field: "cell", message: expect.stringContaining("40 of label 2") });
    const asked = await good(exit(["--cell", await cellOf("40 of label 2"), "--recipient", me]));
    expect(asked).toMatchObject({ frozen: false, program: ALICE, quantity: "40", label: 2, recipient: me });
    const request = String(asked.request);
    expect((await map()).answer).toMatchObject({
      ok: true,
      crossing: { requests: [{ request, program: ALICE, holder: ALICE, recipient: me, stage: "operator" }] },
    });
    const dismissal = ["dismiss", at("run"), ...border, "--request", request];
    expect(await bad(dismissal)).toMatchObject({ code: "entitled", field: "request" });
    expect(await bad(["freeze", ...border, "--request", request])).toMatchObject({ reason: "NotLate" });
    await wait(chain.provider, DAY + 1);
    expect((await map()).answer).toMatchObject({ ok: false, crossing: { requests: [{ stage: "late" }] } });
    await wait(chain.provider, DAY);
    expect((await map()).answer).toMatchObject({ ok: false, crossing: { requests: [{ stage: "freezable" }] } });
    expect(await good(["freeze", ...border, "--request", request])).toMatchObject({ frozen: true });
    expect((await map()).answer).toMatchObject({
      ok: false,
      mooring: { frozen: true },
      crossing: { frozenBy: request, requests: [{ stage: "over" }] },
    });
    expect(await good(["reclaim", ...border, "--request", request])).toMatchObject({ recipient: me, fee: asked.fee });
    expect(
      await bad(["deposit", ...border, "--program", "2", "--asset", "ETH", "--quantity", "1", "--run", at("run")]),
    ).toMatchObject({
      field: "map",
    });
  });

  test("of a frozen map a program leaves with a proof, and the run is made from the chain if it is gone", async () => {
    rmSync(at("run"), { recursive: true });
    const gone = ["exit", ...border, "--program", "2", "--program-key", at("alice.key"), "--recipient", me];
    const { message } = (await bad(gone)) ?? { message: "" };
    const cells = [...message.matchAll(/(2:\d+) \(/g)].map(([, cell = ""]) => cell);
    expect(cells).toHaveLength(3);
    for (const cell of cells) expect(await good([...gone, "--cell", cell])).toMatchObject({ frozen: true });
    const again = await bad([...gone, "--cell", cells[0] ?? ""]);
    expect(again).toMatchObject({ reason: "HasLeft", field: "address" });
    const { answer } = await map();
    expect(answer).toMatchObject({ crossing: { purses: [{ quantity: "0" }, { quantity: "0" }] } });
    const tokens = new Interface((await contractArtifact("Token")).abi);
    await good(["withdraw-funds", ...there, "--asset", "2", "--recipient", me]);
    const balance = await chain.provider.call({ to: token, data: tokens.encodeFunctionData("balanceOf", [me]) });
    expect(BigInt(balance)).toBe(1_000n);
    await good(["withdraw-funds", ...there, "--asset", "ETH", "--recipient", me]);
    // The stranger's fee, which the answer has earned.
    await good(["withdraw-funds", ...there, "--asset", "ETH", "--key", at("stranger")]);
    expect(await chain.provider.getBalance(registry)).toBe(0n);
  });
});
