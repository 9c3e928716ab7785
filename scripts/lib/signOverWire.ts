/** Signs over a server: shows everything first, and signs exactly what it showed. For the verb and its tests. */
import { KeptLogs } from "../../service/client/keptLogs.ts";
import { MapClient } from "../../service/client/mapClient.ts";
import { prepareSigning, type WireReport, type WireSigning } from "../../service/client/signing.ts";
import { Names, programText, time } from "../../trace/describe/names.ts";
import { differenceText, misnamed, namesInUse, type NamesInUse, type OwnNames } from "../../trace/describe/ownNames.ts";
import { linesOf, selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { meantProgram } from "../../trace/describe/programNumber.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { count, pairs, plural } from "./output.ts";

/** Whom to sign for, where, and how. */
export interface WireOptions {
  readonly url: string;
  readonly program: string;
  readonly keyFile: string;
  readonly secret: Uint8Array;
  readonly names?: OwnNames | undefined;
  readonly domain?: bigint | undefined;
  readonly rewound?: boolean | undefined;
  readonly validUntil?: number | undefined;
  /** Whether somebody looks at what is shown. A map that the key never signed for, beside others, needs that. */
  readonly looked: boolean;
  readonly fetch?: typeof fetch;
  readonly now?: number;
}

/** The content of the signatures, in words and as data. */
export interface WireShown {
  readonly report: WireReport;
  readonly name: string | null;
  readonly lines: readonly string[];
  readonly triggers: TriggerFacts;
}

/**
 * Computes what is to be signed, shows it, and signs it if `agree` says yes.
 * @throws InvalidInputError, RefusedError as {@link prepareSigning}
 */
export async function signOverWire(
  options: WireOptions,
  agree: (shown: WireShown) => Promise<boolean>,
): Promise<WireShown & { agreed: boolean }> {
  const { url, secret, keyFile } = options;
  const kept = new KeptLogs(keyFile);
  const reader = new MapClient(url, options.fetch === undefined ? {} : { fetch: options.fetch });
  const used = namesInUse(await reader.names().catch(() => NONE), options.names);
  const program = numberOf(options.program, used);
  const client = new MapClient(url, { program, secret, ...(options.fetch === undefined ? {} : { fetch: options.fetch }) });
  const signing = await prepareSigning(client, {
    ...{ program: `${program}`, secret, names: used.tables, known: (domain, of) => kept.of(domain, of) },
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    ...(options.validUntil === undefined ? {} : { validUntil: options.validUntil }),
    ...(options.now === undefined ? {} : { now: options.now }),
    rewound: options.rewound === true || options.looked,
  });
  const { report } = signing;
  const others = kept.domains.filter((domain) => domain !== report.domain);
  const isNew = report.signed.length > 0 && others.length > 0 && !kept.domains.includes(report.domain);
  if (isNew && !options.looked && options.domain === undefined) {
    throw new RefusedError(
      "log-signed",
      `the key has signed for the domain ${others.join(" and ")}, and never for ${report.domain}; if that is meant, give ` +
        `--domain ${report.domain}`,
    );
  }
  const shown: WireShown = {
    report,
    name: used.tables.programs[program] ?? null,
    lines: report.signed.length === 0 ? [] : linesFor(signing, used, isNew ? others : []),
    triggers: triggerFacts(effectsOf(report), signing.triggers),
  };
  const nothing = report.signed.length === 0;
  const agreed = nothing || (await agree(shown));
  if (agreed && !nothing) {
    const signed = await signing.sign();
    if (signed !== undefined) kept.keep(report.domain, program, signed);
  }
  return { ...shown, agreed };
}

const NONE = { programs: {}, kinds: {}, functions: {}, slots: {} };

function numberOf(asked: string, { tables }: NamesInUse): number {
  const number = meantProgram(asked, tables);
  if (number !== undefined) return number;
  throw new InvalidInputError("program", "is no name that is known here; give its number, or your names with --names");
}

function effectsOf({ signed }: WireReport) {
  return signed.flatMap(({ effects }) => effects.map(({ row }) => row));
}

function linesFor({ report, triggers }: WireSigning, used: NamesInUse, others: readonly bigint[]): string[] {
  const names = new Names(used.tables);
  const { chain, genesisRoot, domain, program, url } = report;
  const place =
    chain === undefined
      ? "of a run without a map on a chain"
      : `of map ${chain.mapId}, chain ${chain.chainId}, registry ${chain.registry}`;
  const from = used.own ? `your file ${used.from}` : "the server, as its operator chose them";
  const lines = [
    `signed for: the run that begins with the root ${genesisRoot}, domain ${domain}, ${place}`,
    ...(others.length === 0 ? [] : [`NEW MAP: until now this key has signed for the domain ${others.join(" and ")} only`]),
    ...(report.rewound ? ["TAKEN BACK: the log that you signed last is not in this map any more"] : []),
    `names come from ${from}; proofs cover only the numbers beside them`,
    ...used.differences.map((difference) => `  - ${differenceText(difference)}`),
    ...misnamed(selectorsIn(effectsOf(report), triggers), used.tables).map((wrong) => `  - ${used.from} ${wrong}`),
    `the log is computed here from the effects below; only their numbers, times and batches are what ${url} says`,
  ];
  for (const { firstSeq, lastSeq, validUntil, effects } of report.signed) {
    const whole = effects.some(({ row }) => row.actor !== program) ? ", with their whole groups" : "";
    const whose = effects.length === 0 ? "nothing that was not signed before" : `effects of ${names.program(program)}${whole}`;
    lines.push(`batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}: ${whose}`);
    for (const { seq, at, group, row } of effects) {
      lines.push(`  ${seq}. ${row.effect}  (${time(at)}${group === 0 ? "" : `, group ${group}`})`);
      lines.push(...linesOf(row, names, triggers).map((line) => `     ${line}`));
    }
  }
  return lines;
}

/** The result in sentences. @param agreed whether the signatures were handed in */
export function wireSummary({ report, name }: WireShown, agreed: boolean): string[] {
  const { signed, otherKeys, program, authority, domain } = report;
  const who = programText({ program, name });
  return [
    `${count(signed.length, "batch")} ${agreed ? "signed" : "NOT signed"} for ${who}`,
    ...(otherKeys === 0 ? [] : [`${count(otherKeys, "batch")} ${plural(otherKeys, "needs")} another key of ${who}`]),
    ...pairs([
      ["authority", authority],
      ["domain", domain],
    ]),
  ];
}
