/**
 * An ESLint rule: a resource that was given away is not used afterwards. The compiler knows only of `give`; this follows the paths of the
 * code through send, spawn, retire and the like, so that an editor shows the mistake where it is written. Handles are told by where they
 * come from (issue, recv, split, …) or by their type annotation.
 */

/** What the rule needs of a syntax tree: ESLint hands it nodes of any parser. */
export interface Node {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number } } | null;
  readonly parent?: Node | null;
  readonly [member: string]: unknown;
}
export interface Variable {
  readonly name: string;
  readonly defs: readonly { readonly type: string; readonly node: Node; readonly name: Node }[];
}
export interface Scope {
  readonly references: readonly { readonly identifier: Node; readonly resolved: Variable | null }[];
  readonly childScopes: readonly Scope[];
}
export interface Segment {
  readonly id: string;
  readonly prevSegments: readonly Segment[];
}
export interface Context {
  readonly sourceCode: { readonly scopeManager: { readonly globalScope: Scope | null } };
  report(problem: { node: Node; messageId: "used"; data: { name: string; line: string } }): void;
}

/** Functions whose result is a resource of the caller's. */
const SOURCES = new Set(["issue", "claim", "revoke", "adopt", "split", "recv", "join"]);
/** Functions that take what they are given, and methods that end their object. */
const TAKERS = new Set(["give", "spawn", "spawnWorker", "go", "send", "sendAll", "merge"]);
const ENDERS = new Set(["retire", "escrow"]);

/** A move: where it was written. Per path, by variable. */
type Moves = ReadonlyMap<Variable, number>;

export const noUseAfterMove = {
  meta: {
    type: "problem" as const,
    docs: { description: "a resource that was given away is not used afterwards" },
    messages: { used: "{{name}} was given away in line {{line}}: use it before, or let whoever has it send it back" },
    schema: [],
  },

  create(context: Context) {
    const variables = new Map<Node, Variable>();
    const atEnd = new Map<string, Moves>();
    const reported = new Set<Node>();
    /** Moves on the path that is being walked; one entry for each function that the walk is in. */
    const paths: { moves: Map<Variable, number>; open: Set<string> }[] = [];
    const path = () => paths.at(-1);

    /** Moves are noted when their call is left, so that its own arguments are no later use. */
    const move = (node: Node, line: number): void => {
      for (const identifier of identifiersIn(node)) {
        const variable = variables.get(identifier);
        if (variable !== undefined && isHandle(variable)) path()?.moves.set(variable, line);
      }
    };

    return {
      Program() {
        const { globalScope } = context.sourceCode.scopeManager;
        if (globalScope !== null) collect(globalScope, variables);
      },
      onCodePathStart() {
        paths.push({ moves: new Map(), open: new Set() });
      },
      onCodePathEnd() {
        paths.pop();
      },
      onCodePathSegmentStart(segment: Segment) {
        const here = path();
        if (here === undefined) return;
        here.open.add(segment.id);
        here.moves = new Map();
        for (const before of segment.prevSegments) {
          for (const [variable, line] of atEnd.get(before.id) ?? []) here.moves.set(variable, line);
        }
      },
      onCodePathSegmentEnd(segment: Segment) {
        const here = path();
        if (here !== undefined) atEnd.set(segment.id, new Map(here.moves));
      },
      /** What a round of a loop gives away, the next one does not have. */
      onCodePathSegmentLoop(_from: Segment, _to: Segment, node: Node) {
        for (const [variable, line] of path()?.moves ?? []) {
          if (isWithin(variable.defs[0]?.node, node)) continue;
          for (const [identifier, used] of variables) {
            if (used === variable && isWithin(identifier, node) && lineOf(identifier) === line) {
              report(context, reported, identifier, line);
            }
          }
        }
      },
      /** If sending fails, the resource is where it was: a handler may use it. */
      CatchClause(node: Node) {
        const tried = node.parent;
        const [from, to] = [lineOf(tried), lineOf(node)];
        for (const [variable, line] of path()?.moves ?? [])
          if (line >= from && line <= to) path()?.moves.delete(variable);
      },
      Identifier(node: Node) {
        const variable = variables.get(node);
        const line = variable === undefined ? undefined : path()?.moves.get(variable);
        if (line === undefined || isWritten(node) || isQuestion(node)) return;
        report(context, reported, node, line);
      },
      "AssignmentExpression:exit"(node: Node) {
        for (const identifier of identifiersIn(node.left as Node)) {
          const variable = variables.get(identifier);
          if (variable !== undefined) path()?.moves.delete(variable);
        }
      },
      "CallExpression:exit"(node: Node) {
        const callee = node.callee as Node;
        const name = nameOf(callee);
        if (name === undefined) return;
        if (TAKERS.has(name)) for (const given of node.arguments as Node[]) move(given, lineOf(node));
        if (ENDERS.has(name) && callee.type === "MemberExpression") move(callee.object as Node, lineOf(node));
      },
    };
  },
};

