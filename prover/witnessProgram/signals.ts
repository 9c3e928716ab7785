/** The layout of signals and components in the memory of the compiler's program. */

/** Bytes of a signal, or of any value: a 32-bit value, 32 bits for its type, a 256-bit value. */
export const SIGNAL = 40;
export const TYPE = 4;
export const VALUE = 8;
/**
 * Flags of the type: the 256-bit value counts; it is in Montgomery's form. As an i32: the 256-bit value is the number.
 */
export const LONG = 0x80;
export const TYPE_BYTE = 7;
export const NORMAL = -(2 ** 31);
/** In a component: the address of its first signal. */
export const SIGNAL_START = 4;
/** Bytes by which its memory grows. */
export const PAGE = 65536;
/** Bytes of a wire's value in a witness. */
export const WIRE = 32;
/** An extra export of the faster program: (at) writes the values of all wires to that address. */
export const WRITE_WITNESS = "writeWitness";
