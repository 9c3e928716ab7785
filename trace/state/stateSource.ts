/** A state that is kept elsewhere: in a store on disk, or in the openings that a batch came with. */
import type { Words } from "./cells.ts";
import type { NodeName } from "./tree.ts";

/**
 * What a time map reads where it has not written itself. It must not change while a map reads from it.
 *
 *     const map = TimeMap.over(source);
 *     map.write(address, words);
 */
export interface StateSource {
  readonly levels: number;
  /** Most armed watches that a slot may have. */
  readonly watches: number;
  /** Whether the map publishes its rows on its chain. */
  readonly moored: boolean;
  /** Number of programs. */
  readonly programs: number;
  /** The three field elements of a cell; `EMPTY_WORDS` where nothing was ever written. */
  words(address: number): Words;
  /** Digest of a node; undefined where nothing was ever written below it. */
  digest(node: NodeName): bigint | undefined;
  /** Address of the armed watch of that rank on the slot; 0 if there is none. */
  watchOn(target: number, rank: number): number;
  /** Addresses of all cells that exist, in rising order. */
  addresses(): Iterable<number>;
}
