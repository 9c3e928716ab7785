/**
 * What a key has signed over the wire, in a file beside the key: for each map the log that was signed last, and what
 * goes on from there. Without it, the log is computed from its beginning, and every effect in it is shown again.
 */
import { existsSync } from "node:fs";
import type { KnownLog } from "../../service/client/signing.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS } from "../../trace/layout.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { readSecretFile } from "../../trace/signing/secretFile.ts";
import { jsonFile } from "./output.ts";

const FORMAT = "time-bandits-signed-logs";
const KEYS = ["schemaVersion", "format", "logs"] as const;
const LOG_KEYS = ["domain", "program", "steps", "log", "inbox", "keyed", "bound", "earlier"] as const;
const MOST_BYTES = 1 << 26;

/** One log, and where it is. */
export interface SignedLog {
  readonly domain: bigint;
  readonly program: number;
  readonly known: KnownLog;
}

/** The file beside a key file. */
export function signedLogsFile(keyFile: string): string {
  return `${keyFile}.signed.json`;
}

/**
 * The logs that a key has signed; none if there is no file.
 * @throws InvalidInputError if the file is damaged, KeyFileError if others may write to it
 */
export function readSignedLogs(path: string): SignedLog[] {
  if (!existsSync(path)) return [];
  const text = readSecretFile(path, "the file of what the key has signed", MOST_BYTES);
  const members = new StrictObject(path, parseFreeJson(path, text), KEYS);
  members.constant("format", FORMAT);
  return members.list("logs").map((json, i) => logFrom(`${members.field("logs")}[${i}]`, json));
}

/** Keeps a log, in place of the one of the same map and program. @throws EnvironmentError if it cannot be written */
export function keepSignedLog(path: string, kept: SignedLog): void {
  const others = readSignedLogs(path).filter(
    ({ domain, program }) => domain !== kept.domain || program !== kept.program,
  );
  try {
    writeWhole(path, jsonFile({ format: FORMAT, logs: [...others, kept].map(logJson) }), { mode: 0o600 });
  } catch (error) {
    throw unwritable(path, error, "make the key's folder writable: what was signed is kept there");
  }
}

function logJson({ domain, program, known: { point, earlier } }: SignedLog): object {
  const { steps, log, inbox, keyed, bound } = point;
  const keys = Object.fromEntries([...bound].map(([each, key]) => [`${each}`, `${key}`]));
  return { domain, program, steps, log, inbox: inbox ?? null, keyed, bound: keys, earlier };
}

function logFrom(where: string, json: unknown): SignedLog {
  const members = new StrictObject(where, json, LOG_KEYS);
  const inbox = members.value("inbox");
  const keyed = members.value("keyed");
  if (typeof keyed !== "boolean") throw new InvalidInputError(members.field("keyed"), "is not true or false");
  const keys = Object.entries(members.object("bound"));
  const bound = new StrictObject(
    members.field("bound"),
    members.value("bound"),
    keys.map(([program]) => program),
  );
  const earlier = members.list("earlier");
  const logs = new StrictObject(members.field("earlier"), { ...earlier }, Object.keys(earlier));
  return {
    domain: members.word("domain"),
    program: members.number("program", BITS.program),
    known: {
      point: {
        steps: members.number("steps", BITS.steps),
        log: members.word("log"),
        inbox: inbox === null ? undefined : members.number("inbox", BITS.inbox),
        keyed,
        bound: new Map(keys.map(([program]) => [Number(program), bound.word(program)])),
      },
      earlier: Object.keys(earlier).map((i) => logs.word(i)),
    },
  };
}
