/**
 * Where the native prover is: in the artifact cache, under a name made from its sources and from the processor that it
 * was built for. After a change of either, there is none until it is built again.
 */
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { cacheRoot, sha256 } from "../../storage/cache.ts";
import { PROJECT_ROOT } from "../../storage/packageFile.ts";

/** Kind of the cache entry, and the program's name in it. */
export const NATIVE_KIND = "native";
export const NATIVE_PROGRAM = process.platform === "win32" ? "timebandits-prover.exe" : "timebandits-prover";

/** Folder of the Rust sources. */
export const NATIVE_SOURCES = join(PROJECT_ROOT, "prover", "native");

/** Name of the cache entry for these sources on this processor. */
export function nativeKey(): string {
  const sources = ["Cargo.toml", "Cargo.lock"];
  for (const name of readdirSync(join(NATIVE_SOURCES, "src")).sort()) {
    if (name.endsWith(".rs")) sources.push(`src/${name}`);
  }
  const hashes = sources.map((name) => [name, sha256(readFileSync(join(NATIVE_SOURCES, name)))]);
  return sha256(JSON.stringify({ hashes, platform: process.platform, arch: process.arch, processor: processor() }));
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

/** What tells processors apart that do not understand the same instructions. */
function processor(): string {
  const model = cpus()[0]?.model ?? "";
  try {
    // Virtual machines call different processors by one name; what they can do is listed on Linux.
    const features = /^(?:flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "latin1"));
    return `${model} ${features?.[0] ?? ""}`;
  } catch {
    return model;
  }
}
