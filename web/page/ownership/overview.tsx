/** The whole state at a moment: what each program holds, open escrows, rights, watches. */

import { useState } from "preact/hooks";
import { CHAIN_AUTHORITY } from "../../../trace/layout.ts";
import type { Overview, ProgramCard, ToldMoment } from "../../work/history/ownership.ts";
import { KindLink, ProgramLink, programName, ResourceLink } from "./links.tsx";
import { KindChips, Missing, Part, useSome } from "./parts.tsx";
import { CapabilityTable, type Changed, ChangedHere, changedBy, EscrowTable, WatchTable } from "./tables.tsx";

export function OverviewPage({ overview }: { overview: Overview }) {
  const { moment, kinds, programs, escrows, capabilities, watches } = overview;
  const changed = changedBy(moment.did);
  const live = capabilities.filter(({ report }) => report.status === "live");
  const over = capabilities.filter(({ report }) => report.status !== "live");
  return (
    <>
      <Part title="All there is" size={kinds.length}>
        <KindChips sums={kinds} />
      </Part>
      <Programs programs={programs} moment={moment} changed={changed} />
      <Part title="Escrows open" size={escrows.length}>
        <EscrowTable escrows={escrows} changed={changed} />
      </Part>
      <Part title="Who may do what" size={live.length}>
        <CapabilityTable capabilities={live} />
      </Part>
      <Part title="Rights that are over" size={over.length}>
        <CapabilityTable capabilities={over} />
      </Part>
      <Part title="Watches" size={watches.length}>
        <WatchTable watches={watches} />
      </Part>
      <Missing
        of={[
          [kinds.length, "No resource exists at this moment."],
          [escrows.length, "Nothing is in escrow."],
          [live.length, "No capability can be used."],
          [watches.length, "Nobody watches a slot."],
        ]}
      />
    </>
  );
}

/** From this many programs on, there is a field to find one. */
const MANY = 12;

interface ProgramsProps {
  readonly programs: readonly ProgramCard[];
  readonly moment: ToldMoment;
  readonly changed: Changed;
}

function Programs({ programs, moment, changed }: ProgramsProps) {
  const [wanted, setWanted] = useState("");
  const low = wanted.trim().toLowerCase();
  const matching =
    low === ""
      ? programs
      : programs.filter(({ state }) => `${programName(state)} ${state.program}`.toLowerCase().includes(low));
  const [some, more] = useSome(matching, 60);
  const acting = new Set((moment.did?.programs ?? []).map(({ program }) => program));
  return (
    <Part title="Programs" size={programs.length}>
      {programs.length > MANY && (
        <label class="find">
          Find a program{" "}
          <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
      )}
      <div class="programs">
        {some.map((card) => (
          <Card key={card.state.program} card={card} acting={acting.has(card.state.program)} changed={changed} />
        ))}
      </div>
      {more}
    </Part>
  );
}

function Card({ card, acting, changed }: { card: ProgramCard; acting: boolean; changed: Changed }) {
  const { state, owns, sums, counts } = card;
  const whole = owns.length === counts.owns;
  return (
    <article class={acting ? "card program-card acting" : "card program-card"}>
      <header>
        <h4>
          <ProgramLink of={state} />
        </h4>
        <Signs authority={state.authority} />
      </header>
      {acting && <p class="acts">▸ takes part in this transition</p>}
      {counts.owns === 0 && <p class="soft none">owns nothing</p>}
      <ul class="holdings">
        {whole
          ? owns.map(({ report, amount }) => (
              <li key={report.resource}>
                <ResourceLink id={report.resource}>
                  <bdi>{amount}</bdi>
                </ResourceLink>
                <ChangedHere is={changed.has(report.resource)} />
                <span class="soft">slot {report.slot.slot}</span>
              </li>
            ))
          : sums.map(({ kind, amount, pieces }) => (
              <li key={kind}>
                <KindLink kind={kind}>
                  <bdi>{amount}</bdi>
                </KindLink>
                <span class="soft">{pieces === 1 ? "one piece" : `${pieces} pieces`}</span>
              </li>
            ))}
      </ul>
      <Counts counts={counts} />
    </article>
  );
}

/** Whether a key signs for the program. */
export function Signs({ authority }: { authority: string | null }) {
  if (authority === CHAIN_AUTHORITY.toString())
    return (
      <span class="tag" title="It stands for the chain: the map's registry approves what it does">
        ⚓ the chain
      </span>
    );
  return authority === null ? (
    <span class="tag" title="No key signs for it: the operator of the map may act in its name">
      ○ open
    </span>
  ) : (
    <span class="tag" title={`signs with the key ${authority}`}>
      ● signs
    </span>
  );
}

function Counts({ counts }: { counts: ProgramCard["counts"] }) {
  const said: [number, string][] = [
    [counts.escrowsHeld, "in escrow here"],
    [counts.escrowsGiven, "given in escrow"],
    [counts.capabilitiesHeld, counts.capabilitiesHeld === 1 ? "right held" : "rights held"],
    [counts.capabilitiesGiven, "lent"],
    [counts.entries, counts.entries === 1 ? "entry point" : "entry points"],
    [counts.watches, counts.watches === 1 ? "watch" : "watches"],
  ];
  const there = said.filter(([count]) => count > 0);
  if (there.length === 0) return null;
  return (
    <ul class="counts">
      {there.map(([count, what]) => (
        <li key={what}>
          <strong>{count}</strong> {what}
        </li>
      ))}
    </ul>
  );
}
