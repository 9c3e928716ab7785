/** One program: everything that it holds, gave, and may do. */
import type { ProgramView } from "../../work/history/ownership.ts";
import { usePage } from "../frame/run.ts";
import { KindLink, programName, TransitionLink, transitionsHref } from "./links.tsx";
import { Signs } from "./overview.tsx";
import { CapabilityTable, changedBy, EntryTable, EscrowTable, Part, ResourceTable, WatchTable } from "./tables.tsx";

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
      <Part title="Owns" size={owns.length} none="It owns nothing at this moment.">
        {sums.length < owns.length && (
          <ul class="chips">
            {sums.map(({ kind, amount, pieces }) => (
              <li key={kind}>
                <KindLink kind={kind}>
                  <strong>
                    <bdi>{amount}</bdi>
                  </strong>{" "}
                  <span class="soft">in {pieces === 1 ? "one piece" : `${pieces} pieces`}</span>
                </KindLink>
              </li>
            ))}
          </ul>
        )}
        <ResourceTable resources={owns} changed={changed} />
      </Part>
      <Part title="In escrow here" size={escrowsHeld.length} none="Nobody has put anything in escrow here.">
        <EscrowTable escrows={escrowsHeld} changed={changed} />
      </Part>
      <Part title="Given in escrow" size={escrowsGiven.length} none="It has put nothing in escrow elsewhere.">
        <EscrowTable escrows={escrowsGiven} changed={changed} />
      </Part>
      <Part title="Rights held" size={capabilitiesHeld.length} none="Nobody has lent it a right.">
        <CapabilityTable capabilities={capabilitiesHeld} />
      </Part>
      <Part title="Rights given" size={capabilitiesGiven.length} none="It has lent nobody a right.">
        <CapabilityTable capabilities={capabilitiesGiven} />
      </Part>
      <Part title="Entry points" size={view.entries.length} none="Nobody can call it.">
        <EntryTable entries={view.entries} />
      </Part>
      <Part title="Its watches" size={view.watches.length} none="It watches no slot.">
        <WatchTable watches={view.watches} />
      </Part>
      <Part title="Watches of others on its slots" size={view.watchedBy.length} none="Nobody watches its slots.">
        <WatchTable watches={view.watchedBy} />
      </Part>
    </>
  );
}

function Facts({ view: { state } }: { view: ProgramView }) {
  const { authority, inbox, steps, clock, made, address } = state;
  return (
    <dl class="facts">
      <Fact name="Signature">
        <Signs authority={authority} />{" "}
        {authority === null ? "The operator of the map may act in its name." : <Key text={authority} />}
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
