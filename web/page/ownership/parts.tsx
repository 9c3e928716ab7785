/** Parts of the pages: titled sections, tables, lists that grow, amounts by kind. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { KindSum } from "../../work/history/told.ts";
import { usePage } from "../frame/run.ts";
import { KindLink } from "./links.tsx";

/** Rows that are shown at first. */
const FIRST = 50;

/** Some of many, and a button for more. */
export function useSome<Of>(all: readonly Of[], first = FIRST): [some: readonly Of[], more: ComponentChildren] {
  const [most, setMost] = useState(first);
  const left = all.length - most;
  const more =
    left <= 0 ? null : (
      <button type="button" class="more" onClick={() => setMost(most * 4)}>
        Show more ({left} left)
      </button>
    );
  return [all.slice(0, most), more];
}

/** A titled part of a page; nothing at all if it is empty. */
export function Part({ title, size, children }: PartProps) {
  if (size === 0) return null;
  return (
    <section class="part">
      <h3>
        {title} <span class="count">{size}</span>
      </h3>
      {children}
    </section>
  );
}

interface PartProps {
  readonly title: string;
  readonly size: number;
  readonly children: ComponentChildren;
}

/** What there is none of, in one paragraph: pairs of a size and what is said if it is 0. */
export function Missing({ of }: { of: readonly (readonly [size: number, words: string])[] }) {
  const none = of.filter(([size]) => size === 0).map(([, words]) => words);
  return none.length === 0 ? null : <p class="soft none missing">{none.join(" ")}</p>;
}

/** Amounts by kind, as links. */
export function KindChips({ sums }: { sums: readonly KindSum[] }) {
  return (
    <ul class="chips">
      {sums.map(({ kind, amount, pieces, quantity }) => (
        <li key={kind}>
          <KindLink kind={kind}>
            <strong>
              <bdi>{amount}</bdi>
            </strong>
            {quantity !== null && <span class="soft"> in {pieces === 1 ? "one piece" : `${pieces} pieces`}</span>}
          </KindLink>
        </li>
      ))}
    </ul>
  );
}

export function Table({ head, children }: { head: readonly string[]; children: ComponentChildren }) {
  return (
    <table class="stack">
      <thead>
        <tr>
          {head.map((text) => (
            <th key={text} scope="col">
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** A cell that names its column, for narrow screens. */
export function Cell({ of, children }: { of: string; children: ComponentChildren }) {
  return (
    <td data-column={of}>
      <div>{children}</div>
    </td>
  );
}

/** A problem with what was asked, such as a resource that is not there yet. */
export function Problem({ text }: { text: string }) {
  const { route } = usePage();
  const at = /is not there at \d+: transition (\d+)/.exec(text)?.[1];
  const there = new URLSearchParams(route.params);
  if (at !== undefined) there.set("at", at);
  return (
    <div class="card problem" role="alert">
      <p>
        <span aria-hidden="true">✕ </span>
        <bdi>{text}</bdi>
      </p>
      {at !== undefined && (
        <p>
          <a href={`?${there}`}>Look at the moment after transition {at}</a>
        </p>
      )}
    </div>
  );
}
