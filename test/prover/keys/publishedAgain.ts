/** Published keys, made again from their circuits. */
import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { makePublished, publishedPath, publishedText } from "../../../prover/keys/published.ts";
import { NAMED_CIRCUITS, type NamedCircuit } from "../../../prover/profiles.ts";

/** Most rows of a batch whose circuit is compiled in a minute or two. Those of 256 and 768 take many. */
const MOST_ROWS = 64;
const isSmall = (circuit: NamedCircuit): boolean => !("rows" in circuit) || circuit.rows <= MOST_ROWS;

/** Circuits that other long tests compile, too. */
export const SMALL = NAMED_CIRCUITS.filter(isSmall);
export const LARGE = NAMED_CIRCUITS.filter((circuit) => !isSmall(circuit));

/** The circuit is compiled, and the file has its verification key. */
export async function expectPublished(circuit: NamedCircuit): Promise<void> {
  expect(publishedText(await makePublished(circuit))).toBe(await readFile(publishedPath(circuit), "utf8"));
}
