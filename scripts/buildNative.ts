/**
 * `npm run build:native`: builds the native prover and puts it where the prover looks for it. The program finds out by
 * itself what the processor can do, so it runs on every processor of this kind.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NATIVE_KIND, NATIVE_PROGRAM, NATIVE_SOURCES, nativeKey } from "../prover/engines/native/program.ts";
import { type CacheEntry, cached, removeEntry } from "../prover/storage/cache.ts";
import { EnvironmentError, TimeBanditsError } from "../trace/errors.ts";

const CARGO_HELP =
  "install Rust 1.85 or newer (https://rustup.rs, or Debian's packages cargo-web and rustc-web); everything else works without";

/** What is kept of a build. */
interface Facts {
  /** A newer compiler knows more instructions. */
  readonly compiler: string;
}

/** Compiles in a folder of its own, of which only the program stays. */
async function build(folder: string): Promise<Facts> {
  const target = await mkdtemp(join(tmpdir(), "timebandits-native-"));
  try {
    const code = await cargo(["build", "--release", "--locked", "--target-dir", target]);
    if (code !== 0) {
      throw new EnvironmentError("cargo", `cargo could not build the native prover (exit code ${code}): ${CARGO_HELP}`);
    }
    await copyFile(join(target, "release", NATIVE_PROGRAM), join(folder, NATIVE_PROGRAM));
    return { compiler };
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

/** Without what would build for this processor alone, or into another folder. An empty value goes before a file's. */
const { CARGO_ENCODED_RUSTFLAGS: _flags, CARGO_BUILD_TARGET: _target, ...others } = process.env;
const plain = { ...others, RUSTFLAGS: "" };

/** Runs cargo in the folder of the sources; its exit code. */
async function cargo(args: readonly string[]): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const child = spawn("cargo", args, { cwd: NATIVE_SOURCES, env: plain, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (cause) =>
      reject(new EnvironmentError("cargo", `there is no cargo: ${CARGO_HELP}`, { cause })),
    );
    child.once("exit", (code) => resolve(code));
  });
}

/** The compiler's name and version, as it tells them; empty where there is none. */
function compilerHere(): string {
  const { stdout } = spawnSync("rustc", ["--version"], { cwd: NATIVE_SOURCES, encoding: "utf8" });
  return stdout?.trim() ?? "";
}

/** Builds first, so that a build which fails leaves the old program. */
async function replaced(old: string, key: string): Promise<CacheEntry<Facts | null>> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-native-"));
  try {
    const facts = await build(folder);
    await removeEntry(old);
    return await cached<Facts | null>(NATIVE_KIND, key, async (to) => {
      await copyFile(join(folder, NATIVE_PROGRAM), join(to, NATIVE_PROGRAM));
      return facts;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const compiler = compilerHere();
try {
  const key = nativeKey();
  let built = await cached<Facts | null>(NATIVE_KIND, key, build);
  if (built.seconds === null && compiler !== "" && built.facts?.compiler !== compiler) {
    process.stdout.write(`another compiler built it: building again with ${compiler}\n`);
    built = await replaced(built.folder, key);
  }
  const { folder, seconds } = built;
  const how = seconds === null ? "was built before" : `built in ${seconds.toFixed(0)} s`;
  process.stdout.write(`${join(folder, NATIVE_PROGRAM)} ${how}: it is the default engine now\n`);
} catch (error) {
  if (!(error instanceof TimeBanditsError)) throw error;
  process.stderr.write(`build:native: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
