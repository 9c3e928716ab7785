/** What the page knows of its checks, and what it says of a transition. */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { ChainCheck } from "./chainCheck.ts";

/** `good`: checked here. `bad`: checked here, and wrong. `open`: not checked, or not there. */
export type Verdict = "good" | "bad" | "open";

/** What is checked of a transition. */
export const CHECKS = ["replay", "proof", "signature", "chain"] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Mark {
  readonly verdict: Verdict;
  /** Why, in a sentence without its full stop. */
  readonly why: string;
}

export type Marks = Readonly<Record<CheckName, Mark>>;

/** What the page knows of its checks. */
export interface Checks {
  /** How far the check is, in words; null once it is over. */
  readonly running: { readonly text: string; readonly done: number; readonly of: number } | null;
  /** The audit's report; undefined until it is there. */
  readonly report: AuditReport | undefined;
  /** Why there is no report. */
  readonly problem: string | undefined;
  /** What the page's own replay shows; undefined until it is there. */
  readonly shown?: Shown | undefined;
  /** What a node said; undefined if none was asked. */
  readonly chain?: ChainCheck | undefined;
}

/** What the page's own replay shows. */
export interface Shown {
  /** Transitions that it shows. */
  readonly transitions: number;
  /** Why it goes no further, in a sentence; null if all is shown. */
  readonly stopped: string | null;
  /** Whose signature each transition needs, by seq − 1: see {@link NOBODY}. */
  readonly askers: Int32Array;
}

/** In place of a program that must sign: the actor is open, or a watch brought the transition about. */
export const OPEN_ACTOR = 0;
export const NOBODY = -1;
