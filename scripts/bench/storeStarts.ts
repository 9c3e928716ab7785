/** The starts that are measured: making the store, and the three that begin with it. */
export const STARTS = ["build", "prove", "submit", "open"] as const;
/** One of them. */
export type Start = (typeof STARTS)[number];
