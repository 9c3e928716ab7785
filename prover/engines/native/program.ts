/**
 * Where the native prover is: in the artifact cache, under a name made from its sources and from the kind of machine
 * that it was built for. After a change of either, there is none until it is built again.
 */
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { cacheRoot, sha256 } from "../../storage/cache.ts";
import { PROJECT_ROOT } from "../../storage/packageFile.ts";

/** Kind of the cache entry, and the program's name in it. */
export const NATIVE_KIND = "native";
export const NATIVE_PROGRAM = process.platform === "win32" ? "timebandits-prover.exe" : "timebandits-prover";

/** Folder of the Rust sources. */
export const NATIVE_SOURCES = join(PROJECT_ROOT, "prover", "native");

/** Name of the cache entry for these sources on this kind of machine. */
export function nativeKey(): string {
  const sources = ["Cargo.toml", "Cargo.lock", "build.rs"];
  for (const path of readdirSync(join(NATIVE_SOURCES, "src"), { recursive: true, encoding: "utf8" }).sort()) {
    if (path.endsWith(".rs")) sources.push(`src/${path.split(sep).join("/")}`);
  }
  const hashes = sources.map((name) => [name, sha256(readFileSync(join(NATIVE_SOURCES, name)))]);
  return sha256(JSON.stringify({ hashes, platform: process.platform, arch: process.arch }));
}

/** Path of the program, or null where it is not built. */
export function nativeProgram(): string | null {
  const path = join(cacheRoot(), NATIVE_KIND, nativeKey(), NATIVE_PROGRAM);
  return isExecutable(path) ? path : null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
