/** Verbs that need a newer Node than the others. */
import { EnvironmentError } from "../../trace/errors.ts";

/** Major and minor number of the first Node with what the server and the workers use: SQLite and the queue. */
const NEEDED = [22, 13] as const;

/** @throws EnvironmentError on an older Node */
export function requireNewNode(verb: string, version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least, leastMinor] = NEEDED;
  if (major > least || (major === least && minor >= leastMinor)) return;
  throw new EnvironmentError(
    "node",
    `${verb} needs Node ${least}.${leastMinor} or newer, and this is ${version}; the other verbs work on it`,
  );
}
