/** Times in words. */

/** Seconds since 1970 as UTC text; times beyond the calendar as a number. */
export function time(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString().replace(".000Z", "Z");
}
