/** JSON schemas of the effects, from the types of their fields: no field is written down twice. */
import Type, { type TSchema } from "typebox";
import type { FieldType, Form } from "../../trace/effects/fieldTypes.ts";
import { EFFECTS, type EffectName, SINGLE } from "../../trace/effects/shapes.ts";

const DECIMAL = "^(0|[1-9][0-9]{0,77})$";
const NAMES = Object.keys(EFFECTS) as EffectName[];

/** A bigint: a decimal text. */
export function decimal(description: string): TSchema {
  return Type.String({ pattern: DECIMAL, maxLength: 78, description });
}

/**
 * The schemas of all effects, each with its name as `$id`; `Effect` is any of them, `Single` any that holds no others.
 */
export function effectSchemas(): TSchema[] {
  return [...NAMES.map(effectSchema), anyOf("Effect", NAMES), anyOf("Single", SINGLE)];
}

function anyOf($id: string, names: readonly string[]): TSchema {
  return Type.Unsafe({
    $id,
    type: "object",
    required: ["effect"],
    discriminator: { propertyName: "effect" },
    oneOf: names.map((name) => ({ $ref: `${name}#` })),
  });
}

function effectSchema(name: EffectName): TSchema {
  const fields = Object.entries(EFFECTS[name].fields as Readonly<Record<string, FieldType<unknown>>>);
  const properties: Record<string, TSchema> = { effect: Type.Literal(name) };
  for (const [field, type] of fields) {
    const schema = ofForm(type.form, type.takes);
    properties[field] = "optional" in type ? Type.Optional(schema) : schema;
  }
  return Type.Object(properties, { $id: name, additionalProperties: false });
}

function ofForm(form: Form, description?: string): TSchema {
  const about = description === undefined ? {} : { description };
  switch (form.is) {
    case "integer":
      return Type.Integer({ minimum: form.least, maximum: form.most, ...about });
    case "bigint":
      return decimal(`a decimal text, below 2^${form.bits}`);
    case "authority":
      return decimal("the y coordinate of a Baby Jubjub key: a decimal text");
    case "name":
      return Type.Union([
        Type.String({ minLength: 1, description: "the function's name" }),
        Type.Object({ selector: decimal("the selector, a decimal text") }, { additionalProperties: false }),
      ]);
    case "flag":
      return Type.Boolean(about);
    case "oneOf":
      return Type.Enum([...form.words], about);
    case "either":
      return Type.Union(form.of.map((one) => ofForm(one)));
    case "list":
      return Type.Array(ofForm(form.of), form.least > 0 ? { minItems: form.least } : {});
    case "record":
      return Type.Object(
        Object.fromEntries(Object.entries(form.members).map(([name, member]) => [name, ofForm(member)])),
        about,
      );
    case "effect":
      return Type.Unsafe({ $ref: form.single ? "Single#" : "Effect#" });
    case "other":
      throw new Error("a type of the layers is in no effect");
  }
}
