/** Progress of a run's batches: the valid bundles, and the signatures that the others have or lack. */
import { PUBLIC_INPUTS, type PublicInputs, packSpan } from "../../trace/commitment/commit.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import type { ProfileArtifacts } from "../artifacts.ts";
import type { StoredBundle } from "../bundles/bundle.ts";
import { checkBundle } from "../bundles/checkBundle.ts";
import type { OnProgress } from "../circuit/build.ts";
import type { Profile } from "../profiles.ts";
import { type MissingSignature, missingOf, type SignatureBook, wantedSignatures } from "../signing/signatures.ts";
import { type VerifyingArtifacts, verifyingArtifactsOf } from "../verifyingArtifacts.ts";
import type { Batch } from "./batcher.ts";
import { openBatch } from "./batchInput.ts";
import type { BatchPlan } from "./plan.ts";

/** Makes or finds a profile's circuit and keys. Called only for profiles with a bundle to check or a proof to make. */
export type ArtifactSource = (profile: Profile) => Promise<ProfileArtifacts>;

/** A span without its bit `moored`: the numbers and times of the transitions. */
export const placeOf = (span: bigint): bigint => span & ((1n << 128n) - 1n);

/** The span that a batch of these transitions has in its statement, without its bit `moored`. */
export function spanOf(transitions: readonly Transition[]): bigint {
  const [first, last] = [transitions[0], transitions.at(-1)];
  return packSpan({
    firstSeq: first?.seq ?? 0,
    count: transitions.length,
    notBefore: first?.at ?? 0,
    until: last?.at ?? 0,
    moored: false,
  });
}

/** The stored bundles that claim to prove this batch. */
export function bundlesFor(stored: readonly StoredBundle[], { transitions, profile }: Batch): StoredBundle[] {
  const span = spanOf(transitions);
  return stored.filter(
    (entry) =>
      "bundle" in entry && entry.bundle.profile === profile.name && placeOf(entry.bundle.statement.span) === span,
  );
}

/** Name of the first stored bundle that proves exactly this statement. */
export async function validBundle(
  stored: readonly StoredBundle[],
  statement: PublicInputs,
  profile: Profile,
  artifacts: (profile: Profile) => Promise<VerifyingArtifacts>,
): Promise<string | undefined> {
  for (const entry of stored) {
    if (!("bundle" in entry) || entry.bundle.profile !== profile.name) continue;
    if (PUBLIC_INPUTS.some((name) => entry.bundle.statement[name] !== statement[name])) continue;
    if ((await checkBundle(entry.bundle, await artifacts(profile))) === null) return entry.name;
  }
  return undefined;
}

/** A bundle that proves a batch. */
export interface ProvenBatch {
  name: string;
  /**
   * Whether it shows that all required signatures were given. A proof under a development key does not: the key's
   * secret is public, so anyone can forge proofs.
   */
  vouches: boolean;
}

/**
 * The valid bundles of a plan's batches. Verification keys are needed only if there is a bundle to check. Advances the
 * plan's map to the end.
 */
export async function validBundles(
  plan: Pick<BatchPlan, "batches" | "stored" | "map" | "domain">,
  onProgress?: OnProgress,
): Promise<Map<Batch, ProvenBatch>> {
  const found = new Map<Batch, ProvenBatch>();
  for (const batch of plan.batches) {
    const { statement } = openBatch(plan.map, batch.transitions, batch.profile, plan.domain);
    const artifacts = () => verifyingArtifactsOf(batch.profile, { onProgress });
    const name = await validBundle(bundlesFor(plan.stored, batch), statement, batch.profile, artifacts);
    if (name !== undefined) found.set(batch, { name, vouches: (await artifacts()).key.kind !== "development" });
  }
  return found;
}

/** The signatures that the batches from `index` on lack. Later batches that seem to be proven are left out. */
export function missingFrom(
  plan: { readonly batches: readonly Batch[]; readonly manifest: Pick<Manifest, "programs"> },
  index: number,
  stored: readonly StoredBundle[],
  book: SignatureBook,
): MissingSignature[] {
  return plan.batches.slice(index).flatMap((batch, i) => {
    if (i > 0 && bundlesFor(stored, batch).length > 0) return [];
    const { transitions } = batch;
    const until = transitions.at(-1)?.at ?? 0;
    const lacking = wantedSignatures(transitions).filter((wanted) => book(wanted, until) === undefined);
    return missingOf(lacking, transitions, plan.manifest.programs);
  });
}
