/** What this page checked of a transition: a sign, a word, and why. */
import { usePage } from "../frame/run.ts";
import { CHECKS, marksOf, type Verdict } from "./marks.ts";

const SIGNS: Readonly<Record<Verdict, string>> = { good: "✓", bad: "✗", open: "○" };
const WORDS: Readonly<Record<Verdict, string>> = { good: "checked", bad: "wrong", open: "not checked" };

export function MarkList({ seq }: { seq: number }) {
  const { checks } = usePage();
  const marks = marksOf(seq, checks);
  return (
    <ul class="mark-list">
      {CHECKS.map((name) => {
        const { verdict, why } = marks[name];
        return (
          <li key={name}>
            <span class={`verdict ${verdict}`}>
              <span aria-hidden="true">{SIGNS[verdict]}</span> {name}
              <span class="unseen">, {WORDS[verdict]}</span>
            </span>
            <span class="soft">{why}</span>
          </li>
        );
      })}
    </ul>
  );
}
