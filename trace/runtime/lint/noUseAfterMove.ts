/**
 * An ESLint rule: a resource is not used after it was given away. The compiler catches this only for `give`. The rule
 * follows the code's paths through send, spawn, retire and similar calls, so an editor shows the mistake where it is
 * written. It reads syntax alone and needs no type information; handles.ts finds the resources. It follows variables,
 * not members of objects, and each function by itself.
 */
import type { TSESTree } from "@typescript-eslint/types";
import type { JSSyntaxElement, Rule, Scope } from "eslint";
import { isHandle, TypeNames } from "./handles.ts";
import { calledName, calledObject, identifiersIn, isWithin, type Syntax, surroundings, syntax } from "./syntax.ts";

/** Functions that take their arguments, and methods that end their object. */
const TAKERS = new Set([
  ...["give", "send", "sendAll", "sendEach", "trade", "merge"],
  ...["spawn", "spawnWorker", "go", "actor", "Vault"],
]);
const ENDERS = new Set(["retire", "escrow"]);

/** Moves on a path: the identifier that was given away, by variable. */
type Moves = ReadonlyMap<Scope.Variable, Move>;
interface Move {
  readonly identifier: Syntax;
  readonly line: number;
}

/** The rule. */
export const noUseAfterMove: Rule.RuleModule = {
  meta: {
    type: "problem",
    docs: { description: "a resource is not used after it was given away" },
    messages: { used: "{{name}} was given away in line {{line}}: use it before, or let its new owner send it back" },
    schema: [],
  },

  create(context) {
    const variables = new Map<Syntax, Scope.Variable>();
    const handles = new Map<Scope.Variable, boolean>();
    let types = new TypeNames([]);
    const atEnd = new Map<string, Moves>();
    const reported = new Set<Syntax>();
    /** Moves on the current path; one entry for each enclosing function. */
    const paths: { moves: Map<Scope.Variable, Move> }[] = [];
    const path = () => paths.at(-1);

    const holds = (variable: Scope.Variable): boolean => {
      const known = handles.get(variable) ?? isHandle(variable, types);
      handles.set(variable, known);
      return known;
    };
    /** A move is noted at the end of its call, so the call's own arguments do not count as later uses. */
    const move = (given: Syntax, line: number): void => {
      for (const identifier of identifiersIn(given)) {
        const variable = variables.get(identifier);
        if (variable !== undefined && holds(variable)) path()?.moves.set(variable, { identifier, line });
      }
    };
    /** A variable with a new value is no longer moved. */
    const written = (target: Syntax): void => {
      for (const identifier of identifiersIn(target)) {
        const variable = variables.get(identifier);
        if (variable !== undefined) path()?.moves.delete(variable);
      }
    };
    const report = (node: Syntax, line: number): void => {
      if (reported.has(node)) return;
      reported.add(node);
      context.report({
        node,
        messageId: "used",
        data: { name: node.type === "Identifier" ? node.name : "", line: `${line}` },
      });
    };
    const taken = ({ callee, arguments: given, loc }: TSESTree.CallExpression | TSESTree.NewExpression): void => {
      const name = calledName(callee);
      if (name === undefined) return;
      if (TAKERS.has(name)) for (const one of given) move(one, loc.start.line);
      const object = calledObject(callee);
      if (ENDERS.has(name) && object !== undefined) move(object, loc.start.line);
    };
    const called = (node: JSSyntaxElement): void => {
      const call = syntax(node);
      if (call.type === "CallExpression" || call.type === "NewExpression") taken(call);
    };

    return {
      Program(node) {
        const root = syntax(node);
        if (root.type === "Program") types = new TypeNames(root.body);
        const { globalScope } = context.sourceCode.scopeManager;
        if (globalScope !== null) collect(globalScope, variables);
      },
      onCodePathStart() {
        paths.push({ moves: new Map() });
      },
      onCodePathEnd() {
        paths.pop();
      },
      onCodePathSegmentStart(segment: Rule.CodePathSegment) {
        const here = path();
        if (here === undefined) return;
        here.moves = new Map();
        for (const before of segment.prevSegments) {
          for (const [variable, made] of atEnd.get(before.id) ?? []) here.moves.set(variable, made);
        }
      },
      onCodePathSegmentEnd(segment: Rule.CodePathSegment) {
        const here = path();
        if (here !== undefined) atEnd.set(segment.id, new Map(here.moves));
      },
      /** A resource given away in one iteration is missing in the next. */
      onCodePathSegmentLoop(_from: Rule.CodePathSegment, _to: Rule.CodePathSegment, node: JSSyntaxElement) {
        const loop = syntax(node);
        for (const [variable, { identifier, line }] of path()?.moves ?? []) {
          if (isWithin(identifier, loop) && !isRenewed(variable, identifier, loop)) report(identifier, line);
        }
      },
      /** If sending fails, the resource has not moved: a handler can use it. */
      CatchClause(node) {
        const { parent } = syntax(node);
        const tried = parent?.type === "TryStatement" ? parent.block : undefined;
        for (const [variable, { identifier }] of path()?.moves ?? []) {
          if (tried !== undefined && isWithin(identifier, tried)) path()?.moves.delete(variable);
        }
      },
      Identifier(node) {
        const identifier = syntax(node);
        const variable = variables.get(identifier);
        const made = variable === undefined ? undefined : path()?.moves.get(variable);
        if (made === undefined || isWritten(identifier) || isQuestion(identifier) || isInType(identifier)) return;
        report(identifier, made.line);
      },
      /** Each iteration has its own variable. */
      ":matches(ForOfStatement, ForInStatement) > .left:exit"(node: JSSyntaxElement) {
        const left = syntax(node);
        if (left.type === "VariableDeclaration") for (const { id } of left.declarations) written(id);
        else written(left);
      },
      "VariableDeclarator:exit"({ id }) {
        written(syntax(id));
      },
      "AssignmentExpression:exit"({ left }) {
        written(syntax(left));
      },
      "CallExpression:exit": called,
      "NewExpression:exit": called,
    };
  },
};

