/**
 * The configuration file: the node, the registry and the key that somebody uses every day. It stands in for options
 * that a verb needs and that the command line leaves out. The command line always wins.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { InvalidInputError } from "../../trace/errors.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { UsageError } from "./failure.ts";

/** Its name in a working folder. */
export const CONFIG_FILE = "timebandits.config.json";
/** What it may say, by the names of the options; values are checked as the options check theirs. */
const MEMBERS = ["rpc", "registry", "key", "passwordFile"] as const;
type Member = (typeof MEMBERS)[number];
/** Those that are paths. They are relative to the file that names them. */
const PATHS: ReadonlySet<Member> = new Set(["key", "passwordFile"]);
const MOST_BYTES = 65_536;
/** How commander marks the values that come from here. */
const SOURCE = "config";
const NONE = "none";

/** `--config`, for every verb that takes one of its members. */
export function configOption(): Option {
  return new Option(
    "--config <file>",
    `file with rpc, registry and key; by default ${CONFIG_FILE} here, then in the user's configuration; "${NONE}" for no file`,
  );
}

/**
 * The file that counts where none is named: the one in the working folder, else the user's own.
 * @returns its path, or undefined where there is none
 * @example defaultConfig() // "/home/ada/.config/timebandits/config.json"
 */
export function defaultConfig(): string | undefined {
  return [resolve(CONFIG_FILE), usersConfig()].find((path) => path !== undefined && existsSync(path));
}

function usersConfig(): string | undefined {
  const xdg = process.env.XDG_CONFIG_HOME;
  // The XDG rule: a relative path is ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "timebandits", "config.json");
  try {
    const home = homedir();
    return isAbsolute(home) ? join(home, ".config", "timebandits", "config.json") : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a configuration file.
 * @returns its members, with paths made absolute
 * @throws InvalidInputError naming the file and the member that is unknown or is no text
 * @example readConfig("timebandits.config.json") // { rpc: "http://127.0.0.1:8545" }
 */
export function readConfig(path: string): Partial<Record<Member, string>> {
  const { size, isFile } = stated(path);
  if (!isFile || size > MOST_BYTES) {
    throw new InvalidInputError(path, `is no file of up to ${MOST_BYTES} bytes; name another with --config`);
  }
  const value = parseFreeJson(path, readFileSync(path, "utf8"));
  const names = MEMBERS.filter((member) => typeof value === "object" && value !== null && Object.hasOwn(value, member));
  const given = new StrictObject(path, value, names);
  const found: Partial<Record<Member, string>> = {};
  for (const member of names) {
    const text = given.text(member);
    found[member] = PATHS.has(member) ? resolve(dirname(path), text) : text;
  }
  return found;
}

function stated(path: string): { size: number; isFile: boolean } {
  const found = statSync(path);
  return { size: found.size, isFile: found.isFile() };
}

/**
 * Lets the configuration stand in for what a verb's options leave out. It is called before the command line is read, so
 * that what stands there replaces it.
 */
export function applyConfig(command: Command, argv: readonly string[]): void {
  if (command.options.every(({ long }) => long !== "--config")) return;
  command.on("option:config", (path: string) => {
    if (path !== NONE) fill(command, path);
  });
  if (argv.some((word) => word === "--config" || word.startsWith("--config="))) return;
  const path = defaultConfig();
  if (path !== undefined) fill(command, path);
}

function fill(command: Command, path: string): void {
  for (const [member, text] of Object.entries(readConfig(path))) {
    const option = command.options.find((each) => each.attributeName() === member);
    // An optional node is a choice of the moment: `audit` looks at a chain where it is told to.
    if (option === undefined || (member === "rpc" && !option.mandatory)) continue;
    if (command.getOptionValueSource(member) === "cli") continue;
    command.setOptionValueWithSource(member, checked(path, option, text), SOURCE);
    command.setOptionValueWithSource("config", path, SOURCE);
  }
}

/** A value as the option itself would take it. */
function checked(path: string, option: Option, text: string): unknown {
  try {
    return option.parseArg?.(text, undefined) ?? text;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${path} ${option.attributeName()}: ${error.message}`);
  }
}

/** What a verb took from a configuration file: its path, and the names of the options. */
export function configUsed(command: Command): { file: string; options: string[] } | undefined {
  const options = MEMBERS.filter((member) => command.getOptionValueSource(member) === SOURCE);
  if (options.length === 0) return undefined;
  return { file: String(command.getOptionValue("config")), options };
}
