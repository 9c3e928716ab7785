/** Colours of the causal view, read from the page's style, so that dark and light follow it. */
import { SORTS } from "./sorts.ts";

/** Colours as the canvas takes them. */
export interface Look {
  readonly ground: string;
  readonly raised: string;
  readonly sunken: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly open: string;
  /** By number of the sort. */
  readonly sorts: readonly string[];
  /** Ink on the colour of a sort. */
  readonly onSort: string;
  readonly font: string;
  readonly mono: string;
}

/** Reads the colours that hold now. The element lends its place in the page, and keeps nothing of it. */
export function lookOf(element: HTMLElement): Look {
  const probe = document.createElement("span");
  element.parentElement?.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const look: Look = {
    ground: colour("--ground"),
    raised: colour("--raised"),
    sunken: colour("--sunken"),
    ink: colour("--ink"),
    soft: colour("--ink-soft"),
    line: colour("--line"),
    accent: colour("--accent"),
    good: colour("--good"),
    bad: colour("--bad"),
    open: colour("--open"),
    sorts: SORTS.map((sort) => colour(`--sort-${sort}`)),
    onSort: colour("--on-sort"),
    font: getComputedStyle(probe).fontFamily,
    mono: getComputedStyle(element).getPropertyValue("--mono"),
  };
  probe.remove();
  return look;
}