/** Each identifier's variable. */
function collect(scope: Scope.Scope, variables: Map<Syntax, Scope.Variable>): void {
  for (const { identifier, resolved } of scope.references) {
    if (resolved !== null) variables.set(syntax(identifier), resolved);
  }
  // A declaration without a value is no reference, but it resets the variable for this iteration.
  for (const variable of scope.variables) for (const { name } of variable.defs) variables.set(syntax(name), variable);
  for (const inner of scope.childScopes) collect(inner, variables);
}

/** Whether each iteration of a loop sets a variable before it gives the value away. */
function isRenewed(variable: Scope.Variable, given: Syntax, loop: Syntax): boolean {
  if (variable.defs.some(({ name }) => isWithin(syntax(name), loop))) return true;
  const writes = variable.references.filter((reference) => reference.isWrite());
  return writes.some(({ identifier }) => isWithin(syntax(identifier), loop) && isBefore(syntax(identifier), given));
}

function isBefore(node: Syntax, other: Syntax): boolean {
  const [a, b] = [node.loc.start, other.loc.start];
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** Whether an identifier only gets a new value, directly or in a pattern. */
function isWritten(node: Syntax): boolean {
  for (let at = node; at.parent; at = at.parent) {
    const { parent } = at;
    if (parent.type === "AssignmentExpression") return parent.left === at && parent.operator === "=";
    if (parent.type === "VariableDeclarator") return parent.id === at;
    if (parent.type === "ForOfStatement" || parent.type === "ForInStatement") return parent.left === at;
    if (parent.type === "AssignmentPattern" && parent.left !== at) return false;
    if (parent.type === "Property" && parent.value !== at) return false;
    if (!/Pattern$|^Property$|^RestElement$/.test(parent.type)) return false;
  }
  return false;
}

/** Whether the identifier is used only for its member `here`. */
function isQuestion(node: Syntax): boolean {
  const { outer, around } = surroundings(node);
  if (around?.type !== "MemberExpression" || around.object !== outer) return false;
  return around.property.type === "Identifier" && around.property.name === "here";
}

/** Whether the identifier is part of a type, as in `typeof gold`. */
function isInType(node: Syntax): boolean {
  const parent = node.parent?.type ?? "";
  return parent === "TSTypeQuery" || parent === "TSQualifiedName" || parent === "TSTypePredicate";
}
