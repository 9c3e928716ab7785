/**
 * The signatures that may still serve, and the logs that programs had lately. A program may sign each new log at once,
 * before it is known where its batch ends.
 */
import type { SignatureFile } from "../../prover/signing/signatureFiles.ts";
import { type GivenSignature, type WantedSignature, wantedSignatures } from "../../prover/signing/signatures.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { JournalLine } from "./journalLines.ts";

/** Logs of one program that are remembered, beside those at ends of batches. */
const RECENT = 256;

/** A log that a program had. */
export interface KnownLog {
  readonly authority: bigint;
  /** Number and time of the transition after which it had it. */
  readonly seq: number;
  readonly at: number;
  /** Whether a batch ends with it. */
  readonly end: boolean;
}

export class KeptSignatures {
  readonly #logs = new Map<number, Map<bigint, KnownLog>>();
  readonly #given = new Map<number, Map<bigint, SignatureFile>>();

  /** Takes in a group that has happened. */
  saw(group: readonly Transition[]): void {
    const { seq, at } = group.at(-1) ?? { seq: 0, at: 0 };
    for (const { program, authority, log } of wantedSignatures(group)) {
      const logs = this.#logs.get(program) ?? new Map<bigint, KnownLog>();
      this.#logs.set(program, logs);
      logs.set(log, { authority, seq, at, end: false });
      if (logs.size > RECENT) this.#drop(program, logs);
    }
  }

  /** Takes in that a batch ends with these logs. They are remembered until it is signed. */
  cut(wanted: readonly WantedSignature[], seq: number, at: number): void {
    for (const { program, authority, log } of wanted) {
      const logs = this.#logs.get(program) ?? new Map<bigint, KnownLog>();
      this.#logs.set(program, logs);
      logs.set(log, { authority, seq, at, end: true });
    }
  }

  /** The log, if the program had it lately. */
  known(program: number, log: bigint): KnownLog | undefined {
    return this.#logs.get(program)?.get(log);
  }

  /** Keeps a signature. Of two over one log, the one that is valid longer stays. @returns false if it was not kept */
  keep(file: SignatureFile): boolean {
    const { program, log, validUntil } = file;
    const ofProgram = this.#given.get(program) ?? new Map<bigint, SignatureFile>();
    if ((ofProgram.get(log)?.validUntil ?? -1) >= validUntil) return false;
    ofProgram.set(log, file);
    this.#given.set(program, ofProgram);
    return true;
  }

  /** The signature that serves a batch, if there is one. */
  find({ program, log, authority }: WantedSignature, until: number): GivenSignature | undefined {
    const file = this.#given.get(program)?.get(log);
    if (file === undefined || file.validUntil < until || file.signature.key[1] !== authority) return undefined;
    return { validUntil: file.validUntil, signature: file.signature };
  }

  /** Forgets logs up to a transition, and every signature over a log that is not remembered. */
  settle(seq: number): void {
    for (const [program, logs] of this.#logs) {
      for (const [log, known] of logs) if (known.seq <= seq) logs.delete(log);
      if (logs.size === 0) this.#logs.delete(program);
    }
    for (const [program, ofProgram] of this.#given) {
      for (const log of ofProgram.keys()) if (this.known(program, log) === undefined) ofProgram.delete(log);
      if (ofProgram.size === 0) this.#given.delete(program);
    }
  }

  lines(): JournalLine[] {
    return [...this.#given.values()].flatMap((files) => [...files.values()].map((signature) => ({ signature })));
  }

  #drop(program: number, logs: Map<bigint, KnownLog>): void {
    for (const [log, { end }] of logs) {
      if (end) continue;
      logs.delete(log);
      this.#given.get(program)?.delete(log);
      return;
    }
  }
}
