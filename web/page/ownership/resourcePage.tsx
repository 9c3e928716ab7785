/** One resource: where it lies, who can take it, and its way from its beginning to now. */
import type { ResourceView } from "../../work/history/ownership.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { CapabilityKey } from "./capabilityPage.tsx";
import { KindLink, Place, ProgramLink, ResourceLink, TransitionLink, transitionsHref } from "./links.tsx";
import { Fact } from "./programPage.tsx";
import { Rights } from "./tables.tsx";
import { WayPart } from "./wayPart.tsx";

export function ResourcePage({ view }: { view: ResourceView }) {
  const { resource, place, made, gone, way } = view;
  const { route } = usePage();
  const last = way.steps.flatMap(({ changes }) => changes.filter((one) => one.resource === resource)).at(-1);
  const shown = place ?? last?.from ?? null;
  return (
    <>
      <header class="subject">
        <h2>
          {shown === null ? "Resource" : <bdi>{shown.amount}</bdi>}{" "}
          <span class="soft">
            resource <span class="mono">{resource}</span>
          </span>
        </h2>
        <dl class="facts">
          <Fact name="Now">
            {place !== null ? (
              <Place of={place.report} />
            ) : gone === null ? (
              "not there"
            ) : (
              <Gone view={view} seq={gone} />
            )}
          </Fact>
          <Fact name="Made">{made === 0 ? "in the genesis" : <TransitionLink seq={made} />}</Fact>
          {shown !== null && (
            <Fact name="Kind">
              <KindLink kind={shown.report.kind.kind}>
                {shown.report.kind.unit ?? shown.report.kind.name ?? `kind ${shown.report.kind.kind}`}
              </KindLink>
            </Fact>
          )}
        </dl>
        <p>
          <a href={transitionsHref(route, "resources", resource)}>All its transitions</a>
        </p>
      </header>
      {place !== null && <WhoMayTakeIt view={view} />}
      <WayPart way={way} />
    </>
  );
}

function Gone({ view: { way, resource }, seq }: { view: ResourceView; seq: number }) {
  const join = way.steps.find((step) => step.seq === seq)?.join;
  return (
    <>
      gone since <TransitionLink seq={seq} />
      {join?.from === resource && (
        <>
          , merged into <ResourceLink id={join.to} />
        </>
      )}
    </>
  );
}

function WhoMayTakeIt({ view: { place, claimants } }: { view: ResourceView }) {
  if (place === null) return null;
  const { escrow, slot } = place.report;
  return (
    <section class="part">
      <h3>Who may take it now</h3>
      {escrow === null ? (
        <p>
          <ProgramLink of={slot.program} /> owns it outright.
        </p>
      ) : (
        <Rights rights={place.rights} now={escrow.rights.map(({ now }) => now)} />
      )}
      {claimants.length > 0 && (
        <ul class="rights">
          {claimants.map(({ program, capability, made, from, until }) => (
            <li key={capability.address} class={from === null ? "now" : "soft"}>
              <span aria-hidden="true">{from === null ? "▸ " : "▹ "}</span>
              <ProgramLink of={program} /> {from === null ? "may" : "may not yet"} claim it by{" "}
              <CapabilityKey made={made} slot={capability} />
              {from !== null && <>, from {timeText(from)} on</>}
              {until !== null && <>, until {timeText(until)}</>}
            </li>
          ))}
        </ul>
      )}
      {escrow === null && claimants.length === 0 && <p class="soft">No capability lets another program claim it.</p>}
    </section>
  );
}
