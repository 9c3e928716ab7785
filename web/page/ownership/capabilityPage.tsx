/** One capability: what it allows now, its line, what ends with it, and the transitions that used it. */
import type { SlotRef } from "../../../trace/query/refs.ts";
import type { CapabilityView } from "../../work/history/ownership.ts";
import type { ToldCapability } from "../../work/history/told.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { CapabilityLink, capabilityKey, ProgramLink, subjectHref, TransitionLink } from "./links.tsx";
import { Cell, Missing, Part, Table, useSome } from "./parts.tsx";
import { Fact } from "./programPage.tsx";
import { Scope, Status, Until } from "./tables.tsx";

export function CapabilityPage({ view }: { view: CapabilityView }) {
  const { capability, revoked, allows, descendants, uses } = view;
  const { report } = capability;
  const [someUses, more] = useSome(uses);
  return (
    <>
      <header class="subject">
        <h2>
          {report.rights.length === 0 ? "No right" : `The right to ${report.rights.join(" and ")}`}{" "}
          <span class="soft">capability {capabilityKey(report)}</span>
        </h2>
        <dl class="facts">
          <Fact name="Status">
            <Status status={report.status} />
            {revoked !== null && (
              <>
                {" "}
                in <TransitionLink seq={revoked} />
              </>
            )}
          </Fact>
          <Fact name="Held by">
            <ProgramLink of={report.grantee} />
          </Fact>
          <Fact name="For">
            <Scope of={report} />
          </Fact>
          <Fact name="Until">
            <Until at={report.expiry} never="for ever" />
          </Fact>
          <Fact name="Made">{report.made === 0 ? "in the genesis" : <TransitionLink seq={report.made} />}</Fact>
          <Fact name="Can be revoked by">
            <ProgramLink of={report.slot.program} />
          </Fact>
        </dl>
        <p class="soft">
          <bdi>{capability.words}</bdi>.
        </p>
      </header>
      <Chain view={view} />
      <section class="part">
        <h3>What it allows now {allows.length > 0 && <span class="count">{allows.length}</span>}</h3>
        {allows.length === 0 ? (
          <p class="soft none">Nothing, at this moment.</p>
        ) : (
          <ul class="rights">
            {allows.map(({ use, words }) => (
              <li key={words} class={use.from === null ? "now" : "soft"}>
                <span aria-hidden="true">{use.from === null ? "▸ " : "▹ "}</span>
                <Use of={use.resource} words={words} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="part">
        <h3>What revoking it would end</h3>
        <p>
          {descendants.length === 0
            ? "This capability alone: nothing is derived from it."
            : `This capability, and ${descendants.length === 1 ? "one" : descendants.length} derived from it:`}
        </p>
        <ul class="tree">
          {descendants.map((one) => (
            <li key={one.report.slot.address} data-depth={Math.min(one.depth, 8)}>
              <span aria-hidden="true">└ </span>
              <span class="unseen">{`depth ${one.depth}: `}</span>
              <CapabilityLink of={one.report} /> of <ProgramLink of={one.report.grantee} />,{" "}
              {one.report.rights.join(" and ")}, <Status status={one.report.status} />
            </li>
          ))}
        </ul>
      </section>
      <Part title="Uses" size={uses.length}>
        <Table head={["Transition", "Who", "When"]}>
          {someUses.map(({ seq, effect, actor, at }) => (
            <tr key={seq}>
              <Cell of="Transition">
                <TransitionLink seq={seq}>
                  {seq}. {effect}
                </TransitionLink>
              </Cell>
              <Cell of="Who">
                <ProgramLink of={actor} />
              </Cell>
              <Cell of="When">{timeText(at)}</Cell>
            </tr>
          ))}
        </Table>
        {more}
      </Part>
      <Missing of={[[uses.length, "No transition used it up to this moment."]]} />
    </>
  );
}

/** A use in words; a claim is a link to its resource. */
function Use({ of, words }: { of: string | null; words: string }) {
  const { route } = usePage();
  if (of === null) return <bdi>{words}</bdi>;
  return (
    <a href={subjectHref(route, "resource", of)}>
      <bdi>{words}</bdi>
    </a>
  );
}

/** Who lent to whom, from the first grantor on. */
function Chain({ view: { line, capability } }: { view: CapabilityView }) {
  const all = [...line, capability];
  const first = all[0];
  if (first === undefined) return null;
  return (
    <section class="part">
      <h3>Its line</h3>
      <ol class="chain">
        <li class="chain-link">
          <ProgramLink of={first.report.slot.program} />
          <span class="soft">{capability.report.status === "cut" ? "the first that is left" : "owns the slots"}</span>
        </li>
        {all.map((one, i) => (
          <Link key={one.report.slot.address} of={one} first={i === 0} last={i === all.length - 1} />
        ))}
      </ol>
    </section>
  );
}

function Link({ of: { report }, first, last }: { of: ToldCapability; first: boolean; last: boolean }) {
  return (
    <li class={last ? "chain-link last" : "chain-link"}>
      <span class="chain-arrow">
        <span aria-hidden="true">→ </span>
        {first ? "lends" : "lends on"} {last ? `capability ${capabilityKey(report)}` : <CapabilityLink of={report} />}{" "}
        to
      </span>
      <ProgramLink of={report.grantee} />
      <span class="soft">
        {report.rights.join(", ")}, {report.expiry === null ? "for ever" : `until ${timeText(report.expiry)}`}
      </span>
    </li>
  );
}

/** A link to a capability that is known by its slot alone. */
export function CapabilityKey({ made, slot }: { made: number; slot: SlotRef }) {
  const { route } = usePage();
  const key = capabilityKey({ made, slot });
  return <a href={subjectHref(route, "capability", key)}>capability {key}</a>;
}
