/**
 * The demonstration, `npm run demo`: two inputs, each traced, proven, verified, accepted by a contract and audited. One
 * is the diagram of the concurrency model, the other two blocks of an Ethereum node that is started here and stopped at
 * the end.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactsOf, type ProfileArtifacts } from "../prover/artifacts.ts";
import { PROFILES, type Profile } from "../prover/profiles.ts";
import { proveDirectory } from "../prover/prove.ts";
import { importBlocks } from "../prover/recording/importBlocks.ts";
import { recordDirectory } from "../prover/recording/record.ts";
import { signDirectory } from "../prover/sign.ts";
import type { NameTables } from "../trace/describe/names.ts";
import { ChainNode } from "../trace/import/node/chainNode.ts";
import { authorityOf, newSecret } from "../trace/signing/signature.ts";
import type { Tracer } from "../trace/tracer/tracer.ts";
import { type AuditReport, auditDirectory } from "../verifier/audit/audit.ts";
import { transitionLines } from "../verifier/audit/render.ts";
import { askManyAt } from "../verifier/chain/askMany.ts";
import { createOnChain } from "../verifier/chain/publish.ts";
import { type Chain, connect, deployRegistry } from "../verifier/chain/registry.ts";
import { submitRun } from "../verifier/chain/submitRun.ts";
import { verifyDirectory } from "../verifier/verify.ts";
import { anvilProgram, startAnvil } from "./lib/anvil.ts";
import { SILVER_PAID, silverArrives, silverInMap } from "./lib/demoBorder.ts";
import { DEMO, type DemoContracts, deployDemo, runDemoBlocks } from "./lib/demoContracts.ts";
import { type Findings, findingsOf } from "./lib/demoFindings.ts";
import { failureOf } from "./lib/failure.ts";
import { count, seconds, table } from "./lib/output.ts";
import { problemLines } from "./lib/problems.ts";
import { type Progress, startProgress } from "./lib/progress.ts";
import { scenarioOf } from "./lib/scenarios.ts";

/** One input's row of the final table. */
interface Column {
  name: string;
  transitions: number;
  batches: number;
  signatures: number;
  gas: bigint;
  /** Seconds by step. */
  time: Record<string, number>;
}

/** The secrets of programs by their names. */
type Keys = ReadonlyMap<string, Uint8Array>;

const STEPS = ["trace", "create", "cross", "sign", "prove", "verify", "submit", "audit"] as const;
type Step = (typeof STEPS)[number];

/** A failed check. The demonstration ends there. */
class DemoError extends Error {}

function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** What one input needs on its way to the chain. */
interface BringOptions {
  keys?: Keys;
  names?: NameTables;
  /** Profiles that the map accepts besides those of its batches. */
  profile?: readonly string[];
  /** Called when the map is there, before anything is signed. */
  between?: (mapId: string) => Promise<void>;
}

/** One input, with the time of each step. */
class Track {
  readonly column: Column;
  readonly dir: string;
  readonly #progress: Progress;

  constructor(name: string, dir: string, progress: Progress) {
    this.column = { name, transitions: 0, batches: 0, signatures: 0, gas: 0n, time: {} };
    this.dir = dir;
    this.#progress = progress;
  }

  async step<T>(name: Step, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#progress.say(`${this.column.name}: ${name}`);
    try {
      return await work();
    } finally {
      this.#progress.stop();
      this.column.time[name] = (performance.now() - started) / 1000;
    }
  }

  /** Every program signs its own effects. */
  async sign(keys: Keys): Promise<void> {
    await this.step("sign", async () => {
      for (const [program, secret] of keys) {
        const { signed } = await signDirectory(this.dir, { program, secret });
        this.column.signatures += signed.length;
      }
    });
    const names = [...keys.keys()].join(", ");
    say(
      `  sign     ${names}: ${count(this.column.signatures, "signature")} with their own keys; no one else can act for them`,
    );
  }

