import { basename, join } from 'node:path';
import ts from 'typescript';

/** What one export, or one member of it, is called, is, and says of itself. */
interface Entry {
  /** `timeoutMs`, or `CallOptions.timeoutMs` of a member. */
  readonly name: string;
  /** As it is declared, in one line where it is a member. */
  readonly code: string;
  /** Its docstring, or that of what it overrides, without examples; empty where there is none. */
  readonly docs: string;
  /** Whether the docstring is that of what it overrides. */
  readonly inherited?: boolean;
}

export interface Export extends Entry {
  /** Its source file, without the folder. */
  readonly file: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type';
  /** What it declares itself; what it inherits is with the one that it extends. */
  readonly members: readonly Entry[];
}

/** The sections of the reference, and the source files that are told of in each. */
const sections: Readonly<Record<string, readonly string[]>> = {
  Client: ['client.ts', 'bedrock-client.ts'],
  Options: ['options.ts', 'fetch.ts', 'api-key.ts', 'model-name.ts', 'standard-schema.ts'],
  Answers: ['answer.ts', 'safe-result.ts', 'limit.ts', 'usage-report.ts', 'model-list.ts'],
  Streams: ['answer-stream.ts', 'stream-event.ts'],
  Errors: ['proxy-error.ts', 'errors.ts'],
  'Hooks and logs': ['hooks.ts', 'logger.ts', 'routes.ts'],
  Testing: ['mock-proxy.ts', 'mock-client.ts', 'mock-answer.ts', 'mock-reply.ts'],
};

/** Reads every export of the package and of its test kit, as the compiler sees them. */
export function readExports(directory: string): Export[] {
  const { config } = ts.readConfigFile(join(directory, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
  const entryFiles = ['src/index.ts', 'src/testing/index.ts'].map((file) => join(directory, file));
  const program = ts.createProgram(entryFiles, options);
  const checker = program.getTypeChecker();
  return entryFiles.flatMap((name) => {
    const file = program.getSourceFile(name);
    const module = file && checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module).map((symbol) => readExport(symbol, checker)) : [];
  });
}

/** The whole document. */
export function renderReference(exported: readonly Export[]): string {
  const told = Object.entries(sections).flatMap(([title, files]) => {
    const entries = files.flatMap((file) => exported.filter((entry) => entry.file === file));
    return [`## ${title}`, ...entries.flatMap(renderExport)];
  });
  const files = Object.values(sections).flat();
  const forgotten = exported.filter(({ file }) => !files.includes(file));
  if (forgotten.length > 0) {
    throw new Error(
      `No section tells of ${forgotten.map(({ name }) => name).join(', ')}: add its file to one.`,
    );
  }
  const introduction = [
    'Every export of `@org/bedrock-client`, and under [Testing](#testing) those of `@org/bedrock-client/testing`, with what',
    'its docstring says. Written from the source by `docs-gen/api-reference.test.ts` of its repository, which fails',
    'where this is not true (`UPDATE_DOCS=1` writes it anew).',
  ];
  return `${['# Reference', introduction.join('\n'), ...told].join('\n\n')}\n`;
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

function readExport(exported: ts.Symbol, checker: ts.TypeChecker): Export {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const { name } = symbol;
  const declaration = symbol.declarations?.[0];
  const docs = docsOf(symbol, checker);
  const file = basename(declaration?.getSourceFile().fileName ?? '');
  if (declaration && (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration))) {
    const kind = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
    const members: readonly ts.Node[] = declaration.members;
    return {
      name,
      file,
      kind,
      docs,
      code: head(declaration),
      members: members.filter(isMember).map((member) => readMember(name, member, checker)),
    };
  }
  if (declaration && ts.isFunctionDeclaration(declaration)) {
    const code = codeOf(declaration, declaration.body);
    return { name, file, kind: 'function', docs, code, members: [] };
  }
  if (declaration && ts.isTypeAliasDeclaration(declaration)) {
    return { name, file, kind: 'type', docs, code: codeOf(declaration), members: [] };
  }
  throw new Error(`${name} is exported, and is no class, interface, function or type.`);
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
  const code = oneLine(codeOf(member, ts.isMethodDeclaration(member) ? member.body : undefined));
  // Of a method that is overloaded, each form has a docstring of its own.
  const signature = ts.isMethodSignature(member) ? checker.getSignatureFromDeclaration(member) : undefined;
  const symbol = checker.getSymbolAtLocation(member.name);
  const inherited = ts.getJSDocCommentsAndTags(member).length === 0;
  return { name: `${owner}.${name}`, code, docs: docsOf(signature ?? symbol, checker), inherited };
}

/** The head of a class or an interface: `class RateLimitedError extends BedrockProxyError`. */
function head(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
  const [before = ''] = declaration.getText().split('{\n');
  return oneLine(before.replace(/^export /, ''));
}

/** A declaration without its body, its docstring and what only matters to the compiler. */
function codeOf(node: ts.Node, body?: ts.Node): string {
  const text = node.getText();
  return text
    .slice(0, body ? body.getStart() - node.getStart() : undefined)
    .replace(/^(?:(?:export|override|abstract|readonly) )+/, '')
    .replace(/ = ('\w+') as const;$/, ': $1')
    .replace(/^(\w+\?: .*) \| undefined;?$/s, '$1')
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
