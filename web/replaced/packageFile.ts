/**
 * In place of prover/storage/packageFile.ts: the package's own folder, in memory. It has what the workers read of it.
 */
import profiles from "../../circuits/profiles.json" with { type: "json" };
import { putFile } from "../node/files.ts";

export const PROJECT_ROOT = "/package";

declare const TIMEBANDITS_VERSION: string;

putFile("/package/circuits/profiles.json", new TextEncoder().encode(JSON.stringify(profiles)));

/** @throws Error always */
export function packageFile(path: string): string {
  throw new Error(`the page has no file ${path}`);
}

/** @throws Error always */
export function packageVersion(name: string): string {
  throw new Error(`the page does not know the version of ${name}`);
}

/** The version of this package. */
export function ownVersion(): string {
  return TIMEBANDITS_VERSION;
}
