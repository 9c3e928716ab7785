/** The marks of the transitions as the page shows them. */
import type { CheckName, Verdict } from "../../../web/page/checks/marks.ts";
import type { OpenedPage } from "./openPage.ts";

/** The marks of every transition, by the check. */
export type PageMarks = Record<CheckName, Verdict[]>;

/** Reads them off the table of transitions, which must be in sight. */
export async function marksOn({ page }: OpenedPage): Promise<PageMarks> {
  const of = async (check: CheckName): Promise<Verdict[]> => {
    const signs = await page.locator(`tr[data-seq] [data-check=${check}] [data-mark]`).all();
    return (await Promise.all(signs.map((sign) => sign.getAttribute("data-mark")))) as Verdict[];
  };
  return {
    replay: await of("replay"),
    proof: await of("proof"),
    signature: await of("signature"),
    chain: await of("chain"),
  };
}
