/** Transitions by their numbers, each a link that selects it in the same view. */
import { hrefOf } from "./route.ts";
import { usePage } from "./run.ts";

/** @param seqs 0 is the genesis */
export function TransitionLinks({ seqs }: { seqs: readonly number[] }) {
  const { route } = usePage();
  return (
    <>
      {seqs.map((seq, i) => (
        <span key={seq}>
          {i > 0 && ", "}
          {seq === 0 ? "the genesis" : <a href={hrefOf(route, { seq })}>{seq}</a>}
        </span>
      ))}
    </>
  );
}
