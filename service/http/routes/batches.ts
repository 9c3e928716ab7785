/** Batches and their proofs. */
import { parseJson } from "../../../trace/run/strictJson.ts";
import type { App, Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { BatchesAnswer, BatchParams, FoundAnswer, ProofAnswer, ProofParams, ProofsAnswer } from "../schemas.ts";
import { answers } from "./answers.ts";

/** Adds the routes. */
export function batchRoutes(app: App, { map }: Context): void {
  const tags = ["proofs"];
  app.get(
    "/v1/batches",
    {
      config: { access: "read" },
      schema: { operationId: "batches", tags, summary: "Batches on their way", response: answers(BatchesAnswer) },
    },
    async () => ({ batches: map.operator.batches().map((batch) => ({ ...batch, missing: [...batch.missing] })) }),
  );
  app.post(
    "/v1/batches/:first/retry",
    {
      config: { access: "operator" },
      schema: {
        ...{ operationId: "retry", tags, summary: "Try a batch again that was set aside (operator)" },
        params: BatchParams,
        response: answers(FoundAnswer, 401, 403, 404),
      },
    },
    async ({ params: { first } }) => {
      if (!(await map.retry(first))) throw notFound(`batch that begins with transition ${first} and was set aside`);
      return { done: true };
    },
  );
  app.post(
    "/v1/cut",
    {
      config: { access: "operator" },
      schema: {
        ...{ operationId: "cut", tags, summary: "End the open batch now (operator)" },
        description: "`done` is false if the batch holds nothing yet.",
        response: answers(FoundAnswer, 401, 403),
      },
    },
    async () => ({ done: await map.cut() }),
  );
  app.get(
    "/v1/proofs",
    {
      config: { access: "read" },
      schema: { operationId: "proofs", tags, summary: "Names of the bundles", response: answers(ProofsAnswer) },
    },
    async () => ({ proofs: [...(await map.bundles())] }),
  );
  app.get(
    "/v1/proofs/:name",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "proof", tags, summary: "A bundle: a proof and its statement" },
        params: ProofParams,
        response: answers(ProofAnswer, 404),
      },
    },
    async ({ params: { name } }) => {
      const text = await map.bundle(name);
      if (text === undefined) throw notFound("bundle of that name");
      return parseJson(name, text) as Record<string, unknown>;
    },
  );
}
