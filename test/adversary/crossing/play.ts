/** One world that is played: every call is compared with the model, and blocks may be dropped again. */
import type { Random } from "../../lib/random.ts";
import { type Call, Wrong } from "./call.ts";
import type { Held, Reason } from "./model.ts";
import { Operator, type Style } from "./operator.ts";
import { due, held as heldOf } from "./solvent.ts";
import { ETHER, TOKEN, World } from "./world.ts";

/** What odd contracts were told. It goes back with the chain. */
export interface Settings {
  refuses: boolean;
  hooked: boolean;
}

interface Saved {
  readonly id: unknown;
  readonly held: Held;
  readonly settings: Settings;
  /** Calls since. */
  readonly since: Call[];
}

const KEPT = 12;

export class Play {
  readonly world: World;
  readonly random: Random;
  readonly operators: readonly Operator[];
  /** Calls that may come again. */
  readonly past: Call[] = [];
  settings: Settings = { refuses: false, hooked: false };
  /** How often each answer came, by call. */
  readonly counts: Map<string, number>;
  #saved: Saved[] = [];

  private constructor(world: World, random: Random, counts: Map<string, number>) {
    this.world = world;
    this.random = random;
    this.counts = counts;
    const style = (): Style => random.pick(["honest", "honest", "honest", "slow", "censoring"]);
    this.operators = [0, 1].map((which) => new Operator(world, which, style()));
  }

  static async begin(random: Random, counts: Map<string, number>): Promise<Play> {
    return new Play(await World.create(random), random, counts);
  }

  /** Lets time pass: the next block is so much later. */
  pass(seconds: number): void {
    this.world.now += seconds;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Makes a call, and compares what it comes to. Returns the contract's error, if it refused. */
  async make(call: Call): Promise<Reason> {
    const { world, random } = this;
    if (random.below(5) === 0) await this.save();
    this.pass(1 + random.below(20));
    await call.before?.();
    const answer = await world.send(call.from, call.to ?? world.registry.address, call.data, call.value);
    const expected = await call.model(world.held, world.now, answer);
    if (answer !== expected) throw new Wrong(`${call.what}: the registry says ${answer}, but it must be ${expected}`);
    if (answer === null) call.done?.();
    this.count(`${call.what}: ${answer ?? "accepted"}`);
    this.past.push(call);
    if (this.past.length > 60) this.past.shift();
    for (const { since } of this.#saved) since.push(call);
    await this.#balanced();
    return answer;
  }

  async save(): Promise<void> {
    const { world, settings } = this;
    const id = await world.ask("evm_snapshot");
    this.#saved.push({ id, held: structuredClone(world.held), settings: { ...settings }, since: [] });
    if (this.#saved.length > KEPT) this.#saved.shift();
  }

  /** Drops the last blocks. Returns the calls that were in them. */
  async reorganise(): Promise<readonly Call[]> {
    const saved = this.#saved[this.random.below(this.#saved.length)];
    if (saved === undefined) return [];
    const { world } = this;
    if ((await world.ask("evm_revert", [saved.id])) !== true) throw new Error("the chain cannot go back");
    this.#saved = this.#saved.slice(0, this.#saved.indexOf(saved));
    [world.held, this.settings] = [saved.held, saved.settings];
    for (const operator of this.operators) operator.afterReorganisation(this.random.below(2) === 0);
    this.count("reorganisation");
    return saved.since;
  }

  /** What the registry has is what it owes, and no more went out than came in. */
  async #balanced(): Promise<void> {
    const { held } = this.world;
    for (const label of [ETHER, TOKEN]) {
      const has = await heldOf(this.world, label);
      const [came, went] = [held.paidIn.get(label) ?? 0n, held.paidOut.get(label) ?? 0n];
      if (went > came) throw new Wrong(`of asset ${label} ${came} came in, and ${went} were paid`);
      if (has !== came - went) throw new Wrong(`asset ${label}: the registry has ${has}, not ${came - went}`);
      if (has !== due(held, label)) throw new Wrong(`asset ${label}: it has ${has}, and owes ${due(held, label)}`);
    }
  }
}
