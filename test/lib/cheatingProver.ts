/**
 * A prover of knowledge that claims what is false. It computes as an honest one does, and changes one view of each
 * repetition, so that the hash comes out as claimed. Of the three pairs that may be opened, the two show nothing of it
 * in which that view is not computed again: no cheating passes a repetition more often.
 */
import { randomBytes } from "node:crypto";
import { announcement, type HashClaim, statementOf } from "../../trace/crossing/lock/knowledge/proof.ts";
import { productsOf, type Shares, sharedHash } from "../../trace/crossing/lock/knowledge/shares.ts";
import { bytesOf, challengesOf, commitmentOf, SEED, tapeOf } from "../../trace/crossing/lock/knowledge/tape.ts";
import { FIELD } from "../../trace/layout.ts";
import { constantsOf } from "../../trace/poseidon/constants.ts";
import { hash } from "../../trace/poseidon/index.ts";

const mod = (value: bigint): bigint => ((value % FIELD) + FIELD) % FIELD;

function inverse(value: bigint): bigint {
  let [result, square] = [1n, mod(value)];
  for (let rest = FIELD - 2n; rest > 0n; rest >>= 1n, square = mod(square * square))
    if (rest & 1n) result = mod(result * square);
  return result;
}

/**
 * A proof of one claim, true or false, with a secret that need not be behind it.
 * @param changed the party whose view is changed in each repetition
 */
export function cheatingProof(claim: HashClaim, secret: bigint, changed: readonly number[]): Uint8Array {
  const { capacity, known, digest } = claim;
  const inputs = known.length + 1;
  const products = productsOf(inputs);
  // The last product adds to the output what the last lane's factor in row 0 says.
  const factor = constantsOf(inputs).M[0]?.[inputs] ?? 0n;
  const missing = mod((digest - hash(capacity, [...known, secret])) * inverse(factor));
  const repetitions = changed.map((cheat) => {
    const seeds = [0, 1, 2].map(() => new Uint8Array(randomBytes(SEED)));
    const tapes = seeds.map((seed) => tapeOf(seed, products + 1));
    const word = (party: number, at: number): bigint => tapes[party]?.[at] ?? 0n;
    const last = mod(secret - word(0, 0) - word(1, 0));
    const views: bigint[][] = [[], [], []];
    const multiply = (x: Shares, y: Shares): Shares =>
      views.map((view, i) => {
        const j = (i + 1) % 3;
        const at = view.length + 1;
        const [xi, xj, yi, yj] = [x[i], x[j], y[i], y[j]] as [bigint, bigint, bigint, bigint];
        const share = xi * yi + xi * yj + xj * yi + word(i, at) - word(j, at);
        view.push(mod(share + (i === cheat && at === products ? missing : 0n)));
        return view.at(-1) as bigint;
      });
    const output = sharedHash({ first: 0, size: 3, multiply }, capacity, known, [word(0, 0), word(1, 0), last]);
    const commitments = views.map((view, i) => commitmentOf(seeds[i] as Uint8Array, i === 2 ? last : undefined, view));
    return { seeds, last, views, commitments, announced: announcement([output], commitments) };
  });
  const parts = [statementOf([claim], changed.length), ...repetitions.map(({ announced }) => announced)];
  const challenges = challengesOf(parts, changed.length);
  return Buffer.concat(
    repetitions.flatMap(({ seeds, last, views, commitments }, r) => {
      const e = challenges[r] as number;
      const [j, k] = [(e + 1) % 3, (e + 2) % 3];
      const opened = [seeds[e], seeds[j], bytesOf(k === 2 ? 0n : last), commitments[k]] as Uint8Array[];
      return [Uint8Array.of(e), ...opened, ...(views[j] ?? []).map(bytesOf)];
    }),
  );
}
