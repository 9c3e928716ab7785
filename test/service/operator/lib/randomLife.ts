/** A map under an operator to which anything may happen, and what must be true whatever did. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished } from "vitest";
import { openBatch } from "../../../../prover/batches/batchInput.ts";
import { readBundles } from "../../../../prover/bundles/bundle.ts";
import { profileOf } from "../../../../prover/profiles.ts";
import { usableSignatures } from "../../../../prover/signing/signatureFiles.ts";
import { wantedSignatures } from "../../../../prover/signing/signatures.ts";
import type { Caller, Proposal } from "../../../../service/operator/types.ts";
import type { Effect } from "../../../../trace/effects/effects.ts";
import { keyIn } from "../../../../trace/effects/found.ts";
import { TimeBanditsError } from "../../../../trace/errors.ts";
import { replayDirectory } from "../../../../trace/replay/replay.ts";
import { verifyLog } from "../../../../trace/signing/signature.ts";
import { mapOf } from "../../../../trace/state/genesis.ts";
import { authority } from "../../../lib/authorities.ts";
import { emptyRun, genesisOf, nextId, OPERATOR, type Served, StandInProofs, served, signed } from "./served.ts";

/** What happens: its sort, and numbers that choose the rest. */
export type Happening = readonly [sort: number, a: number, b: number];

/** Programs with keys, and open ones. */
const [KEYED, OPEN] = [4, 1];
const KEYS = 12;

export class RandomLife {
  #all: Served;
  readonly #store: boolean;
  readonly #sent = new Map<string, { proposal: Proposal; by: Caller }>();
  #quantity = 1n;

  private constructor(all: Served, store: boolean) {
    this.#all = all;
    this.#store = store;
  }

  /** @param store whether states are read from a store */
  static async begin(store: boolean): Promise<RandomLife> {
    return new RandomLife(await RandomLife.#open(await emptyRun(genesisOf(KEYED, OPEN)), store), store);
  }

  static #open(dir: string, store: boolean, now?: number, proofs = new StandInProofs()): Promise<Served> {
    const rules = { batchAge: 4, signWithin: 10, groupWithin: 15, mostSuspended: 20, mostWanted: 3 };
    const useStore = { store: store ? { least: 0, segment: 8 } : (false as const) };
    return served(dir, { ...rules, ...useStore, proofs, ...(now === undefined ? {} : { now }) });
  }

  async happens([sort, a, b]: Happening): Promise<void> {
    const { operator, clock, proofs, dir } = this.#all;
    const acts = [
      () => this.#propose(a, b),
      () => this.#propose(b, a),
      () => this.#propose(a + b, b),
      () => this.#propose(a, a + b),
      () => this.#propose(KEYED - 1, a + b),
      () => this.#group(a, b),
      () => this.#approve(a, b),
      () => this.#sign(a),
      () => this.#sign(a),
      async () => {
        clock.now += a % 12;
        await operator.tick();
      },
      async () => {
        const ids = [...proofs.wanted.keys()];
        if (ids.length > 0) await proofs.deliver(ids[a % ids.length]);
      },
      async () => {
        await operator[Symbol.asyncDispose]();
        this.#all = await RandomLife.#open(dir, this.#store, clock.now);
      },
      async () => {
        // What a kill leaves: the files, as they are.
        const copy = join(mkdtempSync(`${dir}-`), "run");
        onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
        cpSync(dir, copy, { recursive: true, filter: (path) => !path.includes(".lock") });
        await operator[Symbol.asyncDispose]();
        this.#all = await RandomLife.#open(copy, this.#store, clock.now);
      },
      () => this.#repeat(a),
    ];
    await acts[sort % acts.length]?.();
  }

  /** The caller that may act for a program now. */
  #callerFor(program: number): Caller {
    const key = keyIn(this.#all.operator.map(), program) ?? 0n;
    return key === 0n ? OPERATOR : { kind: "program", program, authority: key };
  }

  #effect(actor: number, choice: number): Effect {
    const slot = 1 + (choice % 5);
    const other = 1 + ((actor + choice) % (KEYED + OPEN));
    switch (choice % 9) {
      case 0:
        return { effect: "EscrowToProgram", from: slot, to: { program: other, slot: 16 + slot }, deadline: 0 };
      case 1:
        return { effect: "ClaimFromProgram", from: { program: actor, slot: 16 + slot }, to: "in place" };
      case 2:
        return { effect: "Retire", slot: choice % 2 === 0 ? slot : 16 + slot };
      case 3:
        return { effect: "Split", from: slot, to: 1 + (slot % 5), part: 1n };
      case 4:
        return { effect: "RotateAuthority", authority: authority(1 + (choice % KEYS)) };
      case 5:
        if (choice % 2 === 0) return { effect: "Issue", kind: BigInt(actor) * 2n ** 32n + 1n, quantity: 3n, slot };
        return { effect: "CreateProgram", inbox: 16, authority: authority(1 + (choice % KEYS)) };
      default:
        return { effect: "Issue", kind: BigInt(actor) * 2n ** 32n + 1n, quantity: 1n + this.#quantity++, slot };
    }
  }

  async #send(parts: Proposal["parts"], by: Caller): Promise<void> {
    const { numbering } = await this.#all.operator.status();
    // Now and then by somebody who looked long ago.
    const looked = parts.length > 1 || numbering % 2 === 0 ? numbering : Math.max(0, numbering - 1);
    const proposal = { id: nextId(), parts, validUntil: this.#all.clock.now + 30, numbering: looked };
    this.#sent.set(proposal.id, { proposal, by });
    await this.#lenient(this.#all.operator.propose(proposal, by));
  }

