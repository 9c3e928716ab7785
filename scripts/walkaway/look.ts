/** Milliseconds between two looks of an operator's process into the file of the clock. */
export const LOOK_MS = 50;
