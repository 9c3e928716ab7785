/** The URL of a map's server, on a command line. */
import { UsageError } from "./failure.ts";

/** @throws UsageError unless it is the URL of a server */
export function serverArgument(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return text;
  throw new UsageError("--server: give a URL that begins with http:// or https://, such as http://127.0.0.1:8080");
}
