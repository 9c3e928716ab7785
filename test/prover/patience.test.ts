/** A node that does not answer is asked again, for a while. */
import { expect, test } from "vitest";
import { Patience, type PatienceOptions, StoppedError } from "../../prover/recording/patience.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { AskFailure } from "../../trace/import/node/ask.ts";

const away = () => Promise.reject(new AskFailure("again", "no Ethereum node answers at http://here"));

async function patience(options: Partial<PatienceOptions> = {}) {
  const heard: (string | null)[] = [];
  const patient = new Patience({ patienceMs: 100, backoffMs: 1, onAway: (why) => heard.push(why), ...options });
  await patient.ask(async () => 1);
  return { patient, heard };
}

test("the answer after some failures is given, and both are told", async () => {
  const { patient, heard } = await patience();
  let tries = 0;
  expect(await patient.ask(() => (++tries < 4 ? away() : Promise.resolve(7)))).toBe(7);
  expect(heard).toEqual([...Array.from({ length: 3 }, () => "no Ethereum node answers at http://here"), null]);
});

test("a node that is away too long ends it, with its name", async () => {
  const { patient } = await patience({ patienceMs: 20 });
  await expect(patient.ask(away)).rejects.toMatchObject({ code: "rpc", exitCode: 3 });
  await expect(patient.ask(away)).rejects.toThrow(/^no Ethereum node answers at http:\/\/here; no answer for/);
});

test("a node that never answered, and one that refuses, end it at once", async () => {
  await expect(new Patience({ patienceMs: 1e6, backoffMs: 1e6 }).ask(away)).rejects.toThrow(AskFailure);
  const { patient } = await patience({ backoffMs: 1e6 });
  const refusal = new EnvironmentError("rpc", "the node refuses eth_chainId");
  await expect(patient.ask(() => Promise.reject(refusal))).rejects.toBe(refusal);
});

test("a signal ends the wait at once", async () => {
  const stop = new AbortController();
  const { patient } = await patience({ patienceMs: 1e6, backoffMs: 1e6, signal: stop.signal });
  setTimeout(() => stop.abort(), 5);
  await expect(patient.ask(away)).rejects.toThrow(StoppedError);
  await expect(patient.orStopped(new Promise(() => undefined))).rejects.toThrow(StoppedError);
});
