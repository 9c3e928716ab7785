/** What a transaction has done, from the events of its receipt. */
import type { Result } from "ethers";
import { oddAnswer } from "../ask.ts";
import { type RegistryCall, receiptOf } from "../calls.ts";
import { type Outcome, outcome, type Registry, registryAbi } from "../contract.ts";

/**
 * Sends a call, and reads the event that tells its result.
 * @throws ChainRefusal; EnvironmentError if the receipt lacks the event
 */
export async function told<T>(
  registry: Registry,
  call: RegistryCall,
  event: string,
  read: (args: Result) => T,
): Promise<T & Outcome> {
  const receipt = await receiptOf(registry, call);
  const abi = await registryAbi();
  const topic = abi.getEvent(event)?.topicHash;
  const log = receipt.logs.find(({ address, topics }) => address === registry.address && topics[0] === topic);
  const parsed = log === undefined ? null : abi.parseLog(log);
  if (parsed === null) throw oddAnswer(`receipt of ${receipt.hash}: it lacks the event ${event}`);
  return { ...read(parsed.args), ...outcome(receipt) };
}
