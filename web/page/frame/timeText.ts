/** Times as the page shows them. */
import { time } from "../../../trace/describe/time.ts";

/** Seconds since 1970 in UTC: "2026-01-01 00:14:00"; beyond the calendar the number. */
export function timeText(seconds: number): string {
  return time(seconds).replace("T", " ").replace("Z", "");
}
