/** Whether the program that a transition needs has signed for it. */
import { programText } from "../../../trace/describe/programRef.ts";
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { SignatureReport } from "../../../verifier/audit/signatures.ts";
import { type Replay, sentenceOf } from "./replayFault.ts";
import { FORGEABLE, type Standing } from "./signatureStanding.ts";
import { type Mark, NOBODY, OPEN_ACTOR } from "./state.ts";

/** A signature file that does not hold: its name tells whose it is, and where its batch ends. */
export interface BrokenSignature {
  readonly program: number;
  readonly lastSeq: number;
  readonly why: string;
}

/** A signature's name, as in `signatures/000002-0000000015.json`. */
const NAME = /^signatures\/0*(\d+)-0*(\d+)\.json$/;

export function unreadableSignatures({ problems }: AuditReport): BrokenSignature[] {
  return problems.flatMap((problem) => {
    const [, program, lastSeq] = problem.kind === "wrong" ? (NAME.exec(problem.where) ?? []) : [];
    if (program === undefined) return [];
    const why = `${problem.where}: ${sentenceOf(problem)}`;
    return [{ program: Number(program), lastSeq: Number(lastSeq), why }];
  });
}

/** What a mark of a signature is made from. */
export interface SignatureFacts {
  readonly replay: Replay;
  readonly broken: readonly BrokenSignature[];
  /** The signature that its program owes for its batch; undefined if no batch that was compared covers it. */
  readonly own: (SignatureReport & { readonly standing: Standing }) | undefined;
}

/** @param asker the program that must sign; 0: its actor is open; -1: a watch brought it about; undefined: not known */
export function signatureMark(seq: number, asker: number | undefined, facts: SignatureFacts): Mark {
  const open = (why: string): Mark => ({ verdict: "open", why });
  if (asker === undefined) return open("the page does not know who must sign it");
  if (asker === NOBODY)
    return open("nobody signs for it: it follows from the rules, or from a watch that was set before");
  if (asker === OPEN_ACTOR)
    return open("nobody signs: its program was open, so the operator of the map may act in its name");
  const { own } = facts;
  if (own === undefined) {
    return open(
      seq > facts.replay.replayed || !facts.replay.audited
        ? "signatures were not compared: the trace does not replay to the end of its batch"
        : "no batch covers it yet, so there is nothing to sign",
    );
  }
  const who = programText(own.signer);
  const broken = facts.broken.find(({ program, lastSeq }) => program === asker && lastSeq === own.lastSeq);
  if (broken !== undefined) return { verdict: "bad", why: broken.why };
  if (own.status === "missing") return open(`${who} has not signed it`);
  if (own.standing === "forgeable") return open(`signed by ${who}: ${FORGEABLE}`);
  const how = own.status === "proven" ? "the batch's proof covers the signature" : `${own.file} was verified here`;
  return { verdict: "good", why: `signed by ${who}: ${how}` };
}
