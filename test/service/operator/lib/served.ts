/** An operator for tests: a fake clock, proofs that stand in, and programs whose keys the test has. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Bundle } from "../../../../prover/bundles/bundle.ts";
import { rangeOf } from "../../../../prover/bundles/bundle.ts";
import type { SignatureFile } from "../../../../prover/signing/signatureFiles.ts";
import type { ProofCounts, ProofListener, ProofSource, WantedProof } from "../../../../service/fleet/proofSource.ts";
import { type OwnOperator, openOperator } from "../../../../service/operator/operator.ts";
import type { OperatorOptions, WorkOf } from "../../../../service/operator/options.ts";
import type { ChainHead, Submitter } from "../../../../service/operator/submitter.ts";
import type { Caller, LogToSign, OperatorEvent, Proposal } from "../../../../service/operator/types.ts";
import type { Effect } from "../../../../trace/effects/effects.ts";
import { EnvironmentError } from "../../../../trace/errors.ts";
import { kindOf } from "../../../../trace/layout.ts";
import { signLog } from "../../../../trace/signing/signature.ts";
import { type Genesis, keyedPrograms } from "../../../../trace/state/genesis.ts";
import { createRunStream } from "../../../../trace/tracer/appendRun.ts";
import { authority, secretOf } from "../../../lib/authorities.ts";
import { PROFILE } from "../../../lib/profile.ts";
import { temporaryFolder } from "../../../lib/provenRun.ts";

export const START = 1_767_225_600;
export const OPERATOR: Caller = { kind: "operator" };

/** A program with its own key, or with another one's. */
export function asProgram(program: number, key = program): Caller {
  return { kind: "program", program, authority: authority(key) };
}

/** Proofs that are made when the test says so. They hold nothing but the statement. */
export class StandInProofs implements ProofSource {
  readonly wanted = new Map<string, WantedProof>();
  readonly forgotten: string[] = [];
  /** Every id that was ever asked for. */
  readonly asked: string[] = [];
  listener: ProofListener | undefined;
  refuse: Error | undefined;

  async start(listener: ProofListener): Promise<void> {
    this.listener = listener;
  }
  async want(batch: WantedProof): Promise<void> {
    if (this.refuse !== undefined) throw this.refuse;
    this.asked.push(batch.id);
    this.wanted.set(batch.id, batch);
  }
  async forget(id: string): Promise<void> {
    this.forgotten.push(id);
    this.wanted.delete(id);
  }
  async retry(id: string): Promise<boolean> {
    return this.wanted.has(id);
  }
  async counts(): Promise<ProofCounts> {
    return { waiting: this.wanted.size, active: 0, setAside: 0, workers: 0, workersSetAside: [] };
  }
  async [Symbol.asyncDispose](): Promise<void> {}

  /** Delivers the proof of a wanted batch: the first one by default. */
  async deliver(id = [...this.wanted.keys()][0] ?? ""): Promise<void> {
    const batch = this.wanted.get(id);
    if (batch === undefined) throw new Error(`nobody wants ${id}`);
    await this.listener?.proven(id, bundleOf(batch));
    this.wanted.delete(id);
  }
  async deliverAll(): Promise<void> {
    while (this.wanted.size > 0) await this.deliver();
  }
}

/** A bundle with the statement, and a proof of nothing. */
export function bundleOf({ profile, statement }: Pick<WantedProof, "profile" | "statement">): Bundle {
  const proof = {
    pi_a: [1n, 2n],
    pi_b: [
      [1n, 2n],
      [3n, 4n],
    ],
    pi_c: [1n, 2n],
  } as const;
  const key = { hash: `0x${"0".repeat(64)}`, kind: "development" } as const;
  return { profile, circuit: "0".repeat(64), key, statement, proof: proof as unknown as Bundle["proof"] };
}

/** A chain that takes whatever follows its head. */
export class StandInChain implements Submitter {
  root: bigint;
  readonly batches: { seq: number; root: bigint }[] = [];
  readonly transactions: string[] = [];
  away = false;
  refuse: Error | undefined;
  confirmations = 0;