  /** All steps, from the trace to its acceptance by a contract, and the audit. */
  async bringOnChain(
    rpc: string,
    chain: Chain,
    registry: string,
    { keys = new Map(), names, profile, between }: BringOptions = {},
  ): Promise<AuditReport> {
    const { dir, column } = this;
    const progress = this.#progress;
    const { chain: place } = await this.step("create", () =>
      createOnChain(dir, chain, { registry, profile }, progress),
    );
    say(`  create   map ${place.mapId.slice(0, 18)}… on the registry: proofs are bound to it`);
    await between?.(place.mapId);
    if (keys.size > 0) await this.sign(keys);
    const { batches, seconds: took } = await this.step("prove", () =>
      proveDirectory(dir, { onProgress: progress.onProgress }),
    );
    column.batches = batches;
    say(`  prove    ${count(batches, "batch")}; witnesses ${seconds(took.witness)}, proofs ${seconds(took.prove)}`);
    const verified = await this.step("verify", () => verifyDirectory(dir));
    if (!verified.ok) throw new DemoError(["the proofs are not valid:", ...problemLines(verified.problems)].join("\n"));
    say(`  verify   ${count(verified.batches.length, "batch")} valid`);
    const submitted = await this.step("submit", () => submitRun(dir, chain, registry, progress));
    column.gas = submitted.gasUsed;
    say(
      `  submit   the contract took ${count(submitted.submitted.length, "batch")}; its head is transition ${submitted.head?.seq}`,
    );
    const own = names === undefined ? undefined : { path: "the names of the demonstration", tables: names };
    const audit = await this.step("audit", () => auditDirectory(dir, { rpc, registry, names: own }));
    if (!audit.ok) throw new DemoError(["the audit found problems:", ...problemLines(audit.problems)].join("\n"));
    return audit;
  }
}

/** What the audit says of one transition. */
function sayAudit({ transitions }: AuditReport, what: string, seq = transitions.length): void {
  say(`  audit    trace, proofs and chain agree; ${what}:`);
  const told = transitions[seq - 1];
  for (const line of told === undefined ? [] : transitionLines(told)) say(`             ${line.trim()}`);
}

async function seedTrack(track: Track, keys: Keys): Promise<Tracer> {
  say("1. A lends its claim on escrowed gold to C; C watches for silver, and the watch calls B");
  const authorities = Object.fromEntries([...keys].map(([name, secret]) => [name, authorityOf(secret)]));
  const tracer = await track.step("trace", async () =>
    recordDirectory(track.dir, await scenarioOf("seed"), { authorities, moored: true }),
  );
  track.column.transitions = tracer.seq;
  say(`  trace    ${count(tracer.seq, "transition")} of ${count(tracer.map.programs(), "program")}, in ${track.dir}`);
  say("             the map is moored: the chain is one of its programs, and every row will be published");
  return tracer;
}

/** Silver comes from the chain; the watch on it fires in the map. */
async function silverTrack(track: Track, chain: Chain, facts: { registry: string; mapId: string; tracer: Tracer }) {
  const { number, gasUsed, transitions } = await track.step("cross", () => silverArrives(track.dir, chain, facts));
  say(`  cross    somebody pays ${SILVER_PAID} wei to B on the chain: deposit ${number}, ${gasUsed} gas`);
  say(`             the operator lets it in: ${count(transitions, "transition")}, as C's watch fires and calls B`);
  track.column.transitions += transitions;
}

/** Two blocks of a chain, imported. Returns what they show. */
async function swapTrack(track: Track, rpc: string, chain: Chain): Promise<Findings> {
  say("2. A chain: Alice approves an exchange for GOLD, and swaps some of it for SILVER");
  const contracts = await deployDemo(chain);
  const { first, last } = await runDemoBlocks(chain, contracts);
  const people = peopleOf(contracts);
  say(`  node     ${[...people].map(([address, name]) => `${name} ${address.slice(0, 10)}…`).join(", ")}`);
  say(`             block ${first}: she approves ${DEMO.approved} GOLD, and swaps ${DEMO.swapped} of it`);
  say(`             block ${last}: she tries to swap ${DEMO.swapped} more, for which too little is approved`);
  const node = new ChainNode(askManyAt(rpc));
  const report = await track.step("trace", () => importBlocks(track.dir, node, { from: first, to: last }));
  if (report.stoppedWhy !== null) throw new DemoError(`the import stopped: ${report.stoppedWhy}`);
  const { transitions, blocks, transactions, failed, broughtForward: before } = report;
  track.column.transitions = transitions;
  say(
    `  trace    ${count(blocks, "block")}, ${count(transactions, "transaction")}, of which ${failed} failed; ${count(transitions, "transition")}, in ${track.dir}`,
  );
  say(`             there before: ${count(before.programs, "address")}, ${count(before.holdings, "balance")}`);
  return findingsOf(track.dir, node, people);
}

function peopleOf({ alice, exchange, gold, silver }: DemoContracts): ReadonlyMap<string, string> {
  return new Map([
    [alice, "Alice"],
    [exchange, "Exchange"],
    [gold, "GOLD"],
    [silver, "SILVER"],
  ]);
}

