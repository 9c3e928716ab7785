/** The last two inputs in every statement of a map that publishes nothing. */
export const UNMOORED = { point: 0n, value: 1n } as const;
