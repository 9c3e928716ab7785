/** Signs for a server's map: shows everything first, and signs exactly what it showed. For the verb and its tests. */
import type { NamesAnswer } from "../../service/client/answers.ts";
import { MapClient } from "../../service/client/mapClient.ts";
import { SignedLogs } from "../../service/client/signedLogs.ts";
import { prepareSigning, type WireReport, type WireSigning } from "../../service/client/signing.ts";
import { type ClientOptions, ServerRefusal } from "../../service/client/transport.ts";
import { Names, NO_NAMES, quoted } from "../../trace/describe/names.ts";
import { differenceFrom, misnamed, type NamesInUse, namesInUse, type OwnNames } from "../../trace/describe/ownNames.ts";
import { programNumber } from "../../trace/describe/programNumber.ts";
import { linesOf, selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BITS } from "../../trace/layout.ts";
import { factsOf, type RowFacts } from "../../trace/machine/rowFacts.ts";
import { requestLines } from "../../verifier/audit/render.ts";
import { authorityLine, batchHead, effectsOf, namesFrom, signedCount, signedFor } from "./signText.ts";

/** Whom to sign for, and where. */
export interface WireOptions {
  readonly server: string;
  /** The program, by number or name. */
  readonly program: string;
  readonly secret: Uint8Array;
  /** Where it is kept what the key has signed. */
  readonly logs: string;
  readonly validUntil?: number | undefined;
  readonly names?: OwnNames | undefined;
  readonly rewound?: boolean | undefined;
  readonly domain?: bigint | undefined;
  readonly now?: number | undefined;
  /** How the server is reached; for tests. */
  readonly client?: Pick<ClientOptions, "fetch" | "now">;
}

/** An effect that a signature would confirm. */
export interface ToldEffect {
  readonly seq: number;
  readonly group: number;
  readonly at: number;
  readonly asks: readonly string[];
  readonly row: RowFacts;
}

/** The content of the signatures, in words and as data. */
export interface WireShown {
  readonly report: WireReport;
  readonly who: string;
  readonly lines: readonly string[];
  /** The effects of each batch of `report.signed`, in the same order. */
  readonly batches: readonly (readonly ToldEffect[])[];
  readonly triggers: TriggerFacts;
}

/**
 * Asks the server once, shows the effects to sign, and signs them if `agree` says yes. Does not ask if there is nothing
 * to sign.
 * @returns what was shown, and whether it was agreed to
 * @throws InvalidInputError, RefusedError as {@link prepareSigning}; ServerRefusal, EnvironmentError of the server
 */
export async function signWire(
  options: WireOptions,
  agree: (shown: WireShown) => Promise<boolean> = async () => true,
): Promise<WireShown & { agreed: boolean }> {
  const { secret, domain, validUntil, rewound, now } = options;
  const { client, program, names } = await readerOf(options);
  const logs = new SignedLogs(options.logs);
  const signing = await prepareSigning(client, {
    ...{ program: `${program}`, secret, names: names.tables },
    ...{ known: (of, whose) => logs.known(of, whose), rewound: rewound === true },
    ...(domain !== undefined && { domain }),
    ...(validUntil !== undefined && { validUntil }),
    ...(now !== undefined && { now }),
  });
  const shown = shownOf(signing, names);
  const nothing = shown.report.signed.length === 0;
  const agreed = nothing || (await agree(shown));
  if (agreed && !nothing) {
    const known = await signing.sign();
    if (known !== undefined) logs.keep(shown.report.domain, program, known);
  }
  return { ...shown, agreed };
}

/** A client that may read there. It signs its requests only if the server asks for that. */
async function readerOf(options: WireOptions) {
  const { server, secret, domain, names: own } = options;
  const asks = { ...options.client, ...(domain !== undefined && { domain }) };
  const open = new MapClient(server, asks);
  let theirs: NamesAnswer | undefined;
  try {
    theirs = await open.names();
  } catch (error) {
    if (!(error instanceof ServerRefusal && error.status === 401)) throw error;
  }
  const numberIn = (names: NamesInUse): number => programNumber(options.program, names.tables, 2 ** BITS.program - 1);
  if (theirs !== undefined) {
    const names = namesInUse(tablesFrom(theirs), own);
    return { client: open, program: numberIn(names), names };
  }
  const program = numberIn(namesInUse(NO_NAMES, own));
  const client = new MapClient(server, { ...asks, program, secret });
  return { client, program, names: namesInUse(tablesFrom(await client.names()), own) };
}

/** The server's names. They are foreign texts, and nothing but texts. */
function tablesFrom({ programs, kinds, functions, slots }: NamesAnswer): NamesAnswer {
  const tables = { programs, kinds, functions, slots };
  for (const [sort, table] of Object.entries(tables)) {
    const texts =
      typeof table === "object" && table !== null && Object.values(table).every((t) => typeof t === "string");
    if (!texts) throw new InvalidInputError(`names.${sort}`, "are no names; the server speaks another language");
  }
  return tables;
}

function shownOf({ report, triggers }: WireSigning, used: NamesInUse): WireShown {
  const names = new Names(used.tables);
  const who = names.program(report.program);
  const effects = report.signed.map((batch) => batch.effects);
  const rows = effects.flat().map(({ row }) => row);
  const batches = effects.map((all) =>
    all.map(({ seq, group, at, row }) => ({ seq, group, at, asks: linesOf(row, names, triggers), row })),
  );
  const lines = report.signed.length === 0 ? [] : [signedFor(report), ...nameLines(used, selectorsIn(rows, triggers))];
  if (report.rewound) {
    lines.push("REWOUND: the log does not go on from the one that was signed last; effects that it had may be gone");
  }
  for (const [i, batch] of report.signed.entries()) {
    const told = batches[i] ?? [];
    const whose = told.length === 0 ? "nothing that was not signed before" : undefined;
    const all = told.map(({ row }) => row);
    lines.push(
      batchHead(batch, whose ?? effectsOf(who, report.program, all)),
      ...told.flatMap((one) => requestLines({ ...one, effect: one.row.effect, bundle: "" })),
    );
  }
  const data = batches.map((all) => all.map(({ row, ...rest }) => ({ ...rest, row: factsOf(row) })));
  return { report, who, lines, batches: data, triggers: triggerFacts(rows, triggers) };
}

function nameLines(used: NamesInUse, selectors: Iterable<bigint>): string[] {
  const from = used.own ? `your file ${quoted(used.from)}` : "the server, as its operator chose them";
  return [
    namesFrom(from),
    ...used.differences.map((difference) => `  - ${differenceFrom("the server", difference)}`),
    ...misnamed(selectors, used.tables).map((wrong) => `  - ${used.own ? used.from : "the server"} ${wrong}`),
  ];
}

/** The result in sentences. @param agreed whether the signatures were handed in */
export function wireSummary({ report, who }: WireShown, agreed: boolean): string[] {
  const { signed, otherKeys, authority } = report;
  return [...signedCount({ signed: signed.length, otherKeys }, who, agreed), ...authorityLine(authority)];
}
