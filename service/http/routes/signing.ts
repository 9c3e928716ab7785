/** What is to be signed, and signatures. */

import { InvalidInputError } from "../../../trace/errors.ts";
import { FIELD } from "../../../trace/layout.ts";
import { wire } from "../../wire/json.ts";
import type { App, Context } from "../context.ts";
import { DoneAnswer, OfProgram, SignatureBody, ToSignAnswer } from "../schemas.ts";
import { answers } from "./answers.ts";

/** Adds the routes. */
export function signingRoutes(app: App, { map: { operator }, limiter }: Context): void {
  const tags = ["signatures"];
  app.get(
    "/v1/to-sign",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "toSign", tags, summary: "Logs that are to be signed, of all programs or of one" },
        querystring: OfProgram,
        response: answers(ToSignAnswer),
      },
    },
    async ({ query: { program } }) => wire({ toSign: operator.toSign(program) }),
  );
  app.post(
    "/v1/signatures",
    {
      // The signature in it says who it is from. It may be by a key that its program has no more.
      config: { access: "public" },
      schema: {
        ...{ operationId: "sign", tags, summary: "Hand in a signature over a program's log" },
        description:
          "The members are those of a file in signatures/, without its format and version. Anybody may hand one in: the " +
          "signature itself says whose it is.",
        body: SignatureBody,
        response: answers(DoneAnswer, 409, 413, 429),
      },
    },
    async ({ ip, body: { program, lastSeq, validUntil, ...rest } }) => {
      limiter.check(ip);
      await operator.sign({
        ...{ program, lastSeq, validUntil, log: word("log", rest.log), domain: word("domain", rest.domain) },
        signature: { key: point("key", rest.key), r: point("r", rest.r), s: word("s", rest.s) },
      });
      return { ok: true as const };
    },
  );
}

function point(name: string, { x, y }: { x: string; y: string }): [bigint, bigint] {
  return [word(`${name}.x`, x), word(`${name}.y`, y)];
}

function word(field: string, text: unknown): bigint {
  const value = BigInt(text as string);
  if (value >= FIELD) throw new InvalidInputError(field, "is not below the field's order");
  return value;
}
