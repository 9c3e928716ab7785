/**
 * Finds the variables that hold a resource, from one file alone: by their type annotation, or by their initial value.
 * An annotation decides. Without one, the result of `recv` counts as a resource, unless its channel has another type.
 */
import type { Scope } from "eslint";
import { calledName, child, children, type Syntax, text, unwrapped } from "./syntax.ts";

/** Functions whose awaited result is a resource of the caller, or a list of resources. */
const SOURCES = new Set(["issue", "claim", "claimAll", "revoke", "adopt", "split", "recv", "join", "trade"]);

/** The class of a type's values. */
type Says = "resource" | "other" | "unknown";

/** The type names of a file: its aliases, and the local name of `Owned`. */
export class TypeNames {
  readonly #aliases = new Map<string, Syntax>();
  readonly #owned = new Set(["Owned"]);

  /** @param program the root of the file's tree */
  constructor(program: object) {
    for (const statement of children(program, "body")) {
      const declared = child(statement, "declaration") ?? statement;
      if (declared.type === "TSTypeAliasDeclaration") {
        const [name, type] = [child(declared, "id"), child(declared, "typeAnnotation")];
        if (name !== undefined && type !== undefined) this.#aliases.set(text(name, "name") ?? "", type);
      }
      for (const specifier of statement.type === "ImportDeclaration" ? children(statement, "specifiers") : []) {
        const [imported, local] = [child(specifier, "imported"), child(specifier, "local")];
        if (imported !== undefined && text(imported, "name") === "Owned")
          this.#owned.add(text(local ?? {}, "name") ?? "");
      }
    }
  }

  /**
   * Classifies a type.
   * @param from the node where it is written, to resolve type parameters
   */
  says(type: Syntax | undefined, from: Syntax | undefined = type, depth = 0): Says {
    if (type === undefined || depth > 10) return "unknown";
    const parts = type.type === "TSUnionType" || type.type === "TSIntersectionType" ? children(type, "types") : [];
    if (parts.length > 0) {
      const said = parts.map((part) => this.says(part, from, depth + 1));
      return said.find((each) => each === "resource") ?? said.find((each) => each === "unknown") ?? "other";
    }
    if (type.type === "TSAnyKeyword" || type.type === "TSUnknownKeyword") return "unknown";
    if (type.type !== "TSTypeReference") return "other";
    const name = nameOf(child(type, "typeName"));
    if (name === undefined) return "unknown";
    if (this.#owned.has(name)) return "resource";
    // The promise's value counts: a promise is awaited before use.
    if (name === "Promise" || name === "Awaited" || name === "Readonly" || name === "NonNullable") {
      return this.says(argumentsOf(type)[0], from, depth + 1);
    }
    const alias = this.#aliases.get(name);
    if (alias !== undefined) return this.says(alias, alias, depth + 1);
    const constraint = constraintOf(name, from);
    return constraint === undefined ? "unknown" : this.says(constraint, from, depth + 1);
  }
}

/** Whether a variable holds a resource. */
export function isHandle(variable: Scope.Variable, types: TypeNames): boolean {
  const names = variable.defs.map(({ name }) => name as Syntax);
  const annotated = names.map((name) => types.says(annotationOf(name), name));
  if (annotated.includes("resource")) return true;
  if (annotated.includes("other")) return false;
  if (variable.defs.some(({ node }) => isReceived(node, types, variable.scope))) return true;
  const values = variable.references.map(({ writeExpr }) => writeExpr as Syntax | null | undefined);
  return values.some((value) => value != null && isSource(value, types, variable.scope));
}

/** Whether an expression gives a resource. */
function isSource(value: Syntax, types: TypeNames, scope: Scope.Scope): boolean {
  const said = value.type === "TSAsExpression" ? types.says(child(value, "typeAnnotation"), value) : "unknown";
  if (said !== "unknown") return said === "resource";
  const inner = unwrapped(value);
  const either = (...sides: string[]): boolean =>
    sides.some((side) => isSource(child(inner, side) ?? inner, types, scope));
  if (inner.type === "ConditionalExpression") return either("consequent", "alternate");
  if (inner.type === "LogicalExpression") return either("left", "right");
  // Strings also have split and join, but these are not awaited.
  if (inner.type !== "AwaitExpression") return false;
  const call = unwrapped(child(inner, "argument") ?? inner);
  const callee = call.type === "CallExpression" ? child(call, "callee") : undefined;
  const name = callee === undefined ? undefined : calledName(callee);
  if (callee === undefined || name === undefined || !SOURCES.has(name)) return false;
  const [given] = argumentsOf(call);
  if (given !== undefined && name === "trade") return types.says(given, call) !== "other";
  return name !== "recv" || receives(child(unwrapped(callee), "object") ?? callee, types, scope) !== "other";
}

/** Whether a variable is declared by `for await` over a source of resources. */
function isReceived(declarator: Syntax, types: TypeNames, scope: Scope.Scope): boolean {
  const loop = declarator.parent?.parent;
  if (loop?.type !== "ForOfStatement" || (loop as { await?: unknown }).await !== true) return false;
  const right = child(loop, "right");
  return right !== undefined && receives(right, types, scope) === "resource";
}

/** The class of a channel's values, by the type of its receiver or of the channel itself. */
function receives(from: Syntax, types: TypeNames, scope: Scope.Scope): Says {
  const cast = from.type === "TSAsExpression" ? child(from, "typeAnnotation") : undefined;
  if (cast !== undefined) return types.says(argumentsOf(cast)[0], from);
  const receiver = unwrapped(from);
  if (receiver.type !== "Identifier") return "unknown";
  const variable = find(text(receiver, "name") ?? "", scope);
  for (const { name, node } of variable?.defs ?? []) {
    const annotation = annotationOf(name as Syntax);
    if (annotation !== undefined) return types.says(argumentsOf(annotation)[0], name as Syntax);
    const made = unwrapped(child(node, "init") ?? { type: "Unknown" });
    if (made.type === "CallExpression" && calledName(child(made, "callee") ?? made) === "channel") {
      return types.says(argumentsOf(made)[0], made);
    }
  }
  return "unknown";
}

function find(name: string, scope: Scope.Scope): Scope.Variable | undefined {
  for (let at: Scope.Scope | null = scope; at !== null; at = at.upper) {
    const found = at.set.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The type annotation of a name. */
function annotationOf(name: Syntax): Syntax | undefined {
  const annotation = child(name, "typeAnnotation");
  return annotation === undefined ? undefined : child(annotation, "typeAnnotation");
}

function nameOf(name: Syntax | undefined): string | undefined {
  if (name?.type === "TSQualifiedName") return nameOf(child(name, "right"));
  return name?.type === "Identifier" ? text(name, "name") : undefined;
}

/** Type arguments of a reference or a call. */
function argumentsOf(node: Syntax): Syntax[] {
  const given = child(node, "typeArguments");
  return given === undefined ? [] : children(given, "params");
}

/** The constraint of a type parameter of an enclosing function or class. */
function constraintOf(name: string, from: Syntax | undefined): Syntax | undefined {
  for (let at: Syntax | null | undefined = from; at; at = at.parent) {
    const parameters = child(at, "typeParameters");
    for (const parameter of parameters === undefined ? [] : children(parameters, "params")) {
      const own = child(parameter, "name");
      if (own !== undefined && text(own, "name") === name) return child(parameter, "constraint");
    }
  }
  return undefined;
}
