/** One program: everything that it holds, gave, and may do. */
import { CHAIN_AUTHORITY } from "../../../trace/layout.ts";
import type { ProgramView } from "../../work/history/ownership.ts";
import { usePage } from "../frame/run.ts";
import { programName, TransitionLink, transitionsHref } from "./links.tsx";
import { Signs } from "./overview.tsx";
import { KindChips, Missing, Part } from "./parts.tsx";
import { CapabilityTable, changedBy, EntryTable, EscrowTable, ResourceTable, WatchTable } from "./tables.tsx";

export function ProgramPage({ view }: { view: ProgramView }) {
  const { state, sums, owns, escrowsHeld, escrowsGiven, capabilitiesHeld, capabilitiesGiven } = view;
  const { route } = usePage();
  const changed = changedBy(view.moment.did);
  return (
    <>
      <header class="subject">
        <h2>
          <bdi>{programName(state)}</bdi> <span class="soft">program {state.program}</span>
        </h2>
        <Facts view={view} />
        <p>
          <a href={transitionsHref(route, "programs", state.program)}>All its transitions</a>
        </p>
      </header>
      <Part title="Owns" size={owns.length}>
        {sums.length < owns.length && <KindChips sums={sums} />}
        <ResourceTable resources={owns} changed={changed} />
      </Part>
      <Part title="In escrow here" size={escrowsHeld.length}>
        <EscrowTable escrows={escrowsHeld} changed={changed} />
      </Part>
      <Part title="Given in escrow" size={escrowsGiven.length}>
        <EscrowTable escrows={escrowsGiven} changed={changed} />
      </Part>
      <Part title="Rights held" size={capabilitiesHeld.length}>
        <CapabilityTable capabilities={capabilitiesHeld} />
      </Part>
      <Part title="Rights given" size={capabilitiesGiven.length}>
        <CapabilityTable capabilities={capabilitiesGiven} />
      </Part>
      <Part title="Entry points" size={view.entries.length}>
        <EntryTable entries={view.entries} />
      </Part>
      <Part title="Its watches" size={view.watches.length}>
        <WatchTable watches={view.watches} />
      </Part>
      <Part title="Watches of others on its slots" size={view.watchedBy.length}>
        <WatchTable watches={view.watchedBy} />
      </Part>
      <Missing
        of={[
          [owns.length, "It owns nothing at this moment."],
          [escrowsHeld.length, "Nobody has put anything in escrow here."],
          [escrowsGiven.length, "It has put nothing in escrow elsewhere."],
          [capabilitiesHeld.length, "Nobody has lent it a right."],
          [capabilitiesGiven.length, "It has lent nobody a right."],
          [view.entries.length, "Nobody can call it."],
          [view.watches.length, "It watches no slot."],
          [view.watchedBy.length, "Nobody watches its slots."],
        ]}
      />
    </>
  );
}

function Facts({ view: { state } }: { view: ProgramView }) {
  const { authority, inbox, steps, clock, made, address } = state;
  return (
    <dl class="facts">
      <Fact name="Signature">
        <Signs authority={authority} /> {authority === null ? "The operator of the map may act in its name." : null}
        {authority === CHAIN_AUTHORITY.toString() ? "The map's registry approves what it does." : null}
        {authority !== null && authority !== CHAIN_AUTHORITY.toString() ? <Key text={authority} /> : null}
      </Fact>
      {address !== undefined && (
        <Fact name="Address">
          <span class="mono">{address}</span>
        </Fact>
      )}
      <Fact name="Made">{made === 0 ? "in the genesis" : <TransitionLink seq={made} />}</Fact>
      <Fact name="Effects of its own">{steps}</Fact>
      <Fact name="Clock">{clock}</Fact>
      <Fact name="Deposits">{inbox === null ? "it takes none" : `from slot ${inbox} on`}</Fact>
    </dl>
  );
}

/** A long number that can be seen whole. */
function Key({ text }: { text: string }) {
  return (
    <details class="key">
      <summary>
        key <span class="mono">{text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text}</span>
      </summary>
      <span class="mono">{text}</span>
    </details>
  );
}

export function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