  async #propose(a: number, b: number): Promise<void> {
    const actor = 1 + (a % this.#all.operator.map().programs());
    await this.#send([{ actor, effect: this.#effect(actor, b) }], this.#callerFor(actor));
  }

  async #group(a: number, b: number): Promise<void> {
    const actors = [1 + (a % (KEYED + OPEN)), 1 + ((a + 1 + (b % 2)) % (KEYED + OPEN))];
    const parts = actors.map((actor, i) => ({ actor, effect: this.#effect(actor, b + 3 * i) }));
    await this.#send(parts, this.#callerFor(actors[0] ?? 1));
  }

  async #approve(a: number, b: number): Promise<void> {
    const open = this.#all.operator.openProposals();
    const one = open[a % Math.max(1, open.length)];
    const missing = one?.state.status === "open" ? one.state.missing : [];
    const program = missing[b % Math.max(1, missing.length)];
    if (one !== undefined && program !== undefined)
      await this.#lenient(this.#all.operator.approve(one.proposal.id, this.#callerFor(program)));
  }

  async #sign(a: number): Promise<void> {
    const { operator } = this.#all;
    const { domain } = await operator.status();
    for (const [i, wanted] of operator.toSign().entries()) {
      // Program 4 signs seldom.
      if (wanted.program === KEYED ? a % 9 !== 0 : (a + i) % 4 === 0) continue;
      const key = Array.from({ length: KEYS }, (_, n) => n + 1).find((n) => authority(n) === wanted.authority);
      if (key !== undefined) await operator.sign(signed(wanted, domain, key));
    }
  }

  /** Sends something again. */
  async #repeat(a: number): Promise<void> {
    const all = [...this.#sent.values()];
    const one = all[a % Math.max(1, all.length)];
    if (one === undefined) return;
    const before = this.#all.operator.proposal(one.proposal.id)?.state;
    if (before !== undefined) expect(await this.#all.operator.propose(one.proposal, one.by)).toEqual(before);
  }

  async #lenient(answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
    } catch (error) {
      if (!(error instanceof TimeBanditsError) || error.exitCode !== 1) throw error;
    }
  }

  /** What must be true now. */
  async examine(): Promise<{ transitions: number; withdrawn: number; proven: number }> {
    const { operator, dir } = this.#all;
    const run = replayDirectory(dir, { everyRoot: true });
    const status = await operator.status();
    expect(status).toMatchObject({ seq: run.trace.records.length, root: run.map.root(), halted: null });
    const covered: number[] = [];
    let withdrawn = 0;
    for (const { proposal } of this.#sent.values()) {
      const state = operator.proposal(proposal.id)?.state;
      if (state?.status === "withdrawn") withdrawn++;
      if (state?.status !== "accepted") continue;
      for (let seq = state.firstSeq; seq <= state.lastSeq; seq++) covered.push(seq);
      const rows = run.trace.records
        .slice(state.firstSeq - 1, state.lastSeq)
        .filter(({ effect }) => effect !== "JoinWith");
      expect(rows.map(({ effect }) => effect)).toEqual(proposal.parts.map(({ effect }) => effect.effect));
    }
    expect(covered.sort((a, b) => a - b)).toEqual(run.trace.records.map(({ seq }) => seq));
    await this.#examineBatches();
    return { transitions: run.trace.records.length, withdrawn, proven: status.proven };
  }

  /** Every bundle and every wish is of the trace as it is, and signed. */
  async #examineBatches(): Promise<void> {
    const { operator, dir, proofs } = this.#all;
    const { domain } = await operator.status();
    const { groups, genesis } = replayDirectory(dir);
    const transitions = groups.flat();
    const statements = new Map([...proofs.wanted.values()].map((each) => [each.lastSeq, each.statement]));
    for (const stored of await readBundles(dir)) {
      if ("error" in stored) throw stored.error;
      statements.set(Number(stored.name.slice(11, 21)), stored.bundle.statement);
    }
    const files = await usableSignatures(dir);
    const map = mapOf(genesis);
    let next = 1;
    for (const { firstSeq, lastSeq, profile } of operator.batches()) {
      expect(firstSeq).toBe(next);
      next = lastSeq + 1;
      const own = transitions.slice(firstSeq - 1, lastSeq);
      const { statement } = openBatch(map, own, profileOf(profile), domain);
      const asked = statements.get(lastSeq);
      if (asked === undefined) continue;
      expect(asked).toEqual(statement);
      for (const { program, authority, log } of wantedSignatures(own)) {
        const file = files.find((each) => each.program === program && each.log === log && each.lastSeq === lastSeq);
        if (file === undefined)
          throw new Error(`no signature of ${program} over transitions ${firstSeq} to ${lastSeq}`);
        const { signature, ...said } = file;
        expect(verifyLog(authority, said, signature)).toBe(true);
        expect(file.validUntil).toBeGreaterThanOrEqual(own.at(-1)?.at ?? 0);
      }
    }
  }
}

/** Something that happens. */
export const happening: fc.Arbitrary<Happening> = fc.tuple(fc.nat(13), fc.nat(999), fc.nat(999));

/** Begins a map, lets all of it happen, and examines what is left. */
export async function liveThrough(
  all: readonly Happening[],
  store: boolean,
): Promise<{ transitions: number; withdrawn: number; proven: number }> {
  const life = await RandomLife.begin(store);
  for (const each of all) await life.happens(each);
  return life.examine();
}
