/**
 * The configuration file: a user's usual node, registry and key. It supplies options that a verb requires and that the
 * command line omits. The command line takes precedence.
 */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { textAt } from "../../trace/run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { userHome } from "../../trace/run/userCache.ts";
import { UsageError } from "./failure.ts";

/** Name of the file in a working folder. */
export const CONFIG_FILE = "timebandits.config.json";
/** Allowed members, named as the options are. The options' own checks apply to the values. */
const MEMBERS = ["rpc", "registry", "key", "passwordFile"] as const;
type Member = (typeof MEMBERS)[number];
/** Members that are paths, relative to the configuration file. */
const PATHS: ReadonlySet<Member> = new Set(["key", "passwordFile"]);
const MOST_BYTES = 65_536;
/** Commander's mark for values from this file. */
const SOURCE = "config";
const NONE = "none";

/** `--config`, for every verb that takes one of its members. */
export function configOption(): Option {
  return new Option(
    "--config <file>",
    `file with rpc, registry and key; default: ${CONFIG_FILE} here, else the user's own; "${NONE}" for no file`,
  );
}

/**
 * The default configuration file: the one in the working folder, else the user's own.
 * @returns its path, or undefined if there is none
 * @example defaultConfig() // "/home/ada/.config/timebandits/config.json"
 */
export function defaultConfig(): string | undefined {
  return [resolve(CONFIG_FILE), usersConfig()].find((path) => path !== undefined && existsSync(path));
}

function usersConfig(): string | undefined {
  const xdg = process.env.XDG_CONFIG_HOME;
  // The XDG rule: a relative path is ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "timebandits", "config.json");
  const home = userHome();
  return home === undefined ? undefined : join(home, ".config", "timebandits", "config.json");
}

/**
 * Reads a configuration file.
 * @returns its members, with paths made absolute
 * @throws InvalidInputError naming the file and the member that is unknown or not a text
 * @example readConfig("timebandits.config.json") // { rpc: "http://127.0.0.1:8545" }
 */
export function readConfig(path: string): Partial<Record<Member, string>> {
  const value = parseFreeJson(path, textAt(path, { most: MOST_BYTES, what: "a configuration file with --config" }));
  const names = MEMBERS.filter((member) => typeof value === "object" && value !== null && Object.hasOwn(value, member));
  const given = new StrictObject(path, value, names);
  const found: Partial<Record<Member, string>> = {};
  for (const member of names) {
    const text = given.text(member);
    found[member] = PATHS.has(member) ? resolve(dirname(path), text) : text;
  }
  return found;
}

/**
 * Fills the options that a verb requires from the configuration. Runs before the command line is parsed, so that its
 * options replace these.
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
    // Optional options are not filled: `audit` asks a chain only if the command line names one.
    if (option === undefined || (member === "rpc" && !option.mandatory)) continue;
    if (command.getOptionValueSource(member) === "cli") continue;
    command.setOptionValueWithSource(member, checked(path, option, text), SOURCE);
    command.setOptionValueWithSource("config", path, SOURCE);
  }
}

/** A value, checked and parsed by the option itself. */
function checked(path: string, option: Option, text: string): unknown {
  try {
    return option.parseArg?.(text, undefined) ?? text;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${path} ${option.attributeName()}: ${error.message}`);
  }
}

/** The configuration file that a verb used, and the options taken from it. */
export function configUsed(command: Command): { file: string; options: string[] } | undefined {
  const options = MEMBERS.filter((member) => command.getOptionValueSource(member) === SOURCE);
  if (options.length === 0) return undefined;
  return { file: String(command.getOptionValue("config")), options };
}
