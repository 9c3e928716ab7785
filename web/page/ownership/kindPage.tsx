/** One kind: how much of it there is, and who has it. */
import type { KindView } from "../../work/history/ownership.ts";
import { usePage } from "../frame/run.ts";
import { ProgramLink, transitionsHref } from "./links.tsx";
import { Part, useSome } from "./parts.tsx";
import { changedBy, ResourceTable } from "./tables.tsx";

export function KindPage({ view }: { view: KindView }) {
  const { kind, holders, resources, moment } = view;
  const { route } = usePage();
  const [some, more] = useSome(holders);
  return (
    <>
      <header class="subject">
        <h2>
          <bdi>{kind.name}</bdi> <span class="soft">kind {kind.kind}</span>
        </h2>
        <p>
          {kind.pieces === 0 ? (
            "There is none at this moment."
          ) : (
            <>
              There are{" "}
              <strong>
                <bdi>{kind.amount}</bdi>
              </strong>{" "}
              at this moment
              {kind.quantity !== null && (kind.pieces === 1 ? ", in one piece" : `, in ${kind.pieces} pieces`)}.
            </>
          )}
        </p>
        <p>
          <a href={transitionsHref(route, "kinds", kind.kind)}>All transitions of this kind</a>
        </p>
      </header>
      <Part title="Who has it" size={holders.length}>
        <ul class="holders">
          {some.map(({ program, sum, share }) => (
            <li key={program.program}>
              <span class="holder">
                <ProgramLink of={program} />
              </span>
              <span class="bar" aria-hidden="true">
                {share !== null && <span style={{ width: `${Math.max(0.5, share * 100)}%` }} />}
              </span>
              <span class="holder-amount">
                <strong>
                  <bdi>{sum.amount}</bdi>
                </strong>
                {share !== null && <span class="soft"> {percent(share)}</span>}
              </span>
            </li>
          ))}
        </ul>
        {more}
        <p class="soft">What is in escrow counts where it lies.</p>
      </Part>
      <Part title="Resources" size={resources.length}>
        <ResourceTable resources={resources} changed={changedBy(moment.did)} />
      </Part>
    </>
  );
}

function percent(share: number): string {
  const text = (share * 100).toFixed(1).replace(/\.0$/, "");
  return text === "0" ? "under 0.1 %" : `${text} %`;
}
