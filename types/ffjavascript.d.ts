/** What this project uses of ffjavascript: prime fields, pairing curves, and helpers for big integers. */
declare module "ffjavascript" {
  /** A field element as the WebAssembly code holds it: little-endian, in Montgomery form. */
  export type Element = Uint8Array;
  /** What a field reads as an element; a byte array is taken to be one already. */
  export type ElementLike = bigint | number | string | Element;
  /** A point as the WebAssembly code holds it: affine (2 coordinates) or Jacobian (3 coordinates). */
  export type Point = Uint8Array;

  export interface Logger {
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }

  interface FieldOf<Value> {
    readonly n8: number;
    readonly zero: Element;
    readonly one: Element;
    add(a: Element, b: Element): Element;
    sub(a: Element, b: Element): Element;
    neg(a: Element): Element;
    mul(a: Element, b: Element): Element;
    div(a: Element, b: Element): Element;
    square(a: Element): Element;
    inv(a: Element): Element;
    exp(base: Element, exponent: bigint | number | string | Uint8Array): Element;
    eq(a: Element, b: Element): boolean;
    isZero(a: Element): boolean;
    toObject(a: Element): Value;
    fromObject(value: Value): Element;
  }

  export interface PrimeField extends FieldOf<bigint> {
    readonly p: bigint;
    readonly half: bigint;
    readonly nqr: Element;
    readonly two: Element;
    readonly negone: Element;
    e(value: ElementLike, radix?: 10 | 16): Element;
    random(): Element;
    isNegative(a: Element): boolean;
    isSquare(a: Element): boolean;
    /** Ask isSquare first: without a root, the WebAssembly field does not come back, and others give null. */
    sqrt(a: Element): Element | null;
    toMontgomery(a: Element): Element;
    fromMontgomery(a: Element): Element;
    toString(a: Element, radix?: number): string;
    toRprLE(buffer: Uint8Array, offset: number, a: Element): void;
    toRprBE(buffer: Uint8Array, offset: number, a: Element): void;
    fromRprLE(buffer: Uint8Array, offset?: number): Element;
  }

  /** The scalar field of a curve, which can also work on whole buffers. */
  export interface ScalarField extends PrimeField {
    readonly s: number;
    readonly w: readonly Element[];
    batchInverse(elements: Uint8Array): Promise<Uint8Array>;
    batchToMontgomery(elements: Uint8Array): Promise<Uint8Array>;
    batchFromMontgomery(elements: Uint8Array): Promise<Uint8Array>;
    batchApplyKey(elements: Uint8Array, first: Element, increment: Element): Promise<Uint8Array>;
    fft(elements: Uint8Array): Promise<Uint8Array>;
    ifft(elements: Uint8Array): Promise<Uint8Array>;
  }

  /**
   * Coordinates as numbers: a bigint over the prime field, a pair over its quadratic extension; z is 1, or 0 at
   * infinity.
   */
  export type G1Object = [x: bigint, y: bigint, z: bigint];
  export type G2Object = [x: [bigint, bigint], y: [bigint, bigint], z: [bigint, bigint]];

  export interface CurveGroup<Coordinates> {
    readonly F: FieldOf<bigint> | FieldOf<[bigint, bigint]>;
    readonly g: Point;
    readonly gAffine: Point;
    readonly zero: Point;
    readonly zeroAffine: Point;
    add(a: Point, b: Point): Point;
    sub(a: Point, b: Point): Point;
    neg(a: Point): Point;
    double(a: Point): Point;
    eq(a: Point, b: Point): boolean;
    isZero(a: Point): boolean;
    /** Whether the point is on the curve; it says nothing about the subgroup. */
    isValid(a: Point): boolean;
    timesScalar(a: Point, scalar: bigint | number | string | Uint8Array): Point;
    timesFr(a: Point, scalar: Element): Point;
    toAffine(a: Point): Point;
    toJacobian(a: Point): Point;
    x(a: Point): Element;
    y(a: Point): Element;
    toObject(a: Point): Coordinates;
    fromObject(coordinates: Coordinates): Point;
    toString(a: Point, radix?: number): string;
    toUncompressed(a: Point): Uint8Array;
    toRprUncompressed(buffer: Uint8Array, offset: number, a: Point): void;
    fromRprUncompressed(buffer: Uint8Array, offset: number): Point;
    toRprCompressed(buffer: Uint8Array, offset: number, a: Point): void;
    fromRprCompressed(buffer: Uint8Array, offset: number): Point;
    toRprLEM(buffer: Uint8Array, offset: number, a: Point): void;
    fromRprLEM(buffer: Uint8Array, offset?: number): Point;
    multiExp(bases: Uint8Array, scalars: Uint8Array, logger?: Logger, label?: string): Promise<Point>;
    multiExpAffine(bases: Uint8Array, scalars: Uint8Array, logger?: Logger, label?: string): Promise<Point>;
    batchToAffine(points: Uint8Array): Promise<Uint8Array>;
    batchToJacobian(points: Uint8Array): Promise<Uint8Array>;
    batchApplyKey(points: Uint8Array, first: Element, increment: Element): Promise<Uint8Array>;
    fft(points: Uint8Array, inType?: "affine" | "jacobian", outType?: "affine" | "jacobian"): Promise<Uint8Array>;
    ifft(points: Uint8Array, inType?: "affine" | "jacobian", outType?: "affine" | "jacobian"): Promise<Uint8Array>;
  }

