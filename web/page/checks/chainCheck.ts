/** What a node said of the run's map. */
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { CodeMatch } from "../../../verifier/chain/registry.ts";
import type { CrossingReport } from "../../../verifier/map/crossingReport.ts";

export interface ChainCheck {
  /** The node's URL. */
  readonly node: string;
  /** Null if the node could not be asked, or is still being asked. */
  readonly report: ChainReport | null;
  /** Whether the registry's code is the code of this version; null without a report. */
  readonly code: CodeMatch | null;
  /** What crosses a moored map's border; null for other maps, and without a report. */
  readonly crossing: CrossingReport | null;
  /** What keeps chain and run from agreeing. */
  readonly problems: readonly Problem[];
  /** Why there is no report, in a sentence; null while the node is asked, and with a report. */
  readonly failure: string | null;
}
