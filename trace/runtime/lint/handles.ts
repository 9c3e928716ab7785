/**
 * Finds the variables that hold a resource, from one file alone: by their type annotation, or by their initial value.
 * An annotation decides. Without one, the result of `recv` counts as a resource, unless its channel has another type.
 */
import type { TSESTree } from "@typescript-eslint/types";
import type { Scope } from "eslint";
import { calledName, calledObject, type Syntax, syntax, unwrapped } from "./syntax.ts";

/** Functions whose awaited result is a resource of the caller, or a list of resources. */
const SOURCES = new Set(["issue", "claim", "claimAll", "revoke", "adopt", "split", "recv", "join", "trade"]);

/** The class of a type's values. */
type Says = "resource" | "other" | "unknown";

/** The type names of a file: its aliases, and the local name of `Owned`. */
export class TypeNames {
  readonly #aliases = new Map<string, TSESTree.TypeNode>();
  readonly #owned = new Set(["Owned"]);

  /** @param body the statements of the file */
  constructor(body: readonly TSESTree.ProgramStatement[]) {
    for (const statement of body) {
      const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (declared?.type === "TSTypeAliasDeclaration") this.#aliases.set(declared.id.name, declared.typeAnnotation);
      for (const specifier of statement.type === "ImportDeclaration" ? statement.specifiers : []) {
        if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") continue;
        if (specifier.imported.name === "Owned") this.#owned.add(specifier.local.name);
      }
    }
  }

  /**
   * Classifies a type.
   * @param from the node where it is written, to resolve type parameters
   */
  says(type: TSESTree.TypeNode | undefined, from: Syntax | undefined = type, depth = 0): Says {
    if (type === undefined || depth > 10) return "unknown";
    const parts = type.type === "TSUnionType" || type.type === "TSIntersectionType" ? type.types : [];
    if (parts.length > 0) {
      const said = parts.map((part) => this.says(part, from, depth + 1));
      return said.find((each) => each === "resource") ?? said.find((each) => each === "unknown") ?? "other";
    }
    if (type.type === "TSAnyKeyword" || type.type === "TSUnknownKeyword") return "unknown";
    if (type.type !== "TSTypeReference") return "other";
    const name = nameOf(type.typeName);
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
  const names = variable.defs.map(({ name }) => syntax(name));
  const annotated = names.map((name) => types.says(annotationOf(name), name));
  if (annotated.includes("resource")) return true;
  if (annotated.includes("other")) return false;
  if (variable.defs.some(({ node }) => isReceived(syntax(node), types, variable.scope))) return true;
  return variable.references.some(
    ({ writeExpr }) => writeExpr != null && isSource(syntax(writeExpr), types, variable.scope),
  );
}

/** Whether an expression gives a resource. */
function isSource(value: Syntax, types: TypeNames, scope: Scope.Scope): boolean {
  const said = value.type === "TSAsExpression" ? types.says(value.typeAnnotation, value) : "unknown";
  if (said !== "unknown") return said === "resource";
  const inner = unwrapped(value);
  const either = (...sides: Syntax[]): boolean => sides.some((side) => isSource(side, types, scope));
  if (inner.type === "ConditionalExpression") return either(inner.consequent, inner.alternate);
  if (inner.type === "LogicalExpression") return either(inner.left, inner.right);
  // Strings also have split and join, but these are not awaited.
  if (inner.type !== "AwaitExpression") return false;
  const call = unwrapped(inner.argument);
  const name = call.type === "CallExpression" ? calledName(call.callee) : undefined;
  if (call.type !== "CallExpression" || name === undefined || !SOURCES.has(name)) return false;
  const [given] = argumentsOf(call);
  if (given !== undefined && name === "trade") return types.says(given, call) !== "other";
  return name !== "recv" || receives(calledObject(call.callee) ?? call.callee, types, scope) !== "other";
}

/** Whether a variable is declared by `for await` over a source of resources. */
function isReceived(declarator: Syntax, types: TypeNames, scope: Scope.Scope): boolean {
  const loop = declarator.parent?.parent;
  return loop?.type === "ForOfStatement" && loop.await && receives(loop.right, types, scope) === "resource";
}

/** The class of a channel's values, by the type of its receiver or of the channel itself. */
function receives(from: Syntax, types: TypeNames, scope: Scope.Scope): Says {
  if (from.type === "TSAsExpression") return types.says(argumentsOf(from.typeAnnotation)[0], from);
  const receiver = unwrapped(from);
  if (receiver.type !== "Identifier") return "unknown";
  for (const definition of find(receiver.name, scope)?.defs ?? []) {
    const [name, node] = [syntax(definition.name), syntax(definition.node)];
    const annotation = annotationOf(name);
    if (annotation !== undefined) return types.says(argumentsOf(annotation)[0], name);
    const made = node.type === "VariableDeclarator" && node.init !== null ? unwrapped(node.init) : undefined;
    if (made?.type === "CallExpression" && calledName(made.callee) === "channel") {
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
function annotationOf(name: Syntax): TSESTree.TypeNode | undefined {
  return name.type === "Identifier" ? name.typeAnnotation?.typeAnnotation : undefined;
}

function nameOf(name: TSESTree.EntityName): string | undefined {
  if (name.type === "TSQualifiedName") return name.right.name;
  return name.type === "Identifier" ? name.name : undefined;
}

/** Type arguments of a reference or a call. */
function argumentsOf(node: Syntax): readonly TSESTree.TypeNode[] {
  return ("typeArguments" in node ? node.typeArguments?.params : undefined) ?? [];
}

/** The constraint of a type parameter of an enclosing function or class. */
function constraintOf(name: string, from: Syntax | undefined): TSESTree.TypeNode | undefined {
  for (let at: Syntax | null | undefined = from; at; at = at.parent) {
    const parameters = ("typeParameters" in at ? at.typeParameters?.params : undefined) ?? [];
    const found = parameters.find((parameter) => parameter.name.name === name);
    if (found !== undefined) return found.constraint;
  }
  return undefined;
}
