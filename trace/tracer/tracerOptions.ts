/** What a tracer is given, and what it notes. */
import type { Place } from "../effects/effects.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import type { Transition } from "../machine/transition.ts";
import type { Replayed } from "../replay/replay.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Trace } from "../run/traceReader.ts";
import type { KeyOf } from "../signing/boundPrograms.ts";
import type { TimeMap } from "../state/timeMap.ts";
import type { Authorities } from "./authorities.ts";
import type { ProfileBound } from "./groupSize.ts";

/** An event of a watch. */
export interface Note {
  event: "fired" | "applied" | "refused";
  watch: Place;
  /** The transition that fired the watch or applied its trigger. For a refusal: the last transition before it. */
  seq: number;
  /** Reason why a trigger was refused. */
  reason?: string;
}

/** The tracer's clock, bounds and names. */
export interface TracerOptions {
  /** Returns seconds since 1970. Called for each effect without a time. Default: the time of the last transition. */
  clock?: () => number;
  /** Profiles of the map. A group that fits none of them is refused. Default: no bound. */
  profiles?: readonly ProfileBound[];
  /** Tries the triggers of watches as soon as a group fires them (default true). */
  autoTrigger?: boolean;
  /** Authorities by name, for programs created under these names without an authority of their own. */
  authorities?: Authorities;
  /** Name of the scenario, for the manifest. */
  scenario?: string;
  /**
   * Keeps every group in `groups` (default true). Without it, a tracer's memory is bounded by its map, and only
   * `onGroup` gets the groups. A program that acted while it was open, and takes a key later, then joins again those
   * that it met before.
   */
  keepGroups?: boolean;
  /**
   * Reads the groups up to a transition from where `onGroup` has put them. With it, a long run's groups are not kept in
   * memory, and are read if somebody asks for `groups`. By default they are kept.
   */
  readGroups?: ((seq: number) => readonly Transition[][]) | undefined;
  /** Called with every group after it has happened, in order. */
  onGroup?: (group: readonly Transition[], map: TimeMap) => void;
}

/** The history that led to a state: a replayed run. */
export type Past = Pick<Replayed, "genesis" | "groups" | "manifest"> & { readonly trace: Pick<Trace, "triggers"> };

/** The same history where it is not read, but looked up as it is needed. */
export interface PastKept {
  readonly manifest: Manifest;
  /** The keys of the genesis. */
  readonly keys: KeyOf;
  /** The rows of the triggers that were set. */
  readonly triggers: TriggerRows;
  /** The key under which the log of a program last bound another. */
  readonly met: (actor: number, program: number) => bigint | undefined;
  /** Reads the groups of the past, if somebody asks for them. Without it, the tracer has only those after it. */
  readonly earlier?: () => readonly Transition[][];
}