/** All variables by the identifiers that mean them. */
function collect(scope: Scope, variables: Map<Node, Variable>): void {
  for (const { identifier, resolved } of scope.references) if (resolved !== null) variables.set(identifier, resolved);
  for (const inner of scope.childScopes) collect(inner, variables);
}

/** Whether a variable holds a resource, by its definition. */
function isHandle({ defs }: Variable): boolean {
  return defs.some(({ node, name }) => {
    if (/^Owned\b/.test(annotationOf(name) ?? "")) return true;
    let value = node.type === "VariableDeclarator" ? (node.init as Node | null) : null;
    while (value?.type === "AwaitExpression") value = value.argument as Node;
    return value?.type === "CallExpression" && SOURCES.has(nameOf(value.callee as Node) ?? "");
  });
}

/** The name of an identifier's type, if one is written. */
function annotationOf(identifier: Node): string | undefined {
  const annotation = (identifier.typeAnnotation as Node | undefined)?.typeAnnotation as Node | undefined;
  const named = annotation?.typeName as Node | undefined;
  return named?.name as string | undefined;
}

/** The variables that an argument gives away: itself, or what a list or an object is made of. */
function identifiersIn(node: Node | null): Node[] {
  if (node === null) return [];
  switch (node.type) {
    case "Identifier":
      return [node];
    case "ArrayExpression":
    case "ArrayPattern":
      return (node.elements as (Node | null)[]).flatMap(identifiersIn);
    case "ObjectExpression":
      return (node.properties as Node[]).flatMap((property) =>
        identifiersIn((property.value as Node | undefined) ?? null),
      );
    case "SpreadElement":
    case "AwaitExpression":
      return identifiersIn(node.argument as Node);
    default:
      return [];
  }
}

function nameOf(callee: Node): string | undefined {
  if (callee.type === "Identifier") return callee.name as string;
  const property =
    callee.type === "MemberExpression" && callee.computed !== true ? (callee.property as Node) : undefined;
  return property?.type === "Identifier" ? (property.name as string) : undefined;
}

/** Whether an identifier is only given a new value. */
function isWritten(node: Node): boolean {
  const { parent } = node;
  return parent?.type === "AssignmentExpression" && parent.left === node && parent.operator === "=";
}
/** Whether it is only asked whether the resource is here. */
function isQuestion(node: Node): boolean {
  const { parent } = node;
  return parent?.type === "MemberExpression" && parent.object === node && (parent.property as Node).name === "here";
}

function isWithin(node: Node | undefined, outer: Node): boolean {
  for (let at: Node | null | undefined = node; at; at = at.parent) if (at === outer) return true;
  return false;
}
function lineOf(node: Node | null | undefined): number {
  return node?.loc?.start.line ?? 0;
}

function report(context: Context, reported: Set<Node>, node: Node, line: number): void {
  if (reported.has(node)) return;
  reported.add(node);
  context.report({ node, messageId: "used", data: { name: node.name as string, line: `${line}` } });
}
