/** Who says what waits at the border of a moored map. */
import type { AtTheBorder } from "../../trace/crossing/takeIn.ts";

/** What waits at the registry. */
export interface Waiting extends AtTheBorder {
  /** Last transition that the registry has. */
  readonly head: number;
}

/** Where an operator asks what waits. Errors of the node are EnvironmentErrors: it asks again later. */
export interface BorderSource {
  waiting(): Promise<Waiting>;
}