function sayFindings({ approvals, balances, compared, block, recorded }: Findings): void {
  say("  shown    by the proofs:");
  for (const line of [...approvals, ...balances]) say(`             ${line}`);
  say(`             these ${compared} balances are what balanceOf and eth_getBalance say after block ${block}`);
  say("  recorded without a proof:");
  for (const line of recorded) say(`             ${line}`);
}

function summary(columns: readonly Column[], { profile, circuit }: ProfileArtifacts, built: number): string[] {
  const row = (name: string, of: (column: Column) => string): string[] => [name, ...columns.map(of)];
  const perTransition = (total: (column: Column) => number) => (column: Column) =>
    column.transitions === 0 ? "-" : Math.round(total(column) / column.transitions).toLocaleString("en");
  return [
    ...table([
      row("", ({ name }) => name),
      row("transitions", ({ transitions }) => String(transitions)),
      row(`batches of ${profile.rows}`, ({ batches }) => String(batches)),
      row("signatures", ({ signatures }) => (signatures === 0 ? "open map" : String(signatures))),
      ...STEPS.map((step) => row(step, ({ time }) => (time[step] === undefined ? "-" : seconds(time[step])))),
      row(
        "constraints per transition",
        perTransition(({ batches }) => batches * circuit.constraints),
      ),
      row(
        "gas per transition",
        perTransition(({ gas }) => Number(gas)),
      ),
    ]),
    `circuit and keys of ${profile.name}: ${circuit.constraints.toLocaleString("en")} constraints, ${seconds(built)}`,
  ];
}

async function main(progress: Progress): Promise<void> {
  // Without anvil the demo ends here, not after minutes of tracing and setup.
  anvilProgram();
  const started = performance.now();
  const root = mkdtempSync(join(tmpdir(), "timebandits-demo-"));
  const first = new Track("seed", join(root, "seed"), progress);
  const second = new Track("swap", join(root, "swap"), progress);
  const keys = new Map(["A", "B", "C"].map((name) => [name, newSecret()]));
  const tracer = await seedTrack(first, keys);

  const profile = PROFILES[0] as Profile;
  progress.say("circuit and keys");
  const before = performance.now();
  const artifacts = await artifactsOf(profile, { onProgress: progress.onProgress });
  const built = (performance.now() - before) / 1000;
  progress.stop();
  say(
    `  setup    ${profile.name}: ${artifacts.circuit.constraints} constraints${artifacts.circuit.compileSeconds === null ? ", from the cache" : ""}`,
  );

  // The contract refuses times in the future, so the chain must not be behind the scenario's clock.
  const timestamp = Math.max(Math.floor(Date.now() / 1000), tracer.at + 1);
  await using anvil = await startAnvil({ timestamp });
  const chain = await connect(anvil.url);
  try {
    const { address } = await deployRegistry(chain);
    say(`  node     anvil at ${anvil.url}, registry ${address}`);
    let mapId = "";
    const between = (map: string): Promise<void> => {
      mapId = map;
      return silverTrack(first, chain, { registry: address, mapId, tracer });
    };
    // Whoever asks to leave must be let out, wherever the asset lies: that takes a larger batch than these ones.
    const asked = { keys, profile: ["batch-64"], between };
    sayAudit(await first.bringOnChain(anvil.url, chain, address, asked), "the last thing that happened");
    say(`  holds    by the registry, ${await silverInMap(chain, address, mapId)} wei are in the map, and can leave it`);
    say();
    const findings = await swapTrack(second, anvil.url, chain);
    const audit = await second.bringOnChain(anvil.url, chain, address, { names: findings.names });
    sayAudit(audit, "the exchange took Alice's GOLD like this", findings.claim ?? undefined);
    sayFindings(findings);
  } finally {
    chain.provider.destroy();
  }
  say();
  for (const line of summary([first.column, second.column], artifacts, built)) say(line);
  say(
    `all of it: ${seconds((performance.now() - started) / 1000)}; the runs are kept: npx timebandits audit ${first.dir}`,
  );
}

const progress = await startProgress(true);
try {
  await main(progress);
} catch (thrown) {
  progress.stop();
  const { exitCode, error } = failureOf(thrown);
  process.exitCode = thrown instanceof DemoError ? 1 : exitCode;
  process.stderr.write(`demo: ${thrown instanceof DemoError ? thrown.message : error.message}\n`);
  if (process.env.TIMEBANDITS_DEBUG && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
}
