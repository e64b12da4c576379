import { basename, join } from 'node:path';
import ts from 'typescript';

/** The name, declaration and docstring of an export, or of one of its members. */
interface Entry {
  /** `timeoutMs`, or `CallOptions.timeoutMs` for a member. */
  readonly name: string;
  /** Its declaration, in one line if it is a member. */
  readonly code: string;
  /** Its docstring, or that of the member it overrides, without examples; empty if there is none. */
  readonly docs: string;
  /** Whether the docstring is that of the overridden member. */
  readonly inherited?: boolean;
}

export interface Export extends Entry {
  /** Its source file, without the folder; for the test kit, below `testing/`. */
  readonly file: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type';
  /** Members that it declares or has from a type that is not exported; its base type has the rest. */
  readonly members: readonly Entry[];
}

/** The sections of the reference, and the source files that are described in each. */
const sections: Readonly<Record<string, readonly string[]>> = {
  Client: ['client.ts', 'bedrock-client.ts'],
  Options: ['options.ts', 'fetch.ts', 'api-key.ts', 'model-name.ts', 'standard-schema.ts'],
  Content: ['content.ts', 'blocks.ts'],
  'Tools and conversations': [
    'tool.ts',
    'tool-error.ts',
    'run-result.ts',
    'run-progress.ts',
    'conversation.ts',
  ],
  Answers: [
    'answer.ts',
    'safe-result.ts',
    'types.ts',
    'embeddings.ts',
    'limit.ts',
    'usage-report.ts',
    'model-list.ts',
  ],
  Streams: ['answer-stream.ts', 'stream-event.ts'],
  Errors: ['proxy-error.ts', 'errors.ts'],
  'Hooks and logs': ['hooks.ts', 'logger.ts', 'operation.ts'],
  Testing: [
    'mock-proxy.ts',
    'mock-client.ts',
    'mock-answer.ts',
    'mock-reply.ts',
    'errors.ts',
    'error-codes.ts',
  ].map((file) => `testing/${file}`),
};

/** Reads every export of the package and of its test kit, as the compiler sees them. */
export function readExports(directory: string): Export[] {
  const { config } = ts.readConfigFile(join(directory, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
  const entryFiles = ['src/index.ts', 'src/testing/index.ts'].map((file) => join(directory, file));
  const program = ts.createProgram(entryFiles, options);
  const checker = program.getTypeChecker();
  const exportsOf = (entry: string): ts.Symbol[] => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module) : [];
  };
  const declared = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const listed = new Set(entryFiles.flatMap(exportsOf).map(declared));
  const isKnown = ({ expression }: ts.ExpressionWithTypeArguments): boolean => {
    const symbol = checker.getSymbolAtLocation(expression);
    const isOfLanguage = /^(?:AsyncIterable|Error)$/.test(expression.getText());
    return isOfLanguage || (symbol !== undefined && listed.has(declared(symbol)));
  };
  const context = { checker, isKnown };
  return entryFiles.flatMap((entry) =>
    exportsOf(entry).map((symbol) => {
      const read = readExport(symbol.name, declared(symbol), context);
      return entry.includes('/testing/') ? { ...read, file: `testing/${read.file}` } : read;
    }),
  );
}

/** Context for the description of an export. */
interface Context {
  readonly checker: ts.TypeChecker;
  /** Whether a base of an export is in the reference itself, or belongs to the language. */
  readonly isKnown: (base: ts.ExpressionWithTypeArguments) => boolean;
}

/** The whole document. */
export function renderReference(exported: readonly Export[]): string {
  const body = Object.entries(sections).flatMap(([title, files]) => {
    const entries = files.flatMap((file) => exported.filter((entry) => entry.file === file));
    return [`## ${title}`, ...entries.flatMap(renderExport)];
  });
  const files = Object.values(sections).flat();
  const forgotten = exported.filter(({ file }) => !files.includes(file));
  if (forgotten.length > 0) {
    throw new Error(`No section has ${forgotten.map(({ name }) => name).join(', ')}: add its file to one.`);
  }
  const introduction = [
    'Every export of `@org/bedrock-client`, and under [Testing](#testing) those of `@org/bedrock-client/testing`, with what',
    'its docstring says. Written from the source by `docs-gen/api-reference.test.ts` of its repository, which fails',
    'where this is not true (`UPDATE_DOCS=1` writes it again).',
  ];
  return `${['# Reference', introduction.join('\n'), ...body].join('\n\n')}\n`;
}

function renderExport({ kind, name, code, docs, members }: Export): string[] {
  const listed = members.map(
    (member) => `- \`${member.code}\`${member.inherited ? '' : `: ${oneLine(member.docs)}`}`,
  );
  return [
    `### ${name}`,
    docs,
    ...(kind === 'class' || kind === 'interface' ? [`\`${code}\``] : [`\`\`\`typescript\n${code}\n\`\`\``]),
    ...(listed.length > 0 ? [listed.join('\n')] : []),
  ];
}

