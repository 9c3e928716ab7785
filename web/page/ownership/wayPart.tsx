/** A resource's way as a picture beside a list: each row is a transition, each lane a resource. */
import { useState } from "preact/hooks";
import type { LifeChange, Way, WayStep } from "../../work/history/way.ts";
import { hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { Place, ProgramLink, ResourceLink, Slot, TransitionLink } from "./links.tsx";
import { type LaneCell, type Line, layoutOf, signOf, type WayRow } from "./wayLayout.ts";

/** Widths in pixels. */
const LANE = 20;
const MIDDLE = 18;

export function WayPart({ way }: { way: Way }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const { lanes, rows } = layoutOf(way, opened);
  const others = way.lives.length - 1;
  const since = way.lives.find((life) => life.resource === way.resource)?.from ?? 0;
  return (
    <section class="part">
      <h3>
        Its way <span class="count">{way.steps.length + (way.left?.count ?? 0)}</span>
      </h3>
      <p class="soft">
        {others === 0
          ? "From its beginning to this moment. It was never split or merged."
          : `From its beginning to this moment, with the ${others === 1 ? "other resource" : `${others} other resources`} that it was split off, split into or merged with.`}
      </p>
      <Legend />
      <ol class="way">
        {rows.map((row) =>
          row.sort === "step" ? (
            <StepRow key={row.step.seq} row={row} lanes={lanes} focal={way.resource} since={since} />
          ) : (
            <li key={`fold-${row.first}`} class="way-row fold">
              <Lanes row={row} lanes={lanes} focal={way.resource} />
              <div class="way-text">
                {row.opens ? (
                  <button type="button" onClick={() => setOpened(new Set([...opened, row.first]))}>
                    Show {row.count} more steps, {row.first} to {row.last}
                  </button>
                ) : (
                  <span class="soft">
                    {row.count} more steps between {row.first} and {row.last} are left out here
                  </span>
                )}
              </div>
            </li>
          ),
        )}
        <Ends way={way} lanes={lanes} />
      </ol>
    </section>
  );
}

/** The last row: where all of it is at the moment. */
function Ends({ way: { ends, resource }, lanes }: { way: Way; lanes: number }) {
  return (
    <li class="way-row ends">
      <div class="way-lanes" style={{ width: `${lanes * LANE + 6}px` }} />
      <div class="way-text">
        <p class="way-head">{ends.length === 0 ? "Nothing of it is left at this moment." : "At this moment"}</p>
        {ends.map(({ report, amount }) => (
          <p key={report.resource} class="way-change">
            <strong>
              <bdi>{amount}</bdi>
            </strong>{" "}
            in <Place of={report} />
            {report.resource !== resource && (
              <>
                , <ResourceLink id={report.resource} />
              </>
            )}
          </p>
        ))}
      </div>
    </li>
  );
}

interface StepRowProps {
  readonly row: WayRow & { sort: "step" };
  readonly lanes: number;
  /** The resource that was asked for, and the transition that made it. */
  readonly focal: string;
  readonly since: number;
}

function StepRow({ row, lanes, focal, since }: StepRowProps) {
  const { route } = usePage();
  const { step } = row;
  // Before the asked resource was made, the moment is looked at with the one that was there.
  const there = step.seq >= since;
  const own = step.changes.toSorted((a, b) => Number(b.resource === focal) - Number(a.resource === focal));
  return (
    <li class="way-row">
      <Lanes row={row} lanes={lanes} focal={focal} />
      <div class="way-text">
        <p class="way-head">
          <TransitionLink seq={step.seq}>{step.seq === 0 ? "genesis" : `${step.seq}. ${step.effect}`}</TransitionLink>
          {step.actor !== null && (
            <>
              {" "}
              by <ProgramLink of={step.actor} />
            </>
          )}
          {step.seq > 0 && (
            <>
              {" "}
              <span class="soft when">{timeText(step.at)}</span>
            </>
          )}{" "}
          <a class="way-moment" href={hrefOf(route, { at: step.seq, resource: there ? focal : own[0]?.resource })}>
            <span aria-hidden="true">◂ </span>look at this moment
          </a>
        </p>
        {own.map((change) => (
          <p key={change.resource} class="way-change">
            <Changing change={change} step={step} alone={own.length === 1 && change.resource === focal} />
          </p>
        ))}
        <Beside step={step} />
      </div>
    </li>
  );
}

/** What happened to one resource in a step. */
function Changing({ change, step, alone }: { change: LifeChange; step: WayStep; alone: boolean }) {
  const { from, to, resource } = change;
  const what = alone ? null : (
    <>
      <ResourceLink id={resource} />:{" "}
    </>
  );
  switch (signOf(change)) {
    case "made":
      return (
        <>
          {what}
          <strong>
            <bdi>{to?.amount}</bdi>
          </strong>{" "}
          {step.join === null ? (step.seq === 0 ? "lie in" : "issued into") : "split off into"}{" "}
          {to !== null && <Place of={to.report} />}
        </>
      );
    case "gone":
      return (
        <>
          {what}
          <bdi>{from?.amount}</bdi> {step.join === null ? "destroyed in" : "merged, out of"}{" "}
          {from !== null && <Place of={from.report} />}
        </>
      );
    case "changed":
      return (
        <>
          {what}
          <bdi>{from?.amount}</bdi> →{" "}
          <strong>
            <bdi>{to?.amount}</bdi>
          </strong>{" "}
          in {to !== null && <Place of={to.report} />}
        </>
      );
    default:
      return (
        <>
          {what}
          {from !== null && from.report.slot.address !== to?.report.slot.address && (
            <span class="soft">
              <Slot of={from.report.slot} /> →{" "}
            </span>
          )}
          {from?.report.escrow != null && to?.report.escrow === null && "owned outright in "}
          {to !== null && <Place of={to.report} />}
        </>
      );
  }
}

/** The other resource of a split or merge, if it has no lane here. */
function Beside({ step: { join, changes } }: { step: WayStep }) {
  if (join === null) return null;
  const here = new Set(changes.map(({ resource }) => resource));
  const other = [join.from, join.to].find((id) => !here.has(id));
  if (other === undefined) return null;
  return (
    <p class="way-change soft">
      {other === join.from ? "from" : "to"} <ResourceLink id={other} />, which has a way of its own
    </p>
  );
}

function Lanes({ row, lanes, focal }: { row: WayRow; lanes: number; focal: string }) {
  const width = lanes * LANE + 6;
  const x = (lane: number): number => lane * LANE + LANE / 2 + 3;
  return (
    <div class="way-lanes" style={{ width: `${width}px` }}>
      <svg width={width} height="100%" aria-hidden="true" focusable="false">
        {row.cells.map((cell) => (
          <LaneLines
            key={cell.resource}
            cell={cell}
            x={x(cell.lane)}
            own={cell.resource === focal}
            fold={row.sort === "fold"}
          />
        ))}
        {row.sort === "step" && row.join !== null && (
          <line class="way-join" x1={x(row.join.from)} y1={MIDDLE} x2={x(row.join.to)} y2={MIDDLE} />
        )}
        {row.cells.map((cell) => (
          <LaneSign key={cell.resource} cell={cell} x={x(cell.lane)} own={cell.resource === focal} />
        ))}
      </svg>
    </div>
  );
}

function LaneLines({ cell, x, own, fold }: { cell: LaneCell; x: number; own: boolean; fold: boolean }) {
  const name = (line: Line): string => `way-line ${fold ? "folded" : line}${own ? " own" : ""}`;
  return (
    <>
      {cell.above !== null && <line class={name(cell.above)} x1={x} y1={-1} x2={x} y2={MIDDLE} />}
      {cell.below !== null && <line class={name(cell.below)} x1={x} y1={MIDDLE} x2={x} y2="100%" />}
    </>
  );
}

function LaneSign({ cell: { sign }, x, own }: { cell: LaneCell; x: number; own: boolean }) {
  const name = `way-sign${own ? " own" : ""}`;
  switch (sign) {
    case null:
      return null;
    case "made":
      return <circle class={`${name} full`} cx={x} cy={MIDDLE} r={6} />;
    case "gone":
      return <path class={`${name} cross`} d={`M${x - 5} ${MIDDLE - 5}l10 10m0 -10l-10 10`} />;
    case "escrowed":
      return <path class={name} d={`M${x} ${MIDDLE - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z`} />;
    case "changed":
      return <rect class={name} x={x - 5} y={MIDDLE - 5} width={10} height={10} rx={1} />;
    default:
      return <circle class={name} cx={x} cy={MIDDLE} r={5} />;
  }
}

const LEGEND = [
  ["made", "made"],
  ["moved", "moved"],
  ["escrowed", "put in escrow"],
  ["changed", "split or merged"],
  ["gone", "gone"],
] as const;

function Legend() {
  return (
    <ul class="way-legend" aria-label="Signs">
      {LEGEND.map(([sign, words]) => (
        <li key={sign}>
          <svg width={20} height={36} aria-hidden="true" focusable="false">
            <LaneSign cell={{ lane: 0, resource: "", above: null, below: null, sign }} x={10} own={false} />
          </svg>
          {words}
        </li>
      ))}
      <li>
        <svg width={24} height={36} aria-hidden="true" focusable="false">
          <line class="way-line escrow" x1={0} y1={MIDDLE} x2={24} y2={MIDDLE} />
        </svg>
        in escrow
      </li>
    </ul>
  );
}
