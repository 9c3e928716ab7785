/** Reads syntax trees of any parser: JavaScript's nodes, and TypeScript's nodes around them. */
import type { JSSyntaxElement } from "eslint";

/** A node. TypeScript parsers have more node types than ESLint declares. */
export interface Syntax extends JSSyntaxElement {
  readonly parent?: Syntax | null;
}

/** A member of a node that is a node itself. */
export function child(node: object, name: string): Syntax | undefined {
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return isSyntax(value) ? value : undefined;
}

/** A member of a node that is a list of nodes; gaps are left out. */
export function children(node: object, name: string): Syntax[] {
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

/** A member of a node that is a string: a name, an operator. */
export function text(node: object, name: string): string | undefined {
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : undefined;
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Nodes that change only an expression's type, or only enclose it. */
const WRAPPERS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "ChainExpression",
  "ParenthesizedExpression",
]);

/** Whether a node only wraps an expression. */
export function isWrapper(node: Syntax): boolean {
  return WRAPPERS.has(node.type);
}

/** The expression within `as`, `satisfies`, `!` and optional chains. */
export function unwrapped(node: Syntax): Syntax {
  let inner = node;
  while (isWrapper(inner)) inner = child(inner, "expression") ?? { type: "Unknown" };
  return inner;
}

/** The outermost wrapper of a node, and the wrapper's parent. */
export function surroundings(node: Syntax): { outer: Syntax; around: Syntax | undefined } {
  let outer = node;
  while (outer.parent && isWrapper(outer.parent)) outer = outer.parent;
  return { outer, around: outer.parent ?? undefined };
}

/** Name of the called function or method. */
export function calledName(callee: Syntax): string | undefined {
  const called = unwrapped(callee);
  if (called.type === "Identifier") return text(called, "name");
  if (called.type !== "MemberExpression" || (called as { computed?: unknown }).computed === true) return undefined;
  const property = child(called, "property");
  return property?.type === "Identifier" ? text(property, "name") : undefined;
}

/** Whether a node is another one, or lies within it. */
export function isWithin(node: Syntax | undefined, outer: Syntax): boolean {
  for (let at: Syntax | null | undefined = node; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** The first line of a node, counted from 1. */
export function lineOf(node: Syntax): number {
  return node.loc?.start.line ?? 0;
}

/**
 * The identifiers that stand for the whole of an expression or pattern, or for an element of it: the identifier itself,
 * or the elements of a list or object.
 */
export function identifiersIn(node: Syntax): Syntax[] {
  const of = (name: string): Syntax[] => children(node, name).flatMap(identifiersIn);
  const within = (name: string): Syntax[] => {
    const inner = child(node, name);
    return inner === undefined ? [] : identifiersIn(inner);
  };
  switch (node.type) {
    case "Identifier":
      return [node];
    case "ArrayExpression":
    case "ArrayPattern":
      return of("elements");
    case "ObjectExpression":
    case "ObjectPattern":
      return of("properties");
    case "Property":
      return within("value");
    case "SpreadElement":
    case "RestElement":
    case "AwaitExpression":
      return within("argument");
    case "AssignmentPattern":
      return within("left");
    case "ConditionalExpression":
      return [...within("consequent"), ...within("alternate")];
    case "LogicalExpression":
      return [...within("left"), ...within("right")];
    default:
      return isWrapper(node) ? within("expression") : [];
  }
}
