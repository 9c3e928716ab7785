/** The profile that everyday tests compile and prove with. */
import { profileOf } from "../../prover/profiles.ts";

export const PROFILE = profileOf("batch-8");
