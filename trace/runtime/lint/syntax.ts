/** Reads syntax trees: TypeScript's nodes around JavaScript's. */
import type { TSESTree } from "@typescript-eslint/types";
import type { JSSyntaxElement } from "eslint";

/** A node. Trees of parsers for JavaScript lack the members for types. */
export type Syntax = TSESTree.Node;

/** A node as ESLint gives it. ESLint declares no node types of TypeScript. */
export function syntax(node: JSSyntaxElement): Syntax {
  return node as Syntax;
}

/** Nodes that change only an expression's type, or only enclose it. */
const WRAPPERS: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "ChainExpression",
  "ParenthesizedExpression",
]);

type Wrapper =
  | TSESTree.TSAsExpression
  | TSESTree.TSSatisfiesExpression
  | TSESTree.TSNonNullExpression
  | TSESTree.TSTypeAssertion
  | TSESTree.TSInstantiationExpression
  | TSESTree.ChainExpression;

/** Whether a node only wraps an expression. */
export function isWrapper(node: Syntax): node is Wrapper {
  return WRAPPERS.has(node.type);
}

/** The expression within `as`, `satisfies`, `!` and optional chains. */
export function unwrapped(node: Syntax): Syntax {
  let inner = node;
  while (isWrapper(inner)) inner = inner.expression;
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
  if (called.type === "Identifier") return called.name;
  if (called.type !== "MemberExpression" || called.computed) return undefined;
  return called.property.type === "Identifier" ? called.property.name : undefined;
}

/** The object whose method is called. */
export function calledObject(callee: Syntax): Syntax | undefined {
  const called = unwrapped(callee);
  return called.type === "MemberExpression" ? called.object : undefined;
}

/** Whether a node is another one, or lies within it. */
export function isWithin(node: Syntax | undefined, outer: Syntax): boolean {
  for (let at: Syntax | null | undefined = node; at; at = at.parent) if (at === outer) return true;
  return false;
}

/**
 * The identifiers that stand for the whole of an expression or pattern, or for an element of it: the identifier itself,
 * or the elements of a list or object.
 */
export function identifiersIn(node: Syntax): Syntax[] {
  const all = (parts: readonly (Syntax | null)[]): Syntax[] =>
    parts.flatMap((part) => (part === null ? [] : identifiersIn(part)));
  switch (node.type) {
    case "Identifier":
      return [node];
    case "ArrayExpression":
    case "ArrayPattern":
      return all(node.elements);
    case "ObjectExpression":
    case "ObjectPattern":
      return all(node.properties);
    case "Property":
      return identifiersIn(node.value);
    case "SpreadElement":
    case "RestElement":
    case "AwaitExpression":
      return identifiersIn(node.argument);
    case "AssignmentPattern":
      return identifiersIn(node.left);
    case "ConditionalExpression":
      return all([node.consequent, node.alternate]);
    case "LogicalExpression":
      return all([node.left, node.right]);
    default:
      return isWrapper(node) ? identifiersIn(node.expression) : [];
  }
}
