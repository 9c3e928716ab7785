/** Durations in words. */
import { count } from "../../../trace/describe/count.ts";

const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** "1 day", "36 hours", "about 338 days": exact where it is short. @param seconds a whole number */
export function lasting(seconds: number): string {
  for (const [length, unit] of UNITS) {
    if (seconds >= length && seconds % length === 0) return count(seconds / length, unit);
    if (seconds >= 10 * length) return `about ${count(Math.round(seconds / length), unit)}`;
  }
  return count(seconds, "second");
}
