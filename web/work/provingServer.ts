/** What the page's server has for proving exits. A static host has nothing of it. */
import { PROVING, type ProvingFacts } from "../../prover/exits/provingFacts.ts";

const NOTHING =
  "this host has nothing to prove exits with; explore the run with your own installation " +
  "(timebandits setup --profile exit, then timebandits explore)";

let base = "";

/** @param address of the page, to which the paths belong. A worker that begins from a blob has none of its own */
export function provingFrom(address: string): void {
  base = address;
}

/** @throws Error with what to do if the server has none */
export async function provingFacts(): Promise<ProvingFacts> {
  const facts = (await (await asked("facts")).json().catch(() => undefined)) as Partial<ProvingFacts> | undefined;
  if (typeof facts?.circuit !== "object" || typeof facts.key !== "object") throw new Error(NOTHING);
  return facts as ProvingFacts;
}

/** A file's bytes. @throws Error with what to do if the server has none */
export async function bytesOf(which: "program" | "key"): Promise<Uint8Array> {
  return new Uint8Array(await (await asked(which)).arrayBuffer());
}

async function asked(which: keyof typeof PROVING): Promise<Response> {
  const response = await fetch(new URL(PROVING[which], base), { cache: "no-cache" });
  if (response.ok) return response;
  const told = (await response.json().catch(() => undefined)) as { error?: { message?: unknown } } | undefined;
  const message = told?.error?.message;
  throw new Error(typeof message === "string" ? message : NOTHING);
}
