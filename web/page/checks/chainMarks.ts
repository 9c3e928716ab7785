/** Whether the registry on the chain has accepted a transition's batch, by the node that was asked. */
import { batchName } from "../../../verifier/batchName.ts";
import { sentenceOf } from "./replayFault.ts";
import type { Checks, Mark } from "./state.ts";

export function chainMarks(seq: number, { chain, report }: Checks): Mark {
  const open = (why: string): Mark => ({ verdict: "open", why });
  if (chain === undefined) return open("no node was asked; give a node's URL under Trust");
  if (chain.failure !== null) return open(`the node gave no answer that can be used: ${chain.failure}`);
  if (chain.report === null) return open("the node is being asked");
  const { accepted, head } = chain.report;
  const found = accepted.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  if (found === undefined) {
    return open(
      seq > head.seq ? `not submitted yet: the head of the map on its chain is ${head.seq}` : "no event tells of it",
    );
  }
  const batches = (report?.batches ?? []).filter(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  const names = new Set(batches.map(({ bundle, ...range }) => batchName({ name: bundle, ...range })));
  const wrong = chain.problems.find(({ kind, where }) => kind === "wrong" && names.has(where));
  if (wrong !== undefined) return { verdict: "bad", why: sentenceOf(wrong) };
  if (batches.length === 0)
    return {
      verdict: "bad",
      why: `the registry accepted it in ${found.transaction}, but there is no bundle of it here`,
    };
  if (chain.code !== "same") return open("the registry's code is not of this version: it may accept anything");
  return { verdict: "good", why: `accepted by the registry in block ${found.block}, transaction ${found.transaction}` };
}
