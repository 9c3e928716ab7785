/** How the compiler's program keeps signals and components in its memory. */

/** Bytes of a signal, or of any value: 32 bits as they are, 32 bits that say how to read it, 256 bits. */
export const SIGNAL = 40;
export const TYPE = 4;
export const VALUE = 8;
/** In the type: the 256 bits count; they are in Montgomery's form. As an i32: the 256 bits are the number. */
export const LONG = 0x80;
export const TYPE_BYTE = 7;
export const NORMAL = -(2 ** 31);
/** In a component: the address of its first signal. */
export const SIGNAL_START = 4;
/** Bytes by which its memory grows. */
export const PAGE = 65536;
/** Bytes of a wire's value in a witness. */
export const WIRE = 32;
/**
 * What the faster program exports beside the functions of the compiler's: (at) writes the values of all wires there.
 */
export const WRITE_WITNESS = "writeWitness";
