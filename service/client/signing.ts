/**
 * Signing over the wire: what a program's log at the end of a batch says is computed here, from the effects that the
 * server shows, and from the genesis. The key's holder sees those effects, and signs that log and no other.
 */

import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { localDomain } from "../../trace/commitment/commit.ts";
import { Names, type NameTables, NO_NAMES } from "../../trace/describe/names.ts";
import { programNumber } from "../../trace/describe/programNumber.ts";
import { lookUp, type TriggerRows } from "../../trace/effects/triggers.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { BITS } from "../../trace/layout.ts";
import { parseGenesis } from "../../trace/run/genesisFile.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { chainFrom } from "../../trace/run/manifest.ts";
import { givesUpItsKey, unsignableText } from "../../trace/signing/signable.ts";
import { type Genesis, mapOf } from "../../trace/state/genesis.ts";
import type { ToSignAnswer } from "./answers.ts";
import { beginningOf, type LogPoint, type ShownEffect, type WalkedGroup, walkLog, word } from "./logWalk.ts";
import type { MapClient } from "./mapClient.ts";

/** What a key's holder has signed for a map before. */
export interface KnownLog {
  /** The last log that was signed, and where it stands. */
  readonly point: LogPoint;
  /** Logs that were signed before it. */
  readonly earlier: readonly bigint[];
}

/** Whom to sign for, and how. */
export interface WireSigningOptions {
  /** The program's number, or its name among these names. */
  readonly program: string;
  readonly secret: Uint8Array;
  /** Names for `program` and for messages. */
  readonly names?: NameTables;
  /** The map's domain, if the holder knows it. A server of another map is refused. */
  readonly domain?: bigint;
  /** What was signed before for a program of the map with that domain. */
  readonly known?: (domain: bigint, program: number) => KnownLog | undefined;
  /**
   * Signs although the log that was signed last is not in the map any more: after the operator has withdrawn effects,
   * because another program did not sign.
   */
  readonly rewound?: boolean;
  /** Seconds since 1970; a week from now or from the batch's end by default. */
  readonly validUntil?: number;
  readonly now?: number;
}

/** A log to sign, with the effects that it confirms and no earlier one does. */
export interface WireBatch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly log: bigint;
  readonly until: number;
  readonly validUntil: number;
  readonly effects: readonly ShownEffect[];
}

/** What would be signed. */
export interface WireReport {
  readonly url: string;
  readonly program: number;
  readonly authority: bigint;
  readonly domain: bigint;
  readonly genesisRoot: bigint;
  readonly chain: ChainEntry | undefined;
  readonly signed: readonly WireBatch[];
  /** Batches that ask for another key of the program. */
  readonly otherKeys: number;
  /** Whether the log that was signed last is not in the map any more. */
  readonly rewound: boolean;
}

/** Signatures yet to be given. */
export interface WireSigning {
  readonly report: WireReport;
  readonly triggers: TriggerRows;
  /**
   * Signs what the report says, and hands it in.
   * @returns what is signed then, to be kept for the next time
   */
  sign(): Promise<KnownLog | undefined>;
}

const WEEK = 7 * 86_400;
/** How far the end of a batch may lie ahead of this clock. */
const AHEAD = 86_400;
/** Earlier logs that are kept. */
const MOST_EARLIER = 100;

/**
 * Finds what a program is to sign, and computes it again. Signs nothing.
 * @throws InvalidInputError if what the server shows does not lead to the log that it wants signed, or it is not the
 *   server of this map; RefusedError if the log would not say what it does
 */
