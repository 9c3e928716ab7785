/** An operator in a process of its own, and what the parties do with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MapClient } from "../../service/client/mapClient.ts";
import { type KnownLog, prepareSigning } from "../../service/client/signing.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { CHAIN } from "../../trace/layout.ts";
import { must, WalkawayError } from "./amounts.ts";
import type { Parties, Party } from "./parties.ts";
import type { World } from "./world.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const ENTRY = path("../main.ts");
const SHIFTED = new URL("./shiftedClock.ts", import.meta.url).href;
export const CENSOR = path("./censor.ts");
const WAIT_MS = 120_000;
const LOOK_MS = 100;
/** Batches are cut when the test says so. */
const BATCH_AGE = `${30 * 86_400}`;

/** How to start one. */
export interface OperatorPlan {
  readonly dir: string;
  readonly world: World;
  /** File with the key of the account that submits. */
  readonly keyFile: string;
  readonly parties: Parties;
  /** Windows for facts, as `--show` takes them. */
  readonly show?: string;
  /** File with the number of a program that is left out; without it, the operator is an honest one. */
  readonly censored?: string;
}

export class OperatorProcess {
  readonly owner: MapClient;
  readonly #child: ChildProcess;
  readonly #plan: OperatorPlan;
  readonly #clients = new Map<string, MapClient>();
  readonly #signed = new Map<string, KnownLog>();

  private constructor(plan: OperatorPlan, child: ChildProcess, url: string) {
    this.#plan = plan;
    this.#child = child;
    const now = () => plan.world.clock.now();
    this.owner = new MapClient(url, { token: readFileSync(`${plan.dir}.token`, "utf8").trim(), now });
    for (const { name, program, secret } of Object.values(plan.parties))
      this.#clients.set(name, new MapClient(url, { program, secret, now }));
  }

  static async start(plan: OperatorPlan): Promise<OperatorProcess> {
    const { dir, world, keyFile, censored, show } = plan;
    const { url: rpc } = world.anvil;
    const engine = world.engine === undefined ? [] : ["--engine", world.engine];
    const common = ["--rpc", rpc, "--registry", world.registry.address, "--key", keyFile, ...engine];
    const serve = [ENTRY, "serve", dir, "--port", "0", "--batch-age", BATCH_AGE, "--json", ...common];
    if (show !== undefined) serve.push("--show", show);
    const args = censored === undefined ? serve : [CENSOR, dir, "--censored", censored, ...common];
    const env = { ...process.env, WALKAWAY_CLOCK: world.clock.file };
    const child = spawn(process.execPath, ["--import", SHIFTED, ...args], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    world.processes.push(child);
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> });
    const line = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      child.once("error", reject);
      child.once("exit", (code) => reject(new WalkawayError(`the operator ended with ${code} before it served`)));
    });
    return new OperatorProcess(plan, child, (JSON.parse(line) as { url: string }).url);
  }

  /** Ends the process. SIGKILL leaves it no time for anything. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#child.kill(signal);
    await ended;
  }

  /** The chain's program makes a program for each party. Numbers follow from the order. */
  async createPrograms(): Promise<void> {
    for (const { name, authority, program } of Object.values(this.#plan.parties)) {
      const effect = { effect: "CreateProgram", inbox: 16, authority } as const;
      const { state } = await this.owner.proposeGroup([{ actor: CHAIN, effect }], this.#valid());
      must(state.status === "accepted", `program of ${name}: ${JSON.stringify(state)}`);
      const { authority: there } = await this.owner.program(program);
      must(there === `${authority}`, `program ${program} is not that of ${name}`);
    }
  }

  /** Proposes effects of a party. */
  async does(party: Party, ...effects: Effect[]): Promise<void> {
    const { state } = await this.#client(party).propose(effects, this.#valid());
    must(state.status === "accepted", `${party.name}: ${JSON.stringify(state)}`);
  }

  /** Proposes effects of two parties as one group, which both approve. */
  async together(a: Party, theirs: Effect, b: Party, others: Effect): Promise<void> {
    const parts = [
      { actor: a.program, effect: theirs },
      { actor: b.program, effect: others },
    ];
    const { id } = await this.#client(a).proposeGroup(parts, this.#valid());
    const { proposal } = await this.#client(b).proposal(id);
    const state = await this.#client(b).approve(proposal);
    must(state.status === "accepted", `${a.name} and ${b.name}: ${JSON.stringify(state)}`);
  }

  /** Number of the last transition. */
  async seq(): Promise<number> {
    return (await this.owner.status()).seq;
  }

  /** Waits until the run has so many transitions more than it had: what waits at the registry is taken in. */
  async takesIn(count: number, before: number): Promise<void> {
    // Operators ask every four seconds.
    await this.#plan.world.clock.pass(4);
    await this.until(`${count} transitions behind ${before}`, async () => (await this.seq()) >= before + count);
  }

  /** Ends the batch, signs for everybody, and waits until the chain has it. @returns number of its last transition */
  async settle(): Promise<number> {
    await this.owner.cut();
    const { seq } = await this.owner.status();
    await this.until(`transition ${seq} to be on the chain`, async () => {
      await this.signAll();
      return (await this.owner.status()).submitted >= seq;
    });
    return seq;
  }

  /** Ends the batch, signs for everybody, and waits until the operator says that it cannot go on. @returns why */
  async standsStill(): Promise<string> {
    const end = Date.now() + WAIT_MS;
    await this.owner.cut();
    for (;;) {
      await this.signAll();
      const { halted } = await this.owner.status();
      if (halted !== null) return halted;
      must(Date.now() < end, "the operator goes on, though its transitions lead nowhere");
      await sleep(LOOK_MS);
    }
  }

  /** Each party computes its log, and signs what it has asked for. */
  async signAll(): Promise<void> {
    const wanted = new Set((await this.owner.toSign()).map(({ program }) => program));
    for (const party of Object.values(this.#plan.parties)) {
      if (!wanted.has(party.program)) continue;
      const { secret, name } = party;
      const signing = await prepareSigning(this.#client(party), {
        ...{ program: `${party.program}`, secret, now: this.#plan.world.clock.now() },
        known: () => this.#signed.get(name),
      });
      const known = await signing.sign();
      if (known !== undefined) this.#signed.set(name, known);
    }
  }

  /** Looks again and again. @throws WalkawayError if it does not come, or the operator says why it cannot */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + WAIT_MS;
    while (!(await holds())) {
      const { halted } = await this.owner.status();
      must(halted === null, `${what} does not happen: ${halted}`);
      must(Date.now() < end, `in vain waited for ${what}: ${JSON.stringify(await this.owner.status())}`);
      await sleep(LOOK_MS);
    }
  }

  #client({ name }: Party): MapClient {
    const client = this.#clients.get(name);
    must(client !== undefined, `there is no ${name}`);
    return client;
  }

  #valid(): { validUntil: number } {
    return { validUntil: this.#plan.world.clock.now() + 600 };
  }
}
