/** Marks as signs with words beside them: the sign differs by shape, so that nothing depends on colour. */
import type { Mark, Verdict } from "./marks.ts";
import "./checks.css";

export const SIGNS: Readonly<Record<Verdict, string>> = { good: "✓", bad: "✗", open: "○" };

/** Words for readers who do not see the sign. */
const WORDS: Readonly<Record<Verdict, string>> = { good: "checked", bad: "wrong", open: "not checked" };

/** A sign with its word. */
export function Sign({ verdict, children }: { verdict: Verdict; children?: preact.ComponentChildren }) {
  return (
    <span class={`sign ${verdict}`} data-mark={verdict}>
      <span aria-hidden="true">{SIGNS[verdict]}</span>
      <span class="unseen">{WORDS[verdict]}: </span>
      <span class="sign-word">{children}</span>
    </span>
  );
}

/** What was checked, the sign, and why. */
export function MarkLine({ name, mark }: { name: string; mark: Mark }) {
  return (
    <li class="mark-line">
      <Sign verdict={mark.verdict}>{name}</Sign>
      <span class="soft">{mark.why}</span>
    </li>
  );
}
