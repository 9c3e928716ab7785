/**
 * What this project uses of circomlibjs 0.1.7: Poseidon, Baby Jubjub and EdDSA as circomlib's circuits compute them.
 */
declare module "circomlibjs" {
  import type { Element, ElementLike, ScalarField } from "ffjavascript";

  /** One output is an element, several are a list. */
  interface PoseidonOver<Inputs> {
    (inputs: Inputs, initialState?: ElementLike, outputs?: 1): Element;
    (inputs: Inputs, initialState: ElementLike | undefined, outputs: 2 | 3 | 4 | 5 | 6 | 7 | 8): Element[];
    (inputs: Inputs, initialState: ElementLike | undefined, outputs: number): Element | Element[];
    readonly F: ScalarField;
  }
  export type Poseidon = PoseidonOver<readonly ElementLike[]>;
  /** The WebAssembly one also takes its elements back to back in one buffer. */
  export type PoseidonWasm = PoseidonOver<readonly ElementLike[] | Uint8Array>;

  /** In WebAssembly, the fastest. */
  export function buildPoseidon(): Promise<PoseidonWasm>;
  /** With the optimised round constants, in JavaScript. */
  export function buildPoseidonOpt(): Promise<Poseidon>;
  /** As the paper states it. */
  export function buildPoseidonReference(): Promise<Poseidon>;

  export type JubPoint = [x: Element, y: Element];

  export interface BabyJub {
    readonly F: ScalarField;
    readonly p: bigint;
    readonly order: bigint;
    readonly subOrder: bigint;
    readonly A: Element;
    readonly D: Element;
    readonly Generator: JubPoint;
    readonly Base8: JubPoint;
    addPoint(a: JubPoint, b: JubPoint): JubPoint;
    mulPointEscalar(base: JubPoint, scalar: bigint | number): JubPoint;
    inCurve(point: JubPoint): boolean;
    inSubgroup(point: JubPoint): boolean;
    packPoint(point: JubPoint): Uint8Array;
    /** Overwrites the sign bit in the given bytes. Null when they are not a point. */
    unpackPoint(packed: Uint8Array): JubPoint | null;
  }
  export function buildBabyjub(): Promise<BabyJub>;

  export interface EddsaSignature {
    R8: JubPoint;
    S: bigint;
  }

  export interface Eddsa {
    readonly F: ScalarField;
    readonly babyJub: BabyJub;
    readonly poseidon: PoseidonWasm;
    pruneBuffer(hash: Uint8Array): Uint8Array;
    prv2pub(privateKey: Uint8Array): JubPoint;
    /** The message is a field element in Montgomery form: `F.e(value)`. */
    signPoseidon(privateKey: Uint8Array, message: Element): EddsaSignature;
    verifyPoseidon(message: Element, signature: EddsaSignature, publicKey: JubPoint): boolean;
    packSignature(signature: EddsaSignature): Uint8Array;
    unpackSignature(packed: Uint8Array): { R8: JubPoint | null; S: bigint };
  }
  export function buildEddsa(): Promise<Eddsa>;
}
