/** Most rows of a list in the page. */
const MOST = 500;

/** The first ones of a list, and the number of the others. */
export function some<T>(all: readonly T[]): { shown: readonly T[]; more: number } {
  return { shown: all.slice(0, MOST), more: Math.max(0, all.length - MOST) };
}
