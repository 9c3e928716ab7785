/** The map that the books of a chain's addresses are kept for. */
import type { Effect, MemorySlot } from "../../effects/effects.ts";
import type { TokenKind, WEI } from "../tokens/kinds.ts";

/** The map that the books are kept for. */
export interface LedgerHost {
  /** Applies an effect as a group of its own. */
  perform(program: number, effect: Effect): void;
  /** Number of programs. */
  programs(): number;
  /** Id of the resource in a slot. */
  resourceAt(program: number, slot: MemorySlot): bigint;
  /** Called for each new program with its name, and for each new kind. */
  named?(what: { program: number; name: string } | { kind: bigint; of: TokenKind | typeof WEI }): void;
}
