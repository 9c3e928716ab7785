import { profileOf, profilesWith } from "../../prover/profiles.ts";

/** The profile that everyday tests compile and prove with. */
export const PROFILE = profileOf("batch-8");
/** The profiles of maps with as many levels: those of nearly all runs of the tests. */
export const USUAL_PROFILES = profilesWith(PROFILE.levels);