export async function prepareSigning(client: MapClient, options: WireSigningOptions): Promise<WireSigning> {
  const { authorityOf } = await import("../../trace/signing/signature.ts");
  const authority = authorityOf(options.secret);
  const { genesis, genesisRoot, chain, domain } = await mapBehind(client, options.domain);
  const tables = options.names ?? NO_NAMES;
  const program = programNumber(options.program, tables, 2 ** BITS.program - 1);
  const asked = (await client.toSign(program)).filter((one) => one.program === program);
  const own = asked.filter((one) => word("toSign.authority", one.authority) === authority);
  const report = { url: client.transport.url, program, authority, domain, genesisRoot, chain };
  const otherKeys = asked.length - own.length;
  if (own.length === 0) {
    const nothing = { ...report, signed: [], otherKeys, rewound: false };
    return { report: nothing, triggers: lookUp(new Map()), sign: async () => undefined };
  }
  const known = options.known?.(domain, program);
  const walk = await walkTo(client, genesis, program, own, known);
  const { groups, triggers, start, rewound } = walk;
  if (rewound && options.rewound !== true) {
    throw new RefusedError(
      "log-signed",
      `the log that is to be signed does not go on from the one that was signed last, ${known?.point.log}; if the ` +
        "operator has withdrawn effects, look at what is there now and allow it: --rewound, at first with --dry-run",
    );
  }
  requireSignable(groups, program, new Names(tables));
  const batches = batchesOf(own, groups, start, options);
  requireKey(batches, authority);
  return {
    report: { ...report, signed: batches.map(({ batch }) => batch), otherKeys, rewound },
    triggers,
    async sign() {
      const { signLog } = await import("../../trace/signing/signature.ts");
      const logs = known === undefined ? [] : [...known.earlier, known.point.log];
      let point: LogPoint | undefined;
      for (const { batch, at } of batches) {
        const statement = { domain, program, log: batch.log, validUntil: batch.validUntil };
        const { key, r, s } = signLog(options.secret, statement);
        const points = { key: { x: key[0], y: key[1] }, r: { x: r[0], y: r[1] } };
        await client.handIn({ ...statement, lastSeq: batch.lastSeq, ...points, s });
        if (point !== undefined) logs.push(point.log);
        point = at;
      }
      return point === undefined ? undefined : { point, earlier: logs.slice(-MOST_EARLIER) };
    },
  };
}

interface MapBehind {
  genesis: Genesis;
  genesisRoot: bigint;
  chain: ChainEntry | undefined;
  domain: bigint;
}

/** The map that the server has, with its domain computed from the genesis. */
async function mapBehind(client: MapClient, wanted: bigint | undefined): Promise<MapBehind> {
  const answer = await client.genesis();
  const genesis = parseGenesis(answer.genesis);
  const genesisRoot = mapOf(genesis).root();
  const chain = answer.chain === null ? undefined : chainFrom("chain", answer.chain);
  // The names in the answer are not believed: they follow from creator, salt, chain and registry.
  const place = chain === undefined ? undefined : mapPlace(chain, genesisRoot);
  const domain = place?.domain ?? localDomain(genesisRoot);
  if (wanted !== undefined && wanted !== domain) {
    throw new InvalidInputError("domain", `is ${domain} at this server, not ${wanted}; it serves another map`);
  }
  const told = await client.transport.domain();
  if (told !== domain) {
    throw new InvalidInputError(
      "domain",
      `is ${told} by the server's word, but its genesis gives ${domain}; do not trust it`,
    );
  }
  return { genesis, genesisRoot, chain: place, domain };
}

interface Walk {
  groups: readonly WalkedGroup[];
  triggers: TriggerRows;
  /** Number of groups that were signed before. */
  start: { readonly groups: number; readonly point: LogPoint };
  rewound: boolean;
}

type ToSign = ToSignAnswer["toSign"][number];

