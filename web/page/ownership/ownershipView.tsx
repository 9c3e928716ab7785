/** Who holds what, and who may do what, at any moment. */
import type { ComponentChildren } from "preact";
import type { ToldMoment } from "../../work/history/ownership.ts";
import { momentIn, usePage } from "../frame/run.ts";
import { CapabilityPage } from "./capabilityPage.tsx";
import { KindPage } from "./kindPage.tsx";
import { useLatest } from "./latest.ts";
import { SUBJECTS, type Subject, subjectHref } from "./links.tsx";
import { MomentBar } from "./moment.tsx";
import { OverviewPage } from "./overview.tsx";
import { ProgramPage } from "./programPage.tsx";
import { ResourcePage } from "./resourcePage.tsx";
import { Problem } from "./tables.tsx";
import { WatchPage } from "./watchPage.tsx";
import "./ownership.css";
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
    </div>
  );
}

interface Page {
  readonly moment: ToldMoment;
  readonly drawing: ComponentChildren;
}

function drawn<View extends { readonly moment: ToldMoment }>(
  view: View,
  draw: (view: View) => ComponentChildren,
): Page {
  return { moment: view.moment, drawing: draw(view) };
}
