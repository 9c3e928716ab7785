/** Who says what waits at the border of a moored map. */
import type { Waiting } from "../../verifier/chain/crossing/border.ts";

export type { Waiting };

/** Where an operator asks what waits. Errors of the node are EnvironmentErrors: it asks again later. */
export interface BorderSource {
  /** What waits now. @throws EnvironmentError if the node does not answer */
  waiting(): Promise<Waiting>;
}
