/**
 * Whole runs to damage and to mix: a proven one, one from another genesis, and the first on another map. The proofs of
 * the others are made with the development key's secrets, so they are valid and cheap.
 */
import { join } from "node:path";
import { artifactsOf, type ProfileArtifacts } from "../../../prover/artifacts.ts";
import { openBatch } from "../../../prover/batches/batchInput.ts";
import { mapPlace } from "../../../prover/batches/mapIdentity.ts";
import { planOf } from "../../../prover/batches/plan.ts";
import { type Bundle, readBundles, writeBundle } from "../../../prover/bundles/bundle.ts";
import { publicSignals } from "../../../prover/bundles/checkBundle.ts";
import { PUBLIC_INPUTS, type PublicInputs } from "../../../trace/commitment/commit.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { saveManifest } from "../../../trace/run/runDirectory.ts";
import { recordLine, recordOf } from "../../../trace/run/traceLines.ts";
import type { Genesis } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { auditDirectory } from "../../../verifier/audit/audit.ts";
import { addProofs } from "../../lib/cachedProofs.ts";
import { developmentProof } from "../../lib/developmentProof.ts";
import { DIAGRAM } from "../../lib/diagram.ts";
import { PROFILE, USUAL_PROFILES } from "../../lib/profile.ts";

/** A run with its known content. */
export interface KnownRun {
  readonly dir: string;
  readonly bundles: readonly Bundle[];
  readonly genesisRoot: string;
  readonly domain: string;
  /** A line for each transition, as {@link linesOf} has them. */
  readonly lines: readonly string[];
  /** The statements of the bundles in order, as {@link statementText} has them. */
  readonly statements: readonly string[];
  /** The audit's story of each transition. */
  readonly stories: readonly string[];
}

export interface KnownRuns {
  readonly original: KnownRun;
  readonly others: readonly KnownRun[];
  readonly artifacts: ProfileArtifacts;
}

/** Transitions in the form of a trace. */
export function linesOf(groups: readonly (readonly Transition[])[]): string[] {
  return groups.flat().map((transition) => recordLine(recordOf(transition)));
}

/** A statement as one text. */
export function statementText(statement: PublicInputs): string {
  return PUBLIC_INPUTS.map((name) => statement[name]).join(" ");
}

/** A transition's story without the name of the bundle, which is random. */
export function storyText(story: { readonly bundle: string | null }): string {
  return JSON.stringify({ ...story, bundle: null });
}

/** A bundle with a valid proof of any statement. */
export function bundleOf({ circuit, key, profile }: ProfileArtifacts, statement: PublicInputs): Bundle {
  const proof = developmentProof(key.verificationKey, publicSignals(statement));
  return {
    profile: profile.name,
    circuit: circuit.hash,
    key: { hash: key.vkeyHash, kind: key.kind },
    statement,
    proof,
  };
}

const ON_CHAIN = {
  chainId: 31337n,
  registry: `0x${"1".repeat(40)}`,
  creator: `0x${"3".repeat(40)}`,
  salt: `0x${"4".repeat(64)}`,
};

/** Makes the runs below a folder. */
export async function makeKnownRuns(folder: string): Promise<KnownRuns> {
  const artifacts = await artifactsOf(PROFILE);
  const [original, genesis, domain] = ["original", "genesis", "domain"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await runScenario(DIAGRAM, { out: original, profiles: USUAL_PROFILES });
  await addProofs(original);
  await runScenario({ ...DIAGRAM, genesis: otherGenesis }, { out: genesis, profiles: USUAL_PROFILES });
  await runScenario(DIAGRAM, { out: domain, profiles: USUAL_PROFILES });
  const { manifest, trace } = replayDirectory(domain);
  saveManifest(domain, { ...manifest, chain: mapPlace(ON_CHAIN, trace.header.genesisRoot) });
  for (const dir of [genesis, domain]) await forgeBundles(dir, artifacts);
  return {
    original: await known(original),
    others: [await known(genesis), await known(domain)],
    artifacts,
  };
}

/** One Silver more: most lines of the trace are the same. */
function otherGenesis(): Genesis {
  const genesis = DIAGRAM.genesis();
  const cells = genesis.cells.map(({ address, cell }) =>
    cell.type === "resource" ? { address, cell: { ...cell, quantity: cell.quantity + 1n } } : { address, cell },
  );
  return { ...genesis, cells };
}

/** Puts bundles for all batches of a run into its directory, with valid and cheap proofs. */
export async function forgeBundles(dir: string, artifacts: ProfileArtifacts): Promise<void> {
  const { batches, map, domain } = await planOf(dir);
  for (const { transitions, profile } of batches) {
    const { statement } = openBatch(map, transitions, profile, domain);
    await writeBundle(dir, bundleOf(artifacts, statement));
  }
}

async function known(dir: string): Promise<KnownRun> {
  const report = await auditDirectory(dir);
  if (!report.ok) throw new Error(`a run to be damaged is not in order: ${report.problems[0]?.message}`);
  const bundles = (await readBundles(dir)).flatMap((entry) => ("bundle" in entry ? [entry.bundle] : []));
  const { groups } = replayDirectory(dir);
  return {
    dir,
    bundles,
    genesisRoot: report.roots.genesis ?? "",
    domain: bundles[0]?.statement.domain.toString() ?? "",
    lines: linesOf(groups),
    statements: bundles.map(({ statement }) => statementText(statement)),
    stories: report.transitions.map(storyText),
  };
}
