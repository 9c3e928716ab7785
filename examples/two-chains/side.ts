/** One map of the example with its chain and its operator: what is asked for is traced, signed, proven and submitted. */
import { existsSync } from "node:fs";
import { continueDirectory } from "../../prover/continue.ts";
import { proveDirectory } from "../../prover/prove.ts";
import { recordDirectory } from "../../prover/recording/record.ts";
import { signDirectory } from "../../prover/sign.ts";
import type { Progress } from "../../scripts/lib/progress.ts";
import { carryOut } from "../../trace/crossing/deal/carryOut.ts";
import type { Move, Sight } from "../../trace/crossing/deal/deal.ts";
import { RefusedError } from "../../trace/errors.ts";
import { CHAIN } from "../../trace/layout.ts";
import { isEffect } from "../../trace/machine/rowShape.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { authorityOf, newSecret } from "../../trace/signing/signature.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { blockAt } from "../../verifier/chain/ask.ts";
import { MapFollower } from "../../verifier/chain/followMap.ts";
import { createOnChain } from "../../verifier/chain/publish.ts";
import type { Chain } from "../../verifier/chain/registry.ts";
import { submitRun } from "../../verifier/chain/submitRun.ts";
import type { MapName } from "./scenes.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
/** A moored map accepts a profile by whose size anybody can be let out. */
const PROFILES = { asked: "batch-8", beside: ["batch-64"] };

/** Keys by the names of programs. A key is made when its name first comes up. */
export class Keys {
  readonly #secrets = new Map<string, Uint8Array>();

  of(name: string): Uint8Array {
    const secret = this.#secrets.get(name) ?? newSecret();
    this.#secrets.set(name, secret);
    return secret;
  }
  /** Its public half. */
  authority(name: string): bigint {
    return authorityOf(this.of(name));
  }
}

/** How a side of the example is set up. */
export interface SideOptions {
  readonly name: string;
  /** The operator's run directory. */
  readonly dir: string;
  readonly chain: Chain;
  readonly registry: string;
  readonly maxLag: number;
  /** Proves what is not proven yet. Default: the prover, once all programs that acted have signed. */
  readonly prove?: (dir: string) => Promise<unknown>;
}

/** A map, its operator, and what everybody sees of it. */
export class Side {
  readonly options: SideOptions;
  readonly keys: Keys;
  #follower: MapFollower | undefined;
  #mapId: string;

  /** @param mapId of a map that has begun before; {@link Side.follow} it then */
  constructor(options: SideOptions, keys: Keys, mapId = "") {
    this.options = options;
    this.keys = keys;
    this.#mapId = mapId;
  }

  /** Traces the beginning of the map, creates it on its chain, and brings it there. */
  async begin(work: (tracer: Tracer) => void | Promise<void>): Promise<void> {
    const { dir, name, chain, registry, maxLag } = this.options;
    const { timestamp: at } = await blockAt(chain.provider, "latest");
    const scenario = {
      name: `map ${name}`,
      description: "one of two maps that share no state",
      genesis: () => MOORED_GENESIS,
      run: work,
    };
    const tracer = await recordDirectory(dir, scenario, { at });
    const made = await createOnChain(dir, chain, { registry, maxLag, profile: PROFILES.beside }, SILENT);
    await this.#publish(tracer, 0);
    this.#mapId = made.chain.mapId;
    await this.follow();
  }

  /** Looks at the map on its chain from now on. */
  async follow(): Promise<void> {
    const { chain, registry } = this.options;
    this.#follower = await MapFollower.open(chain, { registry, mapId: this.#mapId });
  }

  /** Carries out what is asked for, as far as the rules allow it now. Returns what was done. */
  async operate(moves: readonly Move[]): Promise<Move[]> {
    const done: Move[] = [];
    if (moves.length > 0)
      await this.perform((tracer, at) => {
        for (const move of moves) if (isDone(tracer, move, at)) done.push(move);
      });
    return done;
  }

  /** Traces any further work, and brings it on the chain. */
  async perform(work: (tracer: Tracer, at: number) => void): Promise<void> {
    const { dir, name, chain } = this.options;
    const { timestamp } = await blockAt(chain.provider, "latest");
    const { before, tracer } = await continueDirectory(dir, {
      name: `map ${name}`,
      description: "what the parties asked for",
      run: (tracer) => work(tracer, Math.max(timestamp, tracer.at)),
    });
    await this.#publish(tracer, before);
  }

  /** Brings on chain what was traced and is not there yet, as after a stop. */
  async resume(): Promise<void> {
    const { dir, chain, registry, prove = proveDirectory } = this.options;
    if (!existsSync(pathIn(dir, "trace"))) return;
    await prove(dir);
    await submitRun(dir, chain, registry, SILENT);
  }

  /** What is final on the chain now. */
  async look(): Promise<Sight & { readonly map: TimeMap }> {
    const follower = this.#follower;
    if (follower === undefined) throw new Error("the map has not begun");
    await follower.catchUp();
    return { now: follower.now, map: follower.map, rows: follower.rows };
  }

  get mapId(): string {
    return this.#mapId;
  }

  /** Every program that acted signs for itself; then all is proven and submitted. */
  async #publish(tracer: Tracer, before: number): Promise<void> {
    const { dir, prove } = this.options;
    const added = tracer.transitions.slice(before);
    const acted = new Set<number>();
    for (const row of added) if (isEffect(row) && !row.triggered && row.actor !== CHAIN) acted.add(row.actor);
    for (const program of prove === undefined ? acted : []) {
      const secret = this.keys.of(tracer.manifest.programs[program] ?? "");
      await signDirectory(dir, { program: String(program), secret, profile: PROFILES.asked });
    }
    await this.resume();
  }
}

function isDone(tracer: Tracer, move: Move, at: number): boolean {
  try {
    carryOut(tracer, move, at);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

/** Begins both maps at once, as a deal needs the programs of both. */
export async function beginBoth(
  { A, B }: Readonly<Record<MapName, Side>>,
  work: (tracers: Readonly<Record<MapName, Tracer>>) => void,
): Promise<void> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const tracers: Partial<Record<MapName, Tracer>> = {};
  const ready = (name: MapName) => async (tracer: Tracer) => {
    tracers[name] = tracer;
    if (tracers.A === undefined || tracers.B === undefined) return done;
    try {
      work({ A: tracers.A, B: tracers.B });
      resolve();
    } catch (error) {
      reject(error);
    }
    return done;
  };
  await Promise.all([A.begin(ready("A")), B.begin(ready("B"))]);
}