  export interface Curve {
    readonly name: string;
    readonly q: bigint;
    readonly r: bigint;
    readonly Fr: ScalarField;
    readonly F1: PrimeField;
    readonly F2: FieldOf<[bigint, bigint]>;
    readonly Gt: FieldOf<unknown>;
    readonly G1: CurveGroup<G1Object>;
    readonly G2: CurveGroup<G2Object>;
    pairing(a: Point, b: Point): Element;
    /** Pairs of a point of G1 and one of G2, and last, if wished, what their product must equal (one if left out). */
    pairingEq(...pairsAndTarget: Uint8Array[]): Promise<boolean>;
    /** Ends the worker threads; without it a process that built a multi-threaded curve does not exit. */
    terminate(): Promise<void>;
  }

  export type CurveName = "bn128" | "bn254" | "altbn128" | "bls12381" | "bls12-381";

  /** A multi-threaded curve is built once and shared; every single-threaded one is built anew. */
  export function getCurveFromName(name: CurveName, singleThread?: boolean): Promise<Curve>;
  export function getCurveFromQ(q: bigint, singleThread?: boolean): Promise<Curve>;
  export function getCurveFromR(r: bigint, singleThread?: boolean): Promise<Curve>;
  export function buildBn128(singleThread?: boolean): Promise<Curve>;
  export function buildBls12381(singleThread?: boolean): Promise<Curve>;

  type Integer = bigint | number | string;

  export const Scalar: {
    readonly zero: bigint;
    readonly one: bigint;
    e(value: Integer, radix?: 10 | 16): bigint;
    fromString(value: Integer, radix?: 10 | 16): bigint;
    toString(value: bigint, radix?: number): string;
    toNumber(value: bigint): number;
    bitLength(value: bigint): number;
    bits(value: Integer): number[];
    isZero(value: bigint): boolean;
    isOdd(value: Integer): boolean;
    isNegative(value: Integer): boolean;
    add(a: Integer, b: Integer): bigint;
    sub(a: Integer, b: Integer): bigint;
    neg(a: Integer): bigint;
    mul(a: Integer, b: Integer): bigint;
    square(a: Integer): bigint;
    pow(a: Integer, b: Integer): bigint;
    exp(a: Integer, b: Integer): bigint;
    div(a: Integer, b: Integer): bigint;
    mod(a: Integer, b: Integer): bigint;
    band(a: Integer, b: Integer): bigint;
    shl(a: Integer, n: Integer): bigint;
    shr(a: Integer, n: Integer): bigint;
    shiftLeft(a: Integer, n: Integer): bigint;
    shiftRight(a: Integer, n: Integer): bigint;
    eq(a: Integer, b: Integer): boolean;
    neq(a: Integer, b: Integer): boolean;
    lt(a: Integer, b: Integer): boolean;
    gt(a: Integer, b: Integer): boolean;
    leq(a: Integer, b: Integer): boolean;
    geq(a: Integer, b: Integer): boolean;
    toRprLE(buffer: Uint8Array, offset: number, value: bigint, bytes: number): void;
    toRprBE(buffer: Uint8Array, offset: number, value: bigint, bytes: number): void;
    fromRprLE(buffer: Uint8Array, offset?: number, bytes?: number): bigint;
    fromRprBE(buffer: Uint8Array, offset?: number, bytes?: number): bigint;
  };

  export const utils: {
    /** Decimal and 0x strings become bigints, all the way down. */
    unstringifyBigInts(value: unknown): unknown;
    /** Bigints become decimal strings, all the way down. */
    stringifyBigInts(value: unknown): unknown;
    beBuff2int(buffer: Uint8Array): bigint;
    beInt2Buff(value: bigint, length: number): Uint8Array;
    leBuff2int(buffer: Uint8Array): bigint;
    leInt2Buff(value: bigint, length?: number): Uint8Array;
    bitReverse(index: number, bits: number): number;
    log2(value: number): number;
    buffReverseBits(buffer: Uint8Array, elementSize: number): void;
  };
}