function readExport(name: string, symbol: ts.Symbol, context: Context): Export {
  const { checker } = context;
  const declaration = symbol.declarations?.[0];
  const docs = docsOf(symbol, checker);
  const file = basename(declaration?.getSourceFile().fileName ?? '');
  if (declaration && (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration))) {
    const kind = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
    const own: readonly ts.Node[] = declaration.members;
    const members = [...membersOfUnknown(declaration, context), ...own.filter(isMember)];
    return {
      name,
      file,
      kind,
      docs,
      code: head(name, declaration, context),
      members: members.map((member) => readMember(name, member, checker)),
    };
  }
  if (declaration && ts.isFunctionDeclaration(declaration)) {
    const code = codeOf(declaration, declaration.body);
    return { name, file, kind: 'function', docs, code, members: [] };
  }
  if (declaration && ts.isTypeAliasDeclaration(declaration)) {
    return { name, file, kind: 'type', docs, code: aliasOf(declaration, checker), members: [] };
  }
  throw new Error(`${name} is exported, and is not a class, an interface, a function or a type.`);
}

/** Members of an interface from base types that are not in the reference. */
function membersOfUnknown(declaration: ts.Declaration, { checker, isKnown }: Context): Member[] {
  if (!ts.isInterfaceDeclaration(declaration)) return [];
  const own = new Set(declaration.members.map(({ name }) => name?.getText()));
  return basesOf(declaration)
    .filter((base) => !isKnown(base))
    .flatMap((base) => checker.getTypeAtLocation(base).getProperties())
    .flatMap(({ name, declarations: [member] = [] }) =>
      member && isMember(member) && !own.has(name) ? [member] : [],
    );
}

function basesOf({ heritageClauses }: ts.InterfaceDeclaration | ts.ClassDeclaration) {
  return heritageClauses?.flatMap(({ types }) => [...types]) ?? [];
}

/** Writes out a union of strings, however it is derived. */
function aliasOf(declaration: ts.TypeAliasDeclaration, checker: ts.TypeChecker): string {
  const { name, type: written } = declaration;
  const type = checker.getTypeAtLocation(name);
  const isDerived = !ts.isUnionTypeNode(written) || !written.types.every(ts.isLiteralTypeNode);
  return isDerived && type.isUnion() && type.types.every((each) => each.isStringLiteral())
    ? `type ${name.text} =\n${type.types.map((each) => `  | '${each.isStringLiteral() && each.value}'`).join('\n')}`
    : codeOf(declaration);
}

type Member = ts.PropertySignature | ts.MethodSignature | ts.PropertyDeclaration | ts.MethodDeclaration;

function isMember(node: ts.Node): node is Member {
  return (
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node)
  );
}

function readMember(owner: string, member: Member, checker: ts.TypeChecker): Entry {
  const name = member.name.getText();
  const body = ts.isMethodDeclaration(member) ? member.body : undefined;
  const code = oneLine(codeOf(member, body).replaceAll(/\/\*\*.*?\*\//gs, ''));
  // Each form of an overloaded method has its own docstring.
  const signature = ts.isMethodSignature(member) ? checker.getSignatureFromDeclaration(member) : undefined;
  const symbol = checker.getSymbolAtLocation(member.name);
  const inherited = ts.getJSDocCommentsAndTags(member).length === 0;
  return { name: `${owner}.${name}`, code, docs: docsOf(signature ?? symbol, checker), inherited };
}

/** The head of a class or an interface: `class RateLimitedError extends BedrockProxyError`. */
function head(
  name: string,
  declaration: ts.InterfaceDeclaration | ts.ClassDeclaration,
  { isKnown }: Context,
): string {
  const [clause] = declaration.heritageClauses ?? [];
  const [before = ''] = clause
    ? [declaration.getText().slice(0, clause.getStart() - declaration.getStart())]
    : declaration.getText().split('{\n');
  const bases = basesOf(declaration).filter(isKnown);
  const renamed = before.replace(/^export /, '').replace(/(?<=interface )\w+/, name);
  return oneLine(
    bases.length === 0 ? renamed : `${renamed} extends ${bases.map((base) => base.getText()).join(', ')}`,
  );
}

/** A declaration without its body, its docstring and the parts that only matter to the compiler. */
function codeOf(node: ts.Node, body?: ts.Node): string {
  const text = node.getText();
  return text
    .slice(0, body ? body.getStart() - node.getStart() : undefined)
    .replace(/^(?:(?:export|override|abstract|readonly) )+/, '')
    .replace(/ = ('\w+') as const;$/, ': $1')
    .replace(/^(\w+\?:)\s+(?:\| )?(.*\S)\s+\| undefined;?$/s, '$1 $2')
    .replace(/;$/, '')
    .trim();
}

function docsOf(said: ts.Symbol | ts.Signature | undefined, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(said?.getDocumentationComment(checker));
  const tags = said?.getJsDocTags(checker) ?? [];
  const more = tags.flatMap((tag) => {
    const about = ts
      .displayPartsToString(tag.text)
      .replace(/^(\w+) -? ?/, tag.name === 'param' ? '`$1`: ' : '$1 ');
    return tag.name === 'param' || tag.name === 'see'
      ? [tag.name === 'see' ? `See <${about.trim()}>.` : about]
      : [];
  });
  return [text, ...more]
    .join('\n\n')
    .replaceAll(/\{@link ([\w.]+)\}/g, '`$1`')
    .trim();
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\((?: \|)? /g, '(')
    .replaceAll(/,? \)/g, ')')
    .trim();
}
