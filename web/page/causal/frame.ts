/** Everything that one picture is drawn from. */
import type { Label } from "../../work/history/columns.ts";
import type { Geometry } from "./geometry.ts";
import type { Look } from "./look.ts";
import type { VerdictSums } from "./verdicts.ts";

export interface Frame extends Geometry {
  readonly ctx: CanvasRenderingContext2D;
  readonly look: Look;
  /** seq; 0 for none. */
  readonly selected: number;
  readonly hovered: number;
  /** By index: numbers of `VERDICTS`. */
  readonly verdicts: Uint8Array;
  readonly sums: VerdictSums;
  /** A transition's texts; undefined until they are there. */
  readonly labelOf: (seq: number) => Label | undefined;
}
