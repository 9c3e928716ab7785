/** A filter of transitions, as it stands in the URL. */
import type { FilterWords } from "../../../trace/query/filter.ts";

/** Fields of the form: their parameter, and whether it is a list or a number. */
export const FILTER_FIELDS = [
  { name: "programs", label: "Program", hint: "number or name", sort: "list" },
  { name: "kinds", label: "Kind", hint: "number or name", sort: "list" },
  { name: "resources", label: "Resource", hint: "id", sort: "list" },
  { name: "from", label: "From", hint: "transition", sort: "number" },
  { name: "to", label: "To", hint: "transition", sort: "number" },
] as const;

/** Further fields of imported runs. */
export const BLOCK_FIELDS = [
  { name: "transactions", label: "Transaction", hint: "hash", sort: "list" },
  { name: "fromBlock", label: "From block", hint: "number", sort: "number" },
  { name: "toBlock", label: "To block", hint: "number", sort: "number" },
] as const;

export type FilterField = (typeof FILTER_FIELDS | typeof BLOCK_FIELDS)[number];

const FIELDS: readonly FilterField[] = [...FILTER_FIELDS, ...BLOCK_FIELDS];

/** The filter that the parameters hold. @throws Error in a sentence, if a number is none */
export function filterWordsOf(params: URLSearchParams): FilterWords {
  const words: Record<string, unknown> = {};
  for (const { name, label, sort } of FIELDS) {
    const text = (params.get(name) ?? "").trim();
    if (text === "") continue;
    if (sort === "list") words[name] = text.split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
    else if (/^\d{1,15}$/.test(text)) words[name] = Number(text);
    else throw new Error(`${label} is ${JSON.stringify(text)}; give a whole number`);
  }
  return words;
}

/** Whether anything is filtered. */
export function isFiltered(params: URLSearchParams): boolean {
  return FIELDS.some(({ name }) => (params.get(name) ?? "") !== "") || params.has("mark");
}

/** What to change in the URL so that nothing is filtered. */
export const CLEARED: Readonly<Record<string, undefined>> = {
  ...{ programs: undefined, kinds: undefined, resources: undefined, from: undefined, to: undefined },
  ...{ transactions: undefined, fromBlock: undefined, toBlock: undefined, mark: undefined, page: undefined },
};
