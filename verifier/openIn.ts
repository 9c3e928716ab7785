/** What a certificate leaves open. */
import type { Checker } from "./certificate/checker.ts";

/** Signals of the circuit's file that no line knows or names. */
export function openIn({ circuit, facts, named }: Checker): number[] {
  const all = Array.from({ length: circuit.signals - 1 }, (_, i) => i + 1);
  return all.filter((signal) => !facts.knows(signal) && named.get(signal)?.sort !== "free");
}
