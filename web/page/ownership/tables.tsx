/** Tables of resources, escrows, capabilities, watches and entry points. On a narrow screen a row becomes a card. */
import type { CapabilityReport, WatchReport } from "../../../trace/query/index.ts";
import type { ToldCapability, ToldEntry, ToldResource, ToldWatch } from "../../work/history/told.ts";
import { timeText } from "../frame/timeText.ts";
import { Words } from "../frame/words.tsx";
import {
  CapabilityLink,
  KindLink,
  Place,
  ProgramLink,
  ResourceLink,
  Slot,
  TransitionLink,
  WatchLink,
} from "./links.tsx";
import { Cell, Table, useSome } from "./parts.tsx";

export function ResourceTable({ resources, changed }: { resources: readonly ToldResource[]; changed: Changed }) {
  const [some, more] = useSome(resources);
  return (
    <>
      <Table head={["What", "Where", "Resource"]}>
        {some.map(({ report, amount }) => (
          <tr key={report.resource} class={changed.has(report.resource) ? "changed" : undefined}>
            <Cell of="What">
              <KindLink kind={report.kind.kind}>
                <bdi>{amount}</bdi>
              </KindLink>
              <ChangedHere is={changed.has(report.resource)} />
            </Cell>
            <Cell of="Where">
              <Place of={report} />
            </Cell>
            <Cell of="Resource">
              <ResourceLink id={report.resource}>
                <span class="mono">{report.resource}</span>
              </ResourceLink>
            </Cell>
          </tr>
        ))}
      </Table>
      {more}
    </>
  );
}

/** Ids of the resources that the moment's transition changed. */
export type Changed = ReadonlySet<string>;

export function ChangedHere({ is }: { is: boolean }) {
  return is ? <span class="changed-here">◂ changed now</span> : null;
}

export function EscrowTable({ escrows, changed }: { escrows: readonly ToldResource[]; changed: Changed }) {
  const [some, more] = useSome(escrows);
  return (
    <>
      <Table head={["What", "From", "Held in", "Until", "Who may do what"]}>
        {some.map(({ report, amount, rights }) => (
          <tr key={report.resource} class={changed.has(report.resource) ? "changed" : undefined}>
            <Cell of="What">
              <ResourceLink id={report.resource}>
                <bdi>{amount}</bdi>
              </ResourceLink>
              <ChangedHere is={changed.has(report.resource)} />
            </Cell>
            <Cell of="From">{report.escrow !== null && <ProgramLink of={report.escrow.from} />}</Cell>
            <Cell of="Held in">
              <Slot of={report.slot} />
            </Cell>
            <Cell of="Until">
              <Until at={report.escrow?.deadline ?? null} never="no deadline" />
            </Cell>
            <Cell of="Who may do what">
              <Rights rights={rights} now={(report.escrow?.rights ?? []).map(({ now }) => now)} />
            </Cell>
          </tr>
        ))}
      </Table>
      {more}
    </>
  );
}

/** Rights in words; those that hold now have a sign. */
export function Rights({ rights, now }: { rights: readonly string[]; now: readonly boolean[] }) {
  return (
    <ul class="rights">
      {rights.map((words, i) => (
        <li key={words} class={now[i] ? "now" : "soft"}>
          <span aria-hidden="true">{now[i] ? "▸ " : "▹ "}</span>
          <bdi>{words}</bdi>
        </li>
      ))}
    </ul>
  );
}

export function Until({ at, never }: { at: number | null; never: string }) {
  return at === null ? <span class="soft">{never}</span> : <span class="when">{timeText(at)}</span>;
}

const STATUS_SIGNS: Readonly<Record<CapabilityReport["status"] | WatchReport["status"], string>> = {
  ...{ live: "●", ended: "◌", cut: "✂", revoked: "✕" },
  ...{ armed: "◎", fired: "◉", spent: "◌", removed: "✕" },
};

const STATUS_WORDS: Readonly<Record<keyof typeof STATUS_SIGNS, string>> = {
  ...{ live: "can be used", ended: "its time is over", cut: "its parent was revoked", revoked: "was revoked" },
  ...{ armed: "armed, it waits", fired: "fired", spent: "fired, its trigger applied", removed: "was removed" },
};

export function Status({ status }: { status: keyof typeof STATUS_SIGNS }) {
  return (
    <span class={`status ${status}`}>
      <span aria-hidden="true">{STATUS_SIGNS[status]}&#xfe0e;</span> {STATUS_WORDS[status]}
    </span>
  );
}

export function CapabilityTable({ capabilities }: { capabilities: readonly ToldCapability[] }) {
  const [some, more] = useSome(capabilities);
  return (
    <>
      <Table head={["Who", "May", "Where", "Until", "Status", "Capability"]}>
        {some.map(({ report }) => (
          <tr key={report.slot.address} class={report.status === "live" ? undefined : "over"}>
            <Cell of="Who">
              <ProgramLink of={report.grantee} />
            </Cell>
            <Cell of="May">{report.rights.length === 0 ? "nothing" : report.rights.join(", ")}</Cell>
            <Cell of="Where">
              <Scope of={report} />
            </Cell>
            <Cell of="Until">
              <Until at={report.expiry} never="for ever" />
            </Cell>
            <Cell of="Status">
              <Status status={report.status} />
            </Cell>
            <Cell of="Capability">
              <CapabilityLink of={report} />
              <span class="soft">
                {" "}
                by <ProgramLink of={report.slot.program} />
              </span>
            </Cell>
          </tr>
        ))}
      </Table>
      {more}
    </>
  );
}

/** What a capability is for. */
export function Scope({ of: { scope, root, subject } }: { of: CapabilityReport }) {
  return (
    <>
      {scope !== null ? (
        <Slot of={scope} />
      ) : root !== null ? (
        <>
          every slot of <ProgramLink of={root} />
        </>
      ) : (
        "every slot that its line covers"
      )}
      {subject !== null && (
        <>
          , <ResourceLink id={subject} /> only
        </>
      )}
    </>
  );
}

export function WatchTable({ watches }: { watches: readonly ToldWatch[] }) {
  const [some, more] = useSome(watches);
  return (
    <>
      <Table head={["Owner", "Watched slot", "For", "Status", "Watch"]}>
        {some.map(({ report, condition }) => (
          <tr key={report.slot.address}>
            <Cell of="Owner">
              <ProgramLink of={report.slot.program} />
            </Cell>
            <Cell of="Watched slot">
              <Slot of={report.target} />
            </Cell>
            <Cell of="For">
              <bdi>{condition}</bdi>
            </Cell>
            <Cell of="Status">
              <Status status={report.status} />
              {report.fired !== null && (
                <>
                  {" "}
                  in{" "}
                  <TransitionLink seq={report.applied ?? report.fired}>{report.applied ?? report.fired}</TransitionLink>
                </>
              )}
            </Cell>
            <Cell of="Watch">
              <WatchLink of={report} />
            </Cell>
          </tr>
        ))}
      </Table>
      {more}
    </>
  );
}

export function EntryTable({ entries }: { entries: readonly ToldEntry[] }) {
  return (
    <ul class="plain">
      {entries.map(({ report, words }) => (
        <li key={report.slot.address}>
          <Words text={words} />
        </li>
      ))}
    </ul>
  );
}

/** The resources that the moment's transition changed. */
export function changedBy(did: { changes: readonly { resource: string }[] } | null | undefined): Changed {
  return new Set((did?.changes ?? []).map(({ resource }) => resource));
}
