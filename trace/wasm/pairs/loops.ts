/** Loops over steps. */
import { type Code, wasm } from "../assembler.ts";

const { get, set, add32, sub32, i32 } = wasm;

/** Runs the body as often as the local says, which is more than 0, and counts it down. */
export const loop = (steps: number, body: Code): Code =>
  wasm.repeat([body, set(steps, sub32(get(steps), i32(1)))], get(steps));

/** Moves pointers on, or back. */
export const advance = (pointers: readonly number[], bytes: number): Code =>
  pointers.map((pointer) => set(pointer, add32(get(pointer), i32(bytes))));