/** Computes the log until all wanted ones are found: from the one signed last, or from the beginning. */
async function walkTo(
  client: MapClient,
  genesis: Genesis,
  program: number,
  wanted: readonly ToSign[],
  known: KnownLog | undefined,
): Promise<Walk> {
  const logs = wanted.map(({ log }) => word("toSign.log", log));
  const beginning = beginningOf(genesis, program);
  if (known !== undefined) {
    const answer = await client.logOf(program, known.point.steps);
    const walked = walkLog(genesis, program, known.point, answer);
    const reached = new Set([known.point.log, ...walked.groups.map(({ after }) => after.log)]);
    if (logs.every((log) => reached.has(log))) {
      // Whatever was signed before leads to all of them.
      return { ...walked, start: { groups: 0, point: known.point }, rewound: false };
    }
  }
  const walked = walkLog(genesis, program, beginning, await client.logOf(program));
  const all = walked.groups.map(({ after }) => after.log);
  const lost = logs.find((log) => !all.includes(log));
  if (lost !== undefined) {
    throw new InvalidInputError(
      "log",
      `${lost} is to be signed, but the effects that the server shows lead to ${all.at(-1) ?? 0n}: it hides, adds or ` +
        "changes effects; sign nothing, and ask its operator",
    );
  }
  // Everything is shown that no signed log before the first wanted one has.
  const first = Math.min(...logs.map((log) => all.lastIndexOf(log)));
  const signed = known === undefined ? [] : [known.point.log, ...[...known.earlier].reverse()];
  const last = signed.map((log) => all.lastIndexOf(log)).find((at) => at >= 0 && at <= first) ?? -1;
  const point = walked.groups[last]?.after ?? beginning;
  const rewound = known !== undefined && point.log !== known.point.log;
  return { ...walked, start: { groups: last + 1, point }, rewound };
}

/** @throws InvalidInputError if the log says that another key signs for a batch */
function requireKey(batches: readonly { signer: bigint | undefined; batch: WireBatch }[], authority: bigint): void {
  const other = batches.find(({ signer }) => signer !== undefined && signer !== authority);
  if (other === undefined) return;
  throw new InvalidInputError(
    "key",
    `has the authority ${authority}, but by genesis and log ${other.signer} signs up to transition ${other.batch.lastSeq}; ` +
      "the server asks the wrong key",
  );
}

/** @throws RefusedError if the program's log should not be signed */
function requireSignable(groups: readonly WalkedGroup[], program: number, names: Names): void {
  const rows = groups.flatMap(({ effects }) => effects.map(({ row }) => row));
  const opaque = givesUpItsKey(rows, program) ? undefined : groups.find((group) => group.opaque !== undefined)?.opaque;
  const unbound = [...new Set(groups.flatMap((group) => group.unbound))].sort((a, b) => a - b);
  const why = unsignableText(program, { opaque, unbound }, names);
  if (why !== null) throw new RefusedError("log-signed", why);
}

/** The logs to sign in their order, each with the effects after the one before it. */
function batchesOf(
  wanted: readonly ToSign[],
  groups: readonly WalkedGroup[],
  start: Walk["start"],
  options: WireSigningOptions,
): { batch: WireBatch; at: LogPoint; signer: bigint | undefined }[] {
  const found = wanted.map((one) => {
    const log = word("toSign.log", one.log);
    const index = groups.findLastIndex(({ after }) => after.log === log);
    return { one, log, index };
  });
  found.sort((a, b) => a.index - b.index || a.one.lastSeq - b.one.lastSeq);
  let shown = start.groups;
  return found.map(({ one, log, index }) => {
    const effects = groups.slice(shown, index + 1).flatMap((group) => group.effects);
    shown = Math.max(shown, index + 1);
    const { firstSeq, lastSeq, until } = one;
    const batch = { firstSeq, lastSeq, log, until, validUntil: validUntilOf(one, options), effects };
    const group = groups[index];
    return { batch, at: group?.after ?? start.point, signer: group?.signer };
  });
}

/** @throws InvalidInputError if the batch could not be proven with it, or the server asks for too much */
function validUntilOf({ until, lastSeq }: ToSign, { validUntil, now }: WireSigningOptions): number {
  const today = now ?? Math.floor(Date.now() / 1_000);
  if (!Number.isSafeInteger(until) || until < 0 || until >= 2 ** BITS.time) {
    throw new InvalidInputError("toSign.until", "is no time");
  }
  if (validUntil === undefined) {
    if (until > today + AHEAD) {
      throw new InvalidInputError(
        "validUntil",
        `the batch up to transition ${lastSeq} ends at ${until}, more than a day from now; give --valid-until to sign that`,
      );
    }
    return Math.min(Math.max(until, today) + WEEK, 2 ** BITS.time - 1);
  }
  if (validUntil >= until) return validUntil;
  throw new InvalidInputError(
    "validUntil",
    `${validUntil} is before transition ${lastSeq}, which is at ${until}; the batch could not be proven with it`,
  );
}
