/** Signs at a server: shows what is computed from the server's answers, and signs exactly what it showed. */
import { MapClient } from "../../service/client/mapClient.ts";
import { prepareSigning, type WireSigning } from "../../service/client/signing.ts";
import { Names, NO_NAMES, programText, quoted, time } from "../../trace/describe/names.ts";
import { differenceText, misnamed, type NamesInUse, namesInUse, type OwnNames } from "../../trace/describe/ownNames.ts";
import { programNumber } from "../../trace/describe/programNumber.ts";
import { linesOf, selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { BITS } from "../../trace/layout.ts";
import { factsOf } from "../../trace/machine/rowFacts.ts";
import { count, pairs, plural } from "./output.ts";
import { keepSignedLog, readSignedLogs } from "./signedLogs.ts";

/** Where to sign, for whom, and with which key. */
export interface WireSignOptions {
  readonly server: string;
  /** The program's number, or its name. */
  readonly program: string;
  readonly secret: Uint8Array;
  /** The file of what the key has signed. */
  readonly logs: string;
  readonly names?: OwnNames | undefined;
  readonly domain?: bigint | undefined;
  readonly validUntil?: number | undefined;
  /** Whether a log may be signed that has lost what was signed last. */
  readonly rewound?: boolean | undefined;
}

/** What would be signed, in words and as data. */
export interface WireShown {
  readonly signing: WireSigning;
  readonly who: string;
  readonly lines: string[];
  readonly facts: object;
  readonly triggers: TriggerFacts;
}

/**
 * Finds what the program is to sign, shows it, and signs it if `agree` says yes. Does not ask if there is nothing to
 * sign.
 * @throws InvalidInputError, RefusedError as `prepareSigning`; EnvironmentError if the server does not answer
 */
export async function signWire(
  options: WireSignOptions,
  agree: (shown: WireShown) => Promise<boolean>,
): Promise<WireShown & { agreed: boolean }> {
  const { server, program, secret, logs, domain, validUntil, rewound } = options;
  const told = await new MapClient(server).names();
  const names = { ...namesInUse({ ...NO_NAMES, ...told }, options.names) };
  if (!names.own) names.from = "the server";
  const number = programNumber(program, names.tables, 2 ** BITS.program - 1);
  // The key signs the request that hands a signature in, too. Its domain is compared before.
  const client = new MapClient(server, { program: number, secret });
  const known = readSignedLogs(logs);
  const signing = await prepareSigning(client, {
    ...{ program: `${number}`, secret, names: names.tables, rewound: rewound === true },
    ...(domain !== undefined && { domain }),
    ...(validUntil !== undefined && { validUntil }),
    known: (of) => known.find((each) => each.domain === of && each.program === number)?.known,
  });
  const shown = shownOf(signing, names);
  const { report } = signing;
  const nothing = report.signed.length === 0;
  const agreed = nothing || (await agree(shown));
  if (agreed && !nothing) {
    // One by one: what is handed in is kept, whatever becomes of the next one.
    for await (const kept of signing.sign())
      keepSignedLog(logs, { domain: report.domain, program: report.program, known: kept });
  }
  return { ...shown, agreed };
}

function shownOf(signing: WireSigning, used: NamesInUse): WireShown {
  const { report, triggers } = signing;
  const names = new Names(used.tables);
  const rows = report.signed.flatMap(({ effects }) => effects.map(({ row }) => row));
  const lines = report.signed.length === 0 ? [] : beforeBatches(signing, used);
  for (const { firstSeq, lastSeq, validUntil, effects } of report.signed) {
    const whole = effects.some(({ row }) => row.actor !== report.program) ? ", with their whole groups" : "";
    lines.push(
      `batch ${firstSeq}..${lastSeq}, to be proven with times until ${time(validUntil)}: effects of ` +
        `${names.program(report.program)}${whole}`,
    );
    for (const { seq, at, group, row } of effects) {
      const place = `${time(at)}${group === 0 ? "" : `, group ${group}`}, as the server numbers it`;
      lines.push(`  ${seq}. ${row.effect}  (${place})`, ...linesOf(row, names, triggers).map((line) => `     ${line}`));
    }
  }
  const signed = report.signed.map((batch) => ({
    ...batch,
    effects: batch.effects.map(({ row, ...place }) => ({
      ...place,
      asks: linesOf(row, names, triggers),
      row: factsOf(row),
    })),
  }));
  const who = programText(names.ref(report.program));
  return { signing, who, lines, facts: { ...report, signed }, triggers: triggerFacts(rows, triggers) };
}

/** What the signatures are bound to, and where names come from. */
function beforeBatches({ report, triggers }: WireSigning, used: NamesInUse): string[] {
  const { chain, genesisRoot, domain, url, signed, rewound } = report;
  const place =
    chain === undefined
      ? "of a run without a map on a chain"
      : `of map ${chain.mapId}, chain ${chain.chainId}, registry ${chain.registry}`;
  const rows = signed.flatMap(({ effects }) => effects.map(({ row }) => row));
  const from = used.own ? `your file ${quoted(used.from)}` : `${url}, as its operator chose them`;
  return [
    `signed for: the run that begins with the root ${genesisRoot}, domain ${domain}, ${place}`,
    "computed here, from the genesis and the effects that the server shows: the log covers these effects and no others",
    ...(rewound
      ? ["THE LOG THAT WAS SIGNED LAST IS NOT IN THIS MAP ANY MORE: what is below follows on an earlier one"]
      : []),
    `names come from ${from}; a signature covers only the numbers beside them`,
    ...used.differences.map((difference) => `  - ${differenceText(difference)}`),
    ...misnamed(selectorsIn(rows, triggers), used.tables).map((wrong) => `  - ${used.from} ${wrong}`),
  ];
}

/** The result in sentences. @param agreed whether the signatures were handed in */
export function wireSummary({ signing, who }: WireShown, agreed: boolean): string[] {
  const { signed, otherKeys, authority } = signing.report;
  return [
    signed.length === 0
      ? `nothing is to be signed for ${who}`
      : `${count(signed.length, "batch")} ${agreed ? "signed" : "NOT signed"} for ${who}`,
    ...(otherKeys === 0 ? [] : [`${count(otherKeys, "batch")} ${plural(otherKeys, "needs")} another key of ${who}`]),
    ...pairs([["authority", authority]]),
  ];
}
