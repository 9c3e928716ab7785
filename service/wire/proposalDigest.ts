/**
 * What an approval names: the SHA-256 of the proposal's one text. So whoever signs an approval has approved these effects,
 * and no others under the same id.
 */

/** A proposal as it travels. */
export interface ProposalJson {
  readonly id: string;
  readonly parts: readonly { readonly actor: number; readonly effect: object }[];
  readonly validUntil: number;
}

/**
 * The digest of a proposal, 64 hexadecimal digits.
 *
 * @example
 * const { proposal } = await client.proposal(id);
 * look(proposal);
 * await client.approve(proposal); // sends the digest of what was looked at
 */
export async function proposalDigest({ id, parts, validUntil }: ProposalJson): Promise<string> {
  const told = { id, parts: parts.map(({ actor, effect }) => ({ actor, effect: ordered(effect) })), validUntil };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(told)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The value with the members of every object in the order of their names: JSON has no order of its own. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, ordered(member)]),
  );
}
