/** Links to everything that has a place: a program, a resource, a kind, a capability, a watch, a transition. */
import type { ComponentChildren } from "preact";
import type { CapabilityReport, ResourceReport, WatchReport } from "../../../trace/query/index.ts";
import type { SlotRef } from "../../../trace/query/refs.ts";
import { hrefOf, hrefTo, type Route } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";

/** A program as answers name it. */
type Program = SlotRef["program"];

/** What the ownership view can show; it shows one of them, or all of the state. */
export const SUBJECTS = ["watch", "capability", "resource", "program", "kind"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The address of a thing in the ownership view, at the moment that is shown. */
export function subjectHref(route: Route, subject?: Subject, which?: string | number): string {
  return hrefTo(route, { view: "ownership", ...(subject ? { [subject]: which } : {}) });
}

export function transitionHref(route: Route, seq: number): string {
  return hrefTo(route, { view: "transitions", seq });
}

/** The transitions that a filter lets pass. */
export function transitionsHref(
  route: Route,
  filter: "programs" | "resources" | "kinds",
  which: string | number,
): string {
  return hrefTo(route, { view: "transitions", [filter]: which });
}

/** The same place at another moment. */
export function momentHref(route: Route, at: number): string {
  return hrefOf(route, { at });
}

/** The program's name; its number if it has none. */
export function programName({ program, name, address }: Program): string {
  return name ?? address ?? `program ${program}`;
}

/** "A", with its number beside it: two programs can have one name. */
export function ProgramLink({ of }: { of: Program }) {
  const { route } = usePage();
  const named = of.name !== null || of.address !== undefined;
  return (
    <a class="program" href={subjectHref(route, "program", of.program)}>
      <bdi>{shortened(programName(of))}</bdi>
      {named && <small> ({of.program})</small>}
    </a>
  );
}

/** An address in a text that has little room. */
function shortened(name: string): string {
  return /^0x[0-9a-fA-F]{40}/.test(name) ? `${name.slice(0, 8)}…${name.slice(38)}` : name;
}

export function ResourceLink({ id, children }: { id: string; children?: ComponentChildren }) {
  const { route } = usePage();
  return <a href={subjectHref(route, "resource", id)}>{children ?? `resource ${id}`}</a>;
}

export function KindLink({ kind, children }: { kind: string; children: ComponentChildren }) {
  const { route } = usePage();
  return <a href={subjectHref(route, "kind", kind)}>{children}</a>;
}

/** A capability is called by the transition that made it; one of the genesis by its slot. */
export function capabilityKey({ made, slot }: Pick<CapabilityReport, "made" | "slot">): string {
  return made === 0 ? `${slot.program.program}:${slot.slot}` : `${made}`;
}

export function CapabilityLink({ of, children }: { of: CapabilityReport; children?: ComponentChildren }) {
  const { route } = usePage();
  const key = capabilityKey(of);
  return <a href={subjectHref(route, "capability", key)}>{children ?? `capability ${key}`}</a>;
}

export function WatchLink({ of, children }: { of: WatchReport; children?: ComponentChildren }) {
  const { route } = usePage();
  return <a href={subjectHref(route, "watch", of.set)}>{children ?? `watch ${of.set}`}</a>;
}

export function TransitionLink({ seq, children }: { seq: number; children?: ComponentChildren }) {
  const { route } = usePage();
  if (seq === 0) return <span>{children ?? "genesis"}</span>;
  return <a href={transitionHref(route, seq)}>{children ?? `transition ${seq}`}</a>;
}

/** "slot 16 (Silver) of A". */
export function Slot({ of }: { of: SlotRef }) {
  return (
    <span class="slot">
      slot {of.slot}
      {of.name !== null && (
        <>
          {" "}
          “<bdi>{of.name}</bdi>”
        </>
      )}{" "}
      of <ProgramLink of={of.program} />
    </span>
  );
}

/** Where a resource lies, and from whom if it is in escrow. */
export function Place({ of }: { of: ResourceReport }) {
  return (
    <>
      <Slot of={of.slot} />
      {of.escrow !== null && (
        <span class="in-escrow">
          , in escrow from <ProgramLink of={of.escrow.from} />
          {of.escrow.deadline !== null && <> until {timeText(of.escrow.deadline)}</>}
        </span>
      )}
    </>
  );
}
