/** Times in tables. */
import { time } from "../../../trace/describe/time.ts";

/** "2026-01-01 00:14:00", in UTC. */
export function timeText(seconds: number): string {
  return time(seconds).replace("T", " ").replace("Z", "");
}
