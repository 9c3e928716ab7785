/** What the server serves: the operator, and what is in the run directory beside it. */
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import type { ChainEntry, Manifest } from "../../trace/run/manifest.ts";
import type { ProgramCell } from "../../trace/state/cells.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import type { Operator } from "../operator/types.ts";

/** Names of numbers, for people. */
export type NameTable = Pick<Manifest, "programs" | "kinds" | "functions" | "slots">;

/** One map, as the server sees it. */
export interface ServedMap {
  readonly operator: Operator;
  readonly genesis: Genesis;
  /** The map's place on a chain; undefined if it is on none. */
  readonly chain: ChainEntry | undefined;
  /** Names as the operator knows them. */
  names(): NameTable;
  /** The rows of a trigger that a watch was set with. */
  readonly triggers: TriggerRows;
  /** A program's header after that transition (0 is the genesis); undefined if the program did not exist. */
  headerAt(program: number, seq: number): Promise<ProgramCell | undefined>;
  /** Names of the bundles, in the order of their batches. */
  bundles(): Promise<readonly string[]>;
  /** The text of a bundle; undefined if there is none of that name. */
  bundle(name: string): Promise<string | undefined>;
  /** Ends the open batch now. @returns false if it is empty */
  cut(): Promise<boolean>;
  /** Tries a batch again that was set aside. @returns false if it is not */
  retry(firstSeq: number): Promise<boolean>;
}
