/**
 * What a published transition costs: eight full batches of `batch-256` in one call, with rows as a long run has them.
 * No circuit proves them: the key's secret is known, so its proofs say anything, and cost the registry what any proof
 * does.
 */
import { hexlify, randomBytes } from "ethers";
import soak from "../../examples/soak.ts";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { channelInputs } from "../../prover/batches/channelPoint.ts";
import { profileOf } from "../../prover/profiles.ts";
import { forgedKey, forgedProof, SOME_SECRETS } from "../../test/lib/forge.ts";
import { wordsOf } from "../../trace/commitment/channel.ts";
import { packSpan } from "../../trace/commitment/commit.ts";
import { packRows } from "../../trace/commitment/rowBytes.ts";
import { SLOTS } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { MOORED_GENESIS, mapOf } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { advance, type BatchSubmission } from "../../verifier/chain/advance.ts";
import { createMap, keyHash, MOORED_LAG, type Registry } from "../../verifier/chain/registry.ts";

const PROFILE = profileOf("batch-256");
/** The registry writes a head's words for the first time with the first. */
const BATCHES = 9;
/** A label of a kind is 32 bits; what its issuer has made has ids from so many times its number. */
const LABELS = 2n ** 32n;

/** What was measured. */
export interface Published {
  /** Of the call, by transition. */
  readonly gas: number;
  readonly transitions: number;
  /** Of the published rows, by transition. */
  readonly bytes: number;
}

/** @param now the chain's time */
export async function measurePublished(registry: Registry, now: number): Promise<Published> {
  const key = forgedKey(SOME_SECRETS);
  const { mapId, domain } = await createMap(registry, {
    ...{ salt: hexlify(randomBytes(32)), genesisRoot: mapOf(MOORED_GENESIS).root(), genesisTime: now - MOORED_LAG },
    ...{ maxLag: MOORED_LAG, dataPolicy: "chain", verifiers: [{ profile: PROFILE.name, key }] },
    mooring: { exitKey: key, cellKey: key },
  });
  const groups = await groupsOfSoak();
  const batches = [...batchesOf(groups, PROFILE)].slice(0, BATCHES).map(({ transitions }) => transitions);
  const [first, last] = [batches[0]?.[0]?.at ?? 0, batches.at(-1)?.at(-1)?.at ?? 0];
  const later = now - 60 - last;
  if (last - first > MOORED_LAG / 2) throw new Error("the measured run takes longer than a map's lag");
  let preRoot = mapOf(MOORED_GENESIS).root();
  const submissions = batches.map((transitions, i): BatchSubmission => {
    const rows = transitions.map((each) => moved(each, later));
    const [begin, end] = [rows[0] as Transition, rows.at(-1) as Transition];
    const times = { notBefore: begin.at, until: end.at };
    const span = { firstSeq: begin.seq, count: rows.length, ...times, moored: true };
    const drawn = { preRoot, postRoot: BigInt(i + 1), traceRoot: 1n, span: packSpan(span), domain };
    const statement = { ...drawn, ...channelInputs(drawn, span, rows) };
    preRoot = statement.postRoot;
    const words = rows.map((row) => wordsOf(row, span.notBefore));
    const proof = forgedProof(SOME_SECRETS, Object.values(statement));
    return { ...statement, keyHash: keyHash(key), rows: packRows(words), proof };
  });
  await advance(registry, mapId, submissions.slice(0, 1));
  const measured = submissions.slice(1);
  const { gasUsed } = await advance(registry, mapId, measured);
  const transitions = batches.slice(1).flat().length;
  const bytes = measured.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0);
  return { gas: Math.round(Number(gasUsed) / transitions), transitions, bytes: bytes / transitions };
}

/** Enough of it. */
class Enough extends Error {}

/** The first groups of a workshop's run. */
async function groupsOfSoak(): Promise<Transition[][]> {
  const groups: Transition[][] = [];
  let rows = 0;
  const onGroup = (group: readonly Transition[]): void => {
    if (rows >= BATCHES * PROFILE.rows) throw new Enough();
    groups.push([...group]);
    rows += group.length;
  };
  try {
    await runScenario(soak, { profiles: [PROFILE], onGroup });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return groups;
}

/**
 * A row of a map that is not moored, as a moored map would have it: program 1 is the chain there, so every program has
 * the next number.
 */
function moved(row: Transition, later: number): Transition {
  const next = (at: number): number => (at === 0 ? 0 : at + SLOTS);
  const { resource, kind, argument } = row;
  return {
    ...{ ...row, at: row.at + later, actor: row.actor + 1, peer: row.peer === 0 ? 0 : row.peer + 1 },
    ...{ source: next(row.source), destination: next(row.destination), authority: next(row.authority) },
    ...{ resource: resource === 0n ? 0n : resource + LABELS, kind: kind === 0n ? 0n : kind + LABELS },
    argument: argument.scope === undefined ? argument : { ...argument, scope: next(argument.scope) },
  };
}
