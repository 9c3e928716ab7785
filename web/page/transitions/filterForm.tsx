/** The filter as a form. Sent, it is in the URL: what was found is a link. */
import { go, hrefOf } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { BLOCK_FIELDS, CLEARED, FILTER_FIELDS, isFiltered } from "./filterWords.ts";

const MARKS = [
  { value: "", label: "any" },
  { value: "bad", label: "✗ something wrong" },
  { value: "replay", label: "○ not replayed" },
  { value: "proof", label: "○ not proven" },
  { value: "signature", label: "○ not signed" },
  { value: "chain", label: "○ not on the chain" },
] as const;

export function FilterForm() {
  const { route, run } = usePage();
  const { params } = route;
  const fields = run.facts.imported ? [...FILTER_FIELDS, ...BLOCK_FIELDS] : FILTER_FIELDS;
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const change = [...given].map(([name, value]) => [name, typeof value === "string" ? value.trim() : ""]);
    go(hrefOf(route, { ...CLEARED, ...Object.fromEntries(change) }));
  };
  return (
    <form class="filter card" onSubmit={send} aria-label="Filter">
      {fields.map(({ name, label, hint, sort }) => (
        <label key={name} class={sort === "number" ? "filter-number" : undefined}>
          <span>{label}</span>
          <input
            name={name}
            defaultValue={params.get(name) ?? ""}
            placeholder={hint}
            inputMode={sort === "number" ? "numeric" : undefined}
            list={name === "programs" ? "program-names" : undefined}
          />
        </label>
      ))}
      <label>
        <span>Marks</span>
        <select name="mark" defaultValue={params.get("mark") ?? ""}>
          {MARKS.map(({ value, label }) => (
            <option key={value} value={value} selected={value === (params.get("mark") ?? "")}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <datalist id="program-names">
        {run.facts.programs.slice(0, 200).map(({ program, name }) => (
          <option key={program} value={name ?? String(program)} />
        ))}
      </datalist>
      <div class="filter-actions">
        <button type="submit">Filter</button>
        {isFiltered(params) && <a href={hrefOf(route, CLEARED)}>clear</a>}
      </div>
    </form>
  );
}
