/**
 * What a key has signed, in a small file beside the key: for each domain and program, where the log stood that was
 * signed last. So the next time only what is new has to be shown, and a server that goes back is noticed. The file
 * holds no secret. Without it, everything is shown again.
 */
import { existsSync } from "node:fs";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS, NO_INBOX } from "../../trace/layout.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { parseJson, requireCanonical, StrictObject, wholeNumber } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { readSecretFile } from "../../trace/signing/secretFile.ts";
import type { KnownLog } from "./signing.ts";

const FORMAT = "time-bandits-signed-logs";
const MEMBERS = ["format", "version", "logs"] as const;
const LOG_MEMBERS = ["domain", "program", "steps", "log", "inbox", "authority", "bound", "earlier"] as const;
const MOST_BYTES = 2 ** 26;
const MOST_EARLIER = 1_000;

/** The name of the file beside a key. */
export function signedLogsOf(keyFile: string): string {
  return `${keyFile}.signed.json`;
}

/** What one key has signed. */
export class SignedLogs {
  readonly path: string;
  readonly #logs: Map<string, KnownLog>;

  /**
   * Reads the file; there may be none yet.
   * @throws KeyFileError if others may read or change it; InvalidInputError if it is damaged
   */
  constructor(path: string) {
    this.path = path;
    this.#logs = existsSync(path) ? parsed(path) : new Map();
  }

  /** What was signed last for a program of a map. */
  known(domain: bigint, program: number): KnownLog | undefined {
    return this.#logs.get(nameOf(domain, program));
  }

  /** Keeps what is signed now. @throws EnvironmentError if the file cannot be written */
  keep(domain: bigint, program: number, known: KnownLog): void {
    this.#logs.set(nameOf(domain, program), known);
    try {
      writeWhole(this.path, textOf(this.#logs), { mode: 0o600 });
    } catch (error) {
      throw unwritable(
        this.path,
        error,
        "keep the key in a folder of yours, so that what was signed is kept beside it",
      );
    }
  }
}

const nameOf = (domain: bigint, program: number): string => `${domain} ${program}`;

function textOf(all: ReadonlyMap<string, KnownLog>): string {
  const logs = [...all].map(([name, { point, earlier }]) => {
    const [domain, program] = name.split(" ");
    const { steps, log, inbox, authority, bound } = point;
    return {
      ...{ domain, program: Number(program), steps, log: `${log}`, inbox: inbox ?? null },
      authority: authority === undefined ? null : `${authority}`,
      bound: Object.fromEntries([...bound].sort(([a], [b]) => a - b).map(([each, key]) => [each, `${key}`])),
      earlier: earlier.map((each) => `${each}`),
    };
  });
  return `${JSON.stringify({ format: FORMAT, version: 1, logs }, null, 2)}\n`;
}

function parsed(path: string): Map<string, KnownLog> {
  const text = readSecretFile(path, "the file of what the key has signed, as sign --server makes it", MOST_BYTES);
  const members = new StrictObject(path, parseJson(path, text), MEMBERS);
  members.constant("format", FORMAT);
  members.constant("version", 1);
  const logs = new Map<string, KnownLog>();
  for (const [i, value] of members.list("logs").entries()) {
    const log = new StrictObject(`${path} logs[${i}]`, value, LOG_MEMBERS);
    const bound = new StrictObject(log.field("bound"), log.value("bound"), Object.keys(log.object("bound")));
    const keys = Object.keys(log.object("bound")).map((name) => [numberOf(bound, name), bound.word(name)] as const);
    const point = {
      ...{ steps: log.number("steps", BITS.seq), log: log.word("log"), bound: new Map(keys) },
      inbox: log.value("inbox") === null ? undefined : wholeNumber(log.field("inbox"), log.value("inbox"), 16),
      authority: log.value("authority") === null ? undefined : log.word("authority"),
    };
    if ((point.inbox ?? 0) > NO_INBOX) throw new InvalidInputError(log.field("inbox"), "is no inbox");
    const name = nameOf(log.word("domain"), log.number("program", BITS.program));
    logs.set(name, { point, earlier: log.words("earlier", MOST_EARLIER) });
  }
  requireCanonical(path, text, textOf(logs));
  return logs;
}

function numberOf(bound: StrictObject, name: string): number {
  const number = /^[1-9][0-9]{0,7}$/.test(name) ? Number(name) : 0;
  if (number > 0 && number < 2 ** BITS.program) return number;
  throw new InvalidInputError(bound.where, `${JSON.stringify(name)} is no program's number`);
}
