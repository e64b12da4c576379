import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Docstring {
  /** In one line. */
  readonly text: string;
  /** The texts of its block tags, such as `@remedy`, by name. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The docstring of a type or a table (`Answer`, `errors`), or of one of their members (`Answer.text`,
 * `ErrorEnvelope.error.code`, `errors.internal`).
 *
 * @throws {Error} If the name has no docstring.
 */
export type DocstringOf = (name: string) => Docstring;

/**
 * The docstrings of the contract. Documents then repeat the source, and no bundle has to contain their text.
 */
export function readDocstrings(directory: string): DocstringOf {
  const docstrings = new Map<string, Docstring>();
  /** The interface that each interface takes members from, by the names of both. */
  const bases = new Map<string, string>();
  const read = (name: string, node: ts.Node): void => {
    const docstring = docstringOf(node);
    if (docstring) docstrings.set(name, docstring);
    for (const member of membersOf(node)) {
      if (member.name && ts.isIdentifier(member.name)) read(`${name}.${member.name.text}`, member);
    }
  };
  for (const file of globSync('*.ts', { cwd: directory })) {
    const text = ts.sys.readFile(join(directory, file)) ?? '';
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
        read(statement.name.text, statement);
        const base = ts.isInterfaceDeclaration(statement) ? baseOf(statement) : undefined;
        if (base) bases.set(statement.name.text, base);
      } else if (ts.isVariableStatement(statement)) {
        for (const { name, initializer } of statement.declarationList.declarations) {
          const table = initializer && withoutTypes(initializer);
          if (table && ts.isObjectLiteralExpression(table) && ts.isIdentifier(name)) read(name.text, table);
        }
      }
    }
  }
  const find = (name: string): Docstring | undefined => {
    const [type = '', ...path] = name.split('.');
    const base = bases.get(type);
    return docstrings.get(name) ?? (base ? find([base, ...path].join('.')) : undefined);
  };
  return (name) => {
    const docstring = find(name);
    if (!docstring) throw new Error(`${name} has no docstring in ${directory}: say there what it is.`);
    return docstring;
  };
}

/**
 * The members of a type or the entries of a table, in order, each with its docstring.
 *
 * @throws {Error} If one has no docstring.
 */
export function describedMembers(file: string, name: string): (readonly [member: string, text: string])[] {
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? '', ts.ScriptTarget.Latest, true);
  const found = source.statements.flatMap((statement): readonly ts.NamedDeclaration[] => {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) return membersOf(statement);
    if (!ts.isVariableStatement(statement)) return [];
    const table = statement.declarationList.declarations.find((each) => each.name.getText() === name);
    return table?.initializer ? membersOf(withoutTypes(table.initializer)) : [];
  });
  return found.map((member) => {
    const docstring = docstringOf(member);
    const called = member.name?.getText() ?? '';
    if (!docstring) throw new Error(`${name}.${called} has no docstring in ${file}: say there what it is.`);
    return [called, docstring.text];
  });
}

export function docstringOf(node: ts.Node): Docstring | undefined {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  if (!docs) return undefined;
  const tags = (docs.tags ?? []).map((tag) => [tag.tagName.text, oneLine(tag.comment)]);
  return { text: oneLine(docs.comment), tags: Object.fromEntries(tags) };
}

function oneLine(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s*\n\s*/g, ' ');
}

/** `Base` of an interface that extends `Base` or `Pick<Base, ...>`. */
function baseOf({ heritageClauses }: ts.InterfaceDeclaration): string | undefined {
  const [extended] = heritageClauses?.[0]?.types ?? [];
  return extended && /\w+$/.exec(extended.typeArguments?.[0]?.getText() ?? extended.getText())?.[0];
}

/** Members of an interface, or of the object that a member is; entries of a table. */
function membersOf(node: ts.Node): readonly ts.NamedDeclaration[] {
  if (ts.isInterfaceDeclaration(node)) return [...node.members];
  if (ts.isObjectLiteralExpression(node)) return [...node.properties];
  if (ts.isTypeLiteralNode(node)) return [...node.members];
  if (ts.isUnionTypeNode(node)) return node.types.flatMap(membersOf);
  if (ts.isPropertySignature(node) && node.type) return membersOf(node.type);
  return [];
}

/** A value without `as const` and `satisfies`. */
function withoutTypes(expression: ts.Expression): ts.Expression {
  return ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)
    ? withoutTypes(expression.expression)
    : expression;
}
