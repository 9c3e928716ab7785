/** A proving thread: does one task after the other until it is terminated. */
import { serve } from "../../../trace/pool/jobLoop.ts";
import { workbench } from "./workbench.ts";

await serve(workbench);
