/** What this project uses of snarkjs 0.7.6: Groth16 keys, witnesses and proofs. */
declare module "snarkjs" {
  import type { Curve, CurveName, Logger } from "ffjavascript";

  /** A file that exists in memory only: empty when written to, filled when read from. */
  export interface MemoryFile {
    type: "mem" | "bigMem";
    data?: Uint8Array;
    initialSize?: number;
  }
  /** A path, a file in memory, or the bytes themselves (for reading). */
  export type Readable = string | MemoryFile | Uint8Array;
  export type Writable = string | MemoryFile;

  export type SignalValue =
    | bigint
    | number
    | string
    | readonly SignalValue[]
    | { readonly [name: string]: SignalValue };
  export type CircuitSignals = { readonly [name: string]: SignalValue };

  type Coordinates1 = [x: string, y: string, z: string];
  type Coordinates2 = [x: [string, string], y: [string, string], z: [string, string]];

  export interface Groth16Proof {
    protocol: "groth16";
    curve: string;
    pi_a: Coordinates1;
    pi_b: Coordinates2;
    pi_c: Coordinates1;
  }

  export interface Groth16VerificationKey {
    protocol: "groth16";
    curve: string;
    nPublic: number;
    vk_alpha_1: Coordinates1;
    vk_beta_2: Coordinates2;
    vk_gamma_2: Coordinates2;
    vk_delta_2: Coordinates2;
    vk_alphabeta_12: [[string, string], [string, string], [string, string]][];
    IC: Coordinates1[];
  }

  export type PublicSignals = string[];
  export interface ProofWithSignals {
    proof: Groth16Proof;
    publicSignals: PublicSignals;
  }

  export interface ProverOptions {
    singleThread?: boolean;
  }
  export interface WitnessCalculatorOptions {
    sanityCheck?: boolean;
    memorySize?: number;
  }

  export const groth16: {
    prove(zkey: Readable, witness: Readable, logger?: Logger, options?: ProverOptions): Promise<ProofWithSignals>;
    fullProve(
      input: CircuitSignals,
      wasm: Readable,
      zkey: Readable,
      logger?: Logger,
      calculator?: WitnessCalculatorOptions,
      options?: ProverOptions,
    ): Promise<ProofWithSignals>;
    verify(
      key: Groth16VerificationKey,
      publicSignals: readonly (string | bigint)[],
      proof: Groth16Proof,
      logger?: Logger,
    ): Promise<boolean>;
    exportSolidityCallData(proof: Groth16Proof, publicSignals: readonly (string | bigint)[]): Promise<string>;
  };

  export const zKey: {
    /** Groth16 setup. Resolves to the circuit's hash, or to -1 when the circuit does not fit the powers of tau. */
    newZKey(r1cs: Readable, ptau: Readable, zkey: Writable, logger?: Logger): Promise<Uint8Array | -1>;
    contribute(
      oldZkey: Readable,
      newZkey: Writable,
      name: string,
      entropy: string | Uint8Array,
      logger?: Logger,
    ): Promise<Uint8Array>;
    /** Resolves to false when the beacon's parameters are not valid. */
    beacon(
      oldZkey: Readable,
      newZkey: Writable,
      name: string,
      beaconHash: string,
      iterationsExponent: number,
      logger?: Logger,
    ): Promise<Uint8Array | false>;
    verifyFromR1cs(r1cs: Readable, ptau: Readable, zkey: Readable, logger?: Logger): Promise<boolean>;
    verifyFromInit(initialZkey: Readable, ptau: Readable, zkey: Readable, logger?: Logger): Promise<boolean>;
    /** The key of a Groth16 zkey; zkeys of other protocols are not typed here. */
    exportVerificationKey(zkey: Readable, logger?: Logger): Promise<Groth16VerificationKey>;
    exportSolidityVerifier(zkey: Readable, templates: { groth16: string }, logger?: Logger): Promise<string>;
  };

  export const wtns: {
    calculate(
      input: CircuitSignals,
      wasm: Readable,
      witness: Writable,
      options?: WitnessCalculatorOptions,
    ): Promise<void>;
    check(r1cs: Readable, witness: Readable, logger?: Logger): Promise<boolean>;
    exportJson(witness: Readable): Promise<bigint[]>;
  };

  export interface R1csInfo {
    n8: number;
    prime: bigint;
    curve: Curve;
    nVars: number;
    nOutputs: number;
    nPubInputs: number;
    nPrvInputs: number;
    nLabels: number;
    nConstraints: number;
    useCustomGates: boolean;
  }

  export const r1cs: {
    info(r1cs: Readable, logger?: Logger): Promise<R1csInfo>;
  };

  export const powersOfTau: {
    newAccumulator(curve: Curve, power: number, ptau: Writable, logger?: Logger): Promise<Uint8Array>;
    contribute(
      oldPtau: Readable,
      newPtau: Writable,
      name: string,
      entropy: string | Uint8Array,
      logger?: Logger,
    ): Promise<Uint8Array>;
    preparePhase2(oldPtau: Readable, newPtau: Writable, logger?: Logger): Promise<void>;
    verify(ptau: Readable, logger?: Logger): Promise<boolean>;
  };

  export const curves: {
    getCurveFromName(name: CurveName, options?: ProverOptions): Promise<Curve>;
    getCurveFromQ(q: bigint, options?: ProverOptions): Promise<Curve>;
    getCurveFromR(r: bigint, options?: ProverOptions): Promise<Curve>;
  };
}
