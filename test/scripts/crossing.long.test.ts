/** What crosses the border of a moored map, through the command line: into it, back, and out of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder, Interface } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { artifactsOf } from "../../prover/artifacts.ts";
import { profileOf, profilesWith } from "../../prover/profiles.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { takeIn } from "../../trace/crossing/takeIn.ts";
import { readKeyFile } from "../../trace/signing/keyFile.ts";
import { authorityOf } from "../../trace/signing/signature.ts";
import { continueRun } from "../../trace/tracer/continueRun.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { deploy, send } from "../../verifier/chain/connect.ts";
import { openDeposits } from "../../verifier/chain/crossing/index.ts";
import { type Chain, connect, type PrintedCall, registryAbi } from "../../verifier/chain/registry.ts";
import { forgeBundles } from "../adversary/lib/knownRuns.ts";
import { chainTime, wait } from "../lib/chains.ts";
import { jsonHere } from "./cli.ts";

const DAY = 86_400;
const ALICE = 2;
const scratch = mkdtempSync(join(tmpdir(), "timebandits-crossing-"));
const at = (name: string): string => join(scratch, name);
let anvil: Anvil;
let chain: Chain;
let me: string;
let token: string;
let registry: string;
let mapId: string;
let key: bigint;
/** Options that name the registry, and the map on it. */
let there: string[];
let border: string[];

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  me = String(await chain.signer?.getAddress());
  const supply = AbiCoder.defaultAbiCoder().encode(["string", "string", "uint256"], ["Grain", "GRN", 1_000n]);
  token = (await deploy(chain, await contractArtifact("Token"), supply)).address;
  registry = String((await good(["deploy", "--rpc", anvil.url])).registry);
  there = ["--rpc", anvil.url, "--registry", registry];
  await good(["keys", "new", at("alice.key")]);
  const { secret } = readKeyFile(at("alice.key"));
  key = authorityOf(secret);
  writeFileSync(
    at("people.mjs"),
    `export default { name: "people", description: "Alice is there", programs: {},
       genesis: () => ({ levels: 3, cells: [] }),
       run: (tracer) => void tracer.program(1).createProgram({ name: "Alice", inbox: 16 }) };`,
  );
  const began = String(await chainTime(chain.provider));
  const run = ["run", at("people.mjs"), "--out", at("run"), "--moored", "--at", began];
  await good([...run, "--authority", `Alice=${at("alice.key")}`]);
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The answer of a verb that succeeds. */
async function good(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, answer, stderr } = await jsonHere(args);
  expect({ args, code, error: answer.error, stderr }).toEqual({ args, code: 0, error: undefined, stderr: "" });
  return answer;
}
/** The error of a verb that is refused. */
async function bad(args: readonly string[]) {
  const { code, answer } = await jsonHere(args);
  expect(code).not.toBe(0);
  return answer.error;
}
const deposited = (more: readonly string[]): string[] => ["deposit", ...border, "--program", "Alice", ...more];
const map = () => jsonHere(["map", ...border]);

/** The run goes on with what waits at the registry, is proven and submitted. */
async function settle(): Promise<void> {
  const deposits = await openDeposits({ chain, address: registry }, mapId);
  const now = await chainTime(chain.provider);
  const border = {
    name: "border",
    description: "what waits is let in",
    run: (tracer: Tracer) => void takeIn(tracer, { deposits, requests: [] }, now),
  };
  await continueRun(at("run"), border, { profiles: profilesWith(3) });
  await forgeBundles(at("run"), await artifactsOf(profileOf("batch-8")));
  await good(["submit", at("run"), ...there]);
}

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
    await settle();
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
    ...["exit", at("run"), ...border, "--program", "Alice", "--program-key", at("alice.key")],
    ...more,
  ];

  test("a program asks for an asset; unanswered, the request is late, and the map may be frozen", async () => {
    expect(await bad(exit())).toMatchObject({ field: "cell", message: expect.stringContaining("40 of label 2") });
    const { message } = (await bad(exit())) ?? { message: "" };
    const cell = /(2:\d+) \(40 of label 2\)/.exec(message)?.[1] ?? "";
    const asked = await good(exit(["--cell", cell, "--recipient", me]));
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
    expect(await bad(deposited(["--asset", "ETH", "--quantity", "1", "--run", at("run")]))).toMatchObject({
      field: "map",
    });
  });

  test("of a frozen map a program leaves with a proof, and the run is made from the chain if it is gone", async () => {
    rmSync(at("run"), { recursive: true });
    const gone = ["exit", ...border, "--program", "2", "--program-key", at("alice.key"), "--recipient", me];
    const { message } = (await bad(gone)) ?? { message: "" };
    const cells = [...message.matchAll(/(2:\d+) \(/g)].map(([, cell = ""]) => cell);
    expect(cells).toHaveLength(4);
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
    expect(await chain.provider.getBalance(registry)).toBe(0n);
    expect((await registryAbi()).getFunction("withdraw")).not.toBeNull();
  });
});
