/**
 * What an approval is bound to: the SHA-256 of a proposal's one text. The text is the JSON of the proposal as it is on
 * the wire (`id`, `numbering` if it has one, `parts` with `actor` and `effect`, `validUntil`), without spaces, the
 * members of every object in the order of their names.
 */
import type { Effect } from "../../trace/effects/effects.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { type EffectJson, effectToJson } from "./effectJson.ts";

/** A proposal as it is on the wire. */
export interface ProposalJson {
  readonly id: string;
  readonly parts: readonly { readonly actor: number; readonly effect: unknown }[];
  readonly validUntil: number;
  readonly numbering?: number | undefined;
}

/** A proposal as data for JSON. */
export function proposalToJson(proposal: {
  readonly id: string;
  readonly parts: readonly { readonly actor: number; readonly effect: Effect }[];
  readonly validUntil: number;
  readonly numbering?: number | undefined;
}): { id: string; parts: { actor: number; effect: EffectJson }[]; validUntil: number; numbering?: number } {
  const { id, parts, validUntil, numbering } = proposal;
  const written = parts.map(({ actor, effect }) => ({ actor, effect: effectToJson(effect) }));
  return { id, parts: written, validUntil, ...(numbering !== undefined && { numbering }) };
}

/** The proposal's one text. @throws InvalidInputError if it holds what no JSON holds */
export function proposalText({ id, parts, validUntil, numbering }: ProposalJson): string {
  const given = numbering === undefined ? {} : { numbering };
  return ordered({ id, parts: parts.map(({ actor, effect }) => ({ actor, effect })), validUntil, ...given });
}

/**
 * The SHA-256 of the proposal's text, as 64 hexadecimal digits.
 *
 *     const digest = await proposalDigest(report.proposal);
 */
export async function proposalDigest(proposal: ProposalJson): Promise<string> {
  const bytes = new TextEncoder().encode(proposalText(proposal));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join()}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${ordered(member)}`).join()}}`;
  }
  const text = typeof value === "bigint" ? undefined : JSON.stringify(value);
  if (text === undefined) throw new InvalidInputError("proposal", `holds a ${typeof value}; give it as on the wire`);
  return text;
}
