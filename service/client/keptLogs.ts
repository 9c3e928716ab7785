/** What a key has signed, in a file beside the key: where the next signing goes on, and for which maps it signed. */
import { existsSync, readFileSync } from "node:fs";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS } from "../../trace/layout.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { parseFreeJson, StrictObject } from "../../trace/run/strictJson.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { toJson } from "../wire/json.ts";
import type { KnownLog } from "./signing.ts";

const FORMAT = "time-bandits-signed";
const MOST = 10_000;

interface Entry extends KnownLog {
  readonly domain: bigint;
  readonly program: number;
}

/** The logs that a key has signed. */
export class KeptLogs {
  readonly path: string;
  #entries: readonly Entry[];

  /** @throws InvalidInputError if the file is damaged: without it, signing begins at the beginning */
  constructor(keyFile: string) {
    this.path = `${keyFile}.signed`;
    this.#entries = existsSync(this.path) ? parse(this.path, readFileSync(this.path, "utf8")) : [];
  }

  /** The domains that the key has signed for. */
  get domains(): bigint[] {
    return [...new Set(this.#entries.map(({ domain }) => domain))];
  }

  /** What was signed last for a program of a map. */
  of(domain: bigint, program: number): KnownLog | undefined {
    return this.#entries.find((one) => one.domain === domain && one.program === program);
  }

  /** Keeps what was signed now. @throws EnvironmentError if the file cannot be written */
  keep(domain: bigint, program: number, known: KnownLog): void {
    const others = this.#entries.filter((one) => one.domain !== domain || one.program !== program);
    this.#entries = [...others, { domain, program, ...known }];
    try {
      writeWhole(this.path, `${textOf(this.#entries)}\n`, { mode: 0o600 });
    } catch (error) {
      throw unwritable(this.path, error, "the signatures are handed in; keep the key in a folder of yours");
    }
  }
}

function textOf(entries: readonly Entry[]): string {
  const logs = entries.map(({ domain, program, point, earlier }) => {
    const { steps, log, bound, inbox = null, keyed } = point;
    return { domain, program, steps, log, inbox, keyed, bound: Object.fromEntries(bound), earlier };
  });
  return toJson({ format: FORMAT, version: 1, logs });
}

function parse(path: string, text: string): Entry[] {
  const members = new StrictObject(path, parseFreeJson(path, text), ["format", "version", "logs"]);
  members.constant("format", FORMAT);
  members.constant("version", 1);
  return members.list("logs").map((json, i) => {
    const keys = ["domain", "program", "steps", "log", "inbox", "keyed", "bound", "earlier"];
    const entry = new StrictObject(`${members.field("logs")}[${i}]`, json, keys);
    const keyed = entry.value("keyed");
    if (typeof keyed !== "boolean") throw new InvalidInputError(entry.field("keyed"), "is neither true nor false");
    const bound = Object.keys(entry.object("bound"));
    const keysOf = new StrictObject(entry.field("bound"), entry.object("bound"), bound);
    const inbox = entry.value("inbox") === null ? undefined : entry.number("inbox", BITS.inbox);
    const point = {
      ...{ steps: entry.number("steps", BITS.steps), log: entry.word("log"), inbox, keyed },
      bound: new Map(bound.map((program) => [Number(program), keysOf.word(program)] as const)),
    };
    const { domain, program } = { domain: entry.word("domain"), program: entry.number("program", BITS.program) };
    return { domain, program, point, earlier: entry.words("earlier", MOST) };
  });
}
