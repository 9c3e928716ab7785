import { TimeBanditsError } from "../trace/errors.ts";

/**
 * The prover's refusals, by kind. Every message says what happened and ends with what to do about it. `code` is for
 * programs.
 */
export class ProverError extends TimeBanditsError {
  /** @param code stable, upper case, never translated */
  constructor(code: string, message: string, options?: ErrorOptions, exitCode: 1 | 2 | 3 = 1) {
    super(code, message, exitCode, options);
  }
}

/** A circuit did not compile, or its compiler is not there or crashed. The message holds the compiler's own words. */
export class BuildError extends ProverError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, message, options, code === "BUILD_NO_COMPILER" || code === "BUILD_CRASHED" ? 3 : 1);
  }
}

/** The artifact cache cannot be used, or an artifact in it does not match its record. */
export class CacheError extends ProverError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, message, options, 3);
  }
}

/** A binary file (`.r1cs`, `.zkey`, `.wtns`) does not match its header. */
export class FormatError extends ProverError {}

/** A proving or verification key that must not be used. `field` names the offending part, as in the key's JSON. */
export class KeyError extends ProverError {
  readonly field: string;

  constructor(code: string, field: string, message: string, options?: ErrorOptions) {
    super(code, message, options, code === "KEY_NOT_HERE" ? 3 : 1);
    this.field = field;
  }
}

/** A circuit refuses its input. `template` and `line` give the place, if the circuit reported it. */
export class WitnessError extends ProverError {
  readonly template: string | null;
  readonly line: number | null;

  constructor(code: string, message: string, where?: { template: string; line: number }) {
    super(code, message);
    this.template = where?.template ?? null;
    this.line = where?.line ?? null;
  }
}

/** A proof could not be made, or a text is not a valid form of a proof. */
export class ProofError extends ProverError {}
