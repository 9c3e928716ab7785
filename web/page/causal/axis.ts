/** Ticks of both axes. */

/** A tick and its text. */
export interface Tick {
  /** In the axis' own unit. */
  readonly place: number;
  readonly text: string;
  /** The tick begins a day, or it is the first one. */
  readonly strong: boolean;
}

/** Steps between ticks of time, in seconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  1_209_600, 2_592_000, 7_776_000, 31_536_000,
];
const DAY = 86_400;

/** Ticks of numbers of transitions, at least `room` apart in the axis' unit. */
export function seqTicks(from: number, to: number, last: number, room: number): Tick[] {
  const step = Math.max(1, roundStep(room));
  const ticks: Tick[] = [];
  for (let at = Math.max(step === 1 ? 1 : 0, Math.ceil(from / step) * step); at <= Math.min(to, last); at += step)
    if (at >= 1) ticks.push({ place: at, text: at.toLocaleString("en"), strong: false });
  return ticks;
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= least) return factor * power;
  return 10 * power;
}

/**
 * Ticks of time in UTC.
 * @param origin seconds since 1970 at place 0
 */
export function timeTicks(from: number, to: number, origin: number, room: number): Tick[] {
  const step = STEPS.find((one) => one >= room) ?? roundStep(room / 31_536_000) * 31_536_000;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from + origin) / step) * step; at <= to + origin; at += step) {
    const day = at % DAY === 0 || step >= DAY;
    ticks.push({ place: at - origin, text: timeText(at, step), strong: day });
  }
  return ticks;
}

function timeText(at: number, step: number): string {
  const date = new Date(at * 1_000);
  if (Number.isNaN(date.getTime())) return `${at}`;
  const text = date.toISOString();
  if (step >= DAY || at % DAY === 0) return text.slice(0, 10);
  return step >= 60 ? text.slice(11, 16) : text.slice(11, 19);
}
