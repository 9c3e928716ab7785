/** Who holds what, and who may do what, at any moment. */
import type { ComponentChildren } from "preact";
import type { ToldMoment } from "../../work/history/ownership.ts";
import type { OpenRun } from "../frame/loadRun.ts";
import { messageOf } from "../frame/messageOf.ts";
import { momentIn, usePage } from "../frame/run.ts";
import { CapabilityPage } from "./capabilityPage.tsx";
import { KindPage } from "./kindPage.tsx";
import { useLatest } from "./latest.ts";
import { SUBJECTS, type Subject, subjectHref } from "./links.tsx";
import { MomentBar } from "./moment.tsx";
import { OverviewPage } from "./overview.tsx";
import { Problem } from "./parts.tsx";
import { Printed } from "./printed.tsx";
import { ProgramPage } from "./programPage.tsx";
import { ResourcePage } from "./resourcePage.tsx";
import { WatchPage } from "./watchPage.tsx";
import "./ownership.css";
import "./holdings.css";
import "./subject.css";
import "./way.css";

export function OwnershipView() {
  const { route } = usePage();
  const subject = SUBJECTS.find((one) => (route.params.get(one) ?? "") !== "");
  const which = subject === undefined ? "" : (route.params.get(subject) ?? "");
  return <About key={subject ?? "all"} subject={subject} which={which} />;
}

/** Asks for the subject at the moment; the bar stands above every answer. */
function About({ subject, which }: { subject: Subject | undefined; which: string }) {
  const page = usePage();
  const { history } = page.run;
  const at = momentIn(page);
  const asked = useLatest<Page>(async () => {
    try {
      return await pageOf(history, subject, at, which);
    } catch (error) {
      // What is asked for may not be there yet: the moment is shown all the same.
      const text = messageOf(error);
      return { moment: await history.moment(at), there: false, drawing: <Problem text={text} /> };
    }
  }, `${at} ${which}`);
  return (
    <div class="ownership" aria-busy={asked.waiting}>
      {subject === undefined ? (
        <h2 class="unseen">Ownership</h2>
      ) : (
        <nav class="crumbs" aria-label="Place">
          <a href={subjectHref(page.route)}>Everything</a> <span aria-hidden="true">›</span> {subject}
        </nav>
      )}
      <MomentBar moment={asked.answer?.moment} />
      {asked.problem !== undefined && <Problem text={asked.problem} />}
      {asked.answer?.drawing}
      {asked.answer?.there === true && subject !== "kind" && <Printed subject={subject} which={which} />}
    </div>
  );
}

interface Page {
  readonly moment: ToldMoment;
  /** Whether the subject is there, so that more can be asked about it. */
  readonly there: boolean;
  readonly drawing: ComponentChildren;
}

async function pageOf(
  history: OpenRun["history"],
  subject: Subject | undefined,
  at: number,
  which: string,
): Promise<Page> {
  switch (subject) {
    case undefined:
      return drawn(await history.overview(at), (overview) => <OverviewPage overview={overview} />);
    case "program":
      return drawn(await history.programView(at, which), (view) => <ProgramPage view={view} />);
    case "resource":
      return drawn(await history.resourceView(at, which), (view) => <ResourcePage view={view} />);
    case "capability":
      return drawn(await history.capabilityView(at, which), (view) => <CapabilityPage view={view} />);
    case "watch":
      return drawn(await history.watchView(at, which), (view) => <WatchPage view={view} />);
    case "kind":
      return drawn(await history.kindView(at, which), (view) => <KindPage view={view} />);
  }
}

function drawn<View extends { readonly moment: ToldMoment }>(
  view: View,
  draw: (view: View) => ComponentChildren,
): Page {
  return { moment: view.moment, there: true, drawing: draw(view) };
}