  constructor(root: bigint) {
    this.root = root;
  }
  async head(): Promise<ChainHead> {
    if (this.away) throw new EnvironmentError("rpc", "no Ethereum node answers");
    const { seq, root } = this.batches.at(-1) ?? { seq: 0, root: this.root };
    return { seq, root, confirmed: this.batches.at(-1 - this.confirmations)?.seq ?? 0 };
  }
  async submit(bundles: readonly Bundle[]): Promise<string> {
    if (this.away) throw new EnvironmentError("rpc", "no Ethereum node answers");
    if (this.refuse !== undefined) throw this.refuse;
    for (const bundle of bundles) {
      const { seq, root } = await this.head();
      const { firstSeq, lastSeq } = rangeOf(bundle);
      if (firstSeq !== seq + 1 || bundle.statement.preRoot !== root) throw new Error(`out of order: ${firstSeq}`);
      this.batches.push({ seq: lastSeq, root: bundle.statement.postRoot });
    }
    this.transactions.push(bundles.map((each) => rangeOf(each).firstSeq).join());
    return `0x${this.transactions.length}`;
  }
}

export const standInWork: WorkOf = async ({ opened, given }) => {
  const { firstSeq, count } = opened.span;
  const text = JSON.stringify([opened.statement, given], (_, each) => (typeof each === "bigint" ? `${each}` : each));
  const digits = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { id: `${firstSeq}-${firstSeq + count - 1}-${digits}`, work: Buffer.from(text) };
};

/** Genesis: programs 1 to `keyed` have the key of their number; those behind them are open. */
export function genesisOf(keyed: number, open = 0): Genesis {
  const keys = Array.from({ length: keyed + open }, (_, i) => (i < keyed ? authority(i + 1) : 0n));
  return { levels: PROFILE.levels, cells: keyedPrograms(keys, 16) };
}

/** A run directory with no transitions. */
export async function emptyRun(genesis: Genesis = genesisOf(3, 1)): Promise<string> {
  const dir = join(await temporaryFolder(), "run");
  createRunStream(dir, genesis, { profiles: [PROFILE] }).close();
  return dir;
}

/** An operator under test, and all it works with. */
export interface Served {
  readonly operator: OwnOperator;
  readonly proofs: StandInProofs;
  readonly dir: string;
  readonly events: OperatorEvent[];
  readonly clock: { now: number };
  propose(program: number, effect: Effect, key?: number): ReturnType<OwnOperator["propose"]>;
  /** Signs all that is to be signed, by these programs. */
  signAll(...programs: number[]): Promise<void>;
}

/** Opens an operator that looks at the clock only if the test says so. */
export async function served(
  dir: string,
  options: Partial<OperatorOptions> & { now?: number; proofs?: StandInProofs } = {},
): Promise<Served> {
  const clock = { now: options.now ?? START };
  const { proofs = new StandInProofs(), now: _, ...others } = options;
  const operator = await openOperator(dir, {
    ...{ tickMs: 0, commitMs: 0, batchAge: 10, signWithin: 100, groupWithin: 50, mostAhead: 1_000 },
    clock: () => clock.now,
    workOf: standInWork,
    ...others,
    proofs,
  });
  onTestFinished(() => operator[Symbol.asyncDispose]());
  const events: OperatorEvent[] = [];
  operator.subscribe((event) => events.push(event));
  return {
    ...{ operator, proofs, dir, events, clock },
    propose: (program, effect, key) =>
      operator.propose(single(program, effect, clock.now + 100), asProgram(program, key)),
    async signAll(...programs) {
      const { domain } = await operator.status();
      for (const wanted of operator.toSign()) {
        if (programs.includes(wanted.program)) await operator.sign(signed(wanted, domain, wanted.program));
      }
    },
  };
}

let proposals = 0;

/** An id that no other proposal of the test's has. */
export function nextId(): string {
  return (++proposals).toString(16).padStart(32, "0");
}

export function single(actor: number, effect: Effect, validUntil: number, id = nextId()): Proposal {
  return { id, parts: [{ actor, effect }], validUntil };
}

/** The signature that is wanted, by the key of that number. */
export function signed(
  { program, log, lastSeq, until }: Pick<LogToSign, "program" | "log" | "lastSeq" | "until">,
  domain: bigint,
  key: number,
  validUntil = until + 10,
): SignatureFile {
  const statement = { domain, program, log, validUntil };
  return { ...statement, lastSeq, signature: signLog(secretOf(key), statement) };
}

/** A kind of the program, issued into a slot. */
export function issue(program: number, slot: number, quantity = 10n): Effect {
  return { effect: "Issue", kind: kindOf(program, 1), quantity, slot };
}
