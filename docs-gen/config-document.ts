import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { docstringOf } from './docstrings.ts';

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** The document's heading for each type of a config, from the whole to its parts, by the file that declares it. */
const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'infra/src/config/config.ts': {
    AuthoredProxyConfig: 'Config',
    AuthoredModel: 'Model',
    AuthoredPlan: 'Plan',
    Quota: 'Quota',
    AuthoredTeam: 'Team',
    AuthoredKey: 'Key',
  },
  'infra/src/config/throttle.ts': { Throttle: 'Throttle' },
  'contract/src/limits.ts': {
    Limits: 'Limits',
    PeriodLimits: 'Limits by period',
    LimitPaces: 'Paces',
    Pace: 'Pace',
  },
  'infra/src/config/plan-guardrail.ts': {
    PlanGuardrail: 'Guardrail of a plan',
    GuardrailProfile: 'Guardrail profile',
  },
  'lambda/src/environment.ts': { Guardrail: 'Guardrail' },
  'models/src/price.ts': {
    Price: 'Price',
    Rates: 'Rates',
    LongContext: 'Price of long input',
    TierRates: 'Price of a service tier',
  },
  'infra/src/config/sign-in.ts': {
    AuthoredSignIn: 'Sign-in',
    CognitoSignIn: 'Sign-in by Cognito',
    OidcSignIn: 'Sign-in by OpenID Connect',
    TeamClaim: 'Team of a token',
  },
  'infra/src/config/notify.ts': { NotifyConfig: 'Receivers of notices' },
  'infra/src/config/operations.ts': {
    OperationsConfig: 'Operations',
    AlarmsConfig: 'Alarms',
    WafConfig: 'Firewall',
    CorsConfig: 'Web pages',
  },
  'infra/src/config/account.ts': {
    AccountConfig: 'Account',
    RolesConfig: 'Roles',
    PromptLogConfig: 'Prompt log',
  },
  'infra/src/config/network.ts': {
    NetworkConfig: 'Network',
    PrivateApiConfig: 'Private API',
    DomainConfig: 'Domain',
    TlsPolicy: 'TLS policy',
  },
  'models/src/model.ts': {
    ModelDefinition: 'Model definition',
    ModelUpstream: 'Upstream',
    Lifecycle: 'Lifecycle',
    ModelPrice: 'Price of a definition',
  },
  'models/src/reasoning.ts': { Reasoning: 'Reasoning' },
  'models/src/prompt-cache.ts': { PromptCache: 'Prompt cache', CachePoints: 'Cache points' },
};

const headings: ReadonlyMap<string, string> = new Map(
  Object.values(sections).flatMap((types) => Object.entries(types)),
);

const introduction = [
  '# The config',
  '',
  'The fields of `proxy.config.ts`, such as [this one](../packages/infra/proxy.config.ts), from the whole to its parts. Fields are',
  'optional unless they are marked required. Your editor shows the same text while you write, `npx proxy config check`',
  'validates a config, and [models](models.md) lists the aliases of the catalogue. `docs-gen/config-document.test.ts` writes',
  'this page from the docstrings of [config.ts](../packages/infra/src/config/config.ts) and of the types in it, and fails if',
  'the page is out of date (`UPDATE_DOCS=1` writes it again).',
  '',
];

/** The whole document, from the types in `packages`. */
export function renderConfigDocument(packages: string): string {
  const body = Object.entries(sections).flatMap(([file, types]) => {
    const text = readFileSync(join(packages, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return Object.entries(types).flatMap(([name, heading]) => [
      `## ${heading}`,
      '',
      ...renderType(declarationOf(name, source)),
    ]);
  });
  return [...introduction, ...body].join('\n');
}

function declarationOf(name: string, source: ts.SourceFile): Declaration {
  for (const statement of source.statements) {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    if (isType && statement.name.text === name) return statement;
  }
  throw new Error(`${source.fileName} declares no ${name}: fix the sections of config-document.ts.`);
}

function renderType(declaration: Declaration): string[] {
  return ts.isTypeAliasDeclaration(declaration) ? renderAlias(declaration) : renderFields(declaration);
}

function renderAlias(declaration: ts.TypeAliasDeclaration): string[] {
  const code = inlined(declaration.getText(), declaration.getSourceFile());
  const [, value = ''] = code.split(/=(.*)/s);
  const named = [...headings.keys()].filter((name) => new RegExp(`\\b${name}\\b`).test(value));
  const example = docstringOf(declaration)?.tags['example'];
  return paragraphs(
    [docsOf(declaration), example && `Such as \`${example}\`.`, links(named)].filter(Boolean).join(' '),
    ['```typescript', code.replace(/^export /, '').replaceAll('Authored', ''), '```'].join('\n'),
  );
}

function renderFields(declaration: ts.InterfaceDeclaration): string[] {
  const extended = (declaration.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => expression.getText()),
  );
  return paragraphs(
    docsOf(declaration),
    declaration.members.filter(ts.isPropertySignature).map(renderField).join('\n'),
    extended.length > 0 ? `And all of ${links(extended).replace('See ', '')}` : '',
  );
}

/** With an empty line after each. */
const paragraphs = (...texts: readonly string[]) => texts.flatMap((text) => (text === '' ? [] : [text, '']));

function renderField(field: ts.PropertySignature): string {
  const named = new Set<string>();
  const type = field.type ? written(field.type, named) : '';
  const required = field.questionToken ? '' : ', required';
  const more = [docsOf(field), links([...named])].filter((text) => text !== '').join(' ');
  return `- **\`${field.name.getText()}\`**${required}: \`${type}\`${more === '' ? '' : `. ${more}`}`;
}

/** `See [Plan](#plan).` */
function links(names: readonly string[]): string {
  const found = names.flatMap((name) => headings.get(name) ?? []);
  const linked = found.map((heading) => `[${heading}](#${heading.toLowerCase().replaceAll(' ', '-')})`);
  return linked.length > 0 ? `See ${linked.join(', ')}.` : '';
}

/** The docstring in one line, with a link to its source page. */
function docsOf(node: ts.Node): string {
  const { text = '' } = docstringOf(node) ?? {};
  const page = ts
    .getJSDocCommentsAndTags(node)
    .map((docs) => /@see (\S+)/.exec(docs.getText())?.[1])
    .find((found) => found !== undefined);
  return [text, page === undefined ? '' : `See <${page}>.`].filter((part) => part !== '').join(' ');
}

/**
 * A type as a reader of the document needs it: the values that may be written, not what the compiler infers. Adds to
 * `named` the types that have a section.
 */
function written(type: ts.TypeNode, named: Set<string>): string {
  const inner = (node: ts.TypeNode) => written(node, named);
  if (ts.isTypeOperatorNode(type) || ts.isParenthesizedTypeNode(type)) return inner(type.type);
  if (ts.isUnionTypeNode(type)) {
    return type.types
      .filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
      .map(inner)
      .join(' | ');
  }
  if (ts.isArrayTypeNode(type)) {
    const item = inner(type.elementType);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (ts.isMappedTypeNode(type) && type.type)
    return `{ [${type.typeParameter.name.text.toLowerCase()}]: ${inner(type.type)} }`;
  if (ts.isIndexedAccessTypeNode(type)) return valuesOf(type);
  return ts.isTypeReferenceNode(type) ? reference(type, named) : type.getText();
}

function reference(type: ts.TypeReferenceNode, named: Set<string>): string {
  const name = type.typeName.getText();
  const last = type.typeArguments?.at(-1);
  const heading = headings.get(name);
  if (heading !== undefined) {
    named.add(name);
    return name.replace(/^Authored/, '');
  }
  if (name === 'Readonly' && last) return written(last, named);
  if (name === 'Record' && last) return `{ [name]: ${written(last, named)} }`;
  const meaning = constraintOf(name, type) ?? aliasOf(name, type);
  if (meaning) return written(meaning, named);
  throw new Error(`No section has ${name}: add it to those of config-document.ts.`);
}

/** The constraint of a type parameter of the surrounding type. */
function constraintOf(name: string, node: ts.Node): ts.TypeNode | undefined {
  const around = ts.findAncestor(node, ts.isInterfaceDeclaration);
  return around?.typeParameters?.find((parameter) => parameter.name.text === name)?.constraint;
}

/** The definition of a type of the same file. */
function aliasOf(name: string, node: ts.Node): ts.TypeNode | undefined {
  return node
    .getSourceFile()
    .statements.filter(ts.isTypeAliasDeclaration)
    .find((declaration) => declaration.name.text === name)?.type;
}

/** Code in which types of the same file without a section are written out, so that it shows the possible values. */
function inlined(code: string, source: ts.SourceFile): string {
  const local = source.statements
    .filter(ts.isTypeAliasDeclaration)
    .filter(({ name }) => !headings.has(name.text));
  return local.reduce((text, { name, type }) => {
    const meaning = ts.isIndexedAccessTypeNode(type) ? valuesOf(type) : type.getText();
    return text
      .replaceAll(`${name.text}[]`, `(${meaning})[]`)
      .replaceAll(new RegExp(`\\b${name.text}\\b`, 'g'), meaning);
  }, code);
}

/** The values of a table from which a type is derived: `(typeof retentionDays)[number]`. */
function valuesOf(type: ts.IndexedAccessTypeNode): string {
  const [, name = ''] = /typeof (\w+)/.exec(type.getText()) ?? [];
  const [, values] = new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(type.getSourceFile().text) ?? [];
  if (values === undefined) throw new Error(`${type.getText()} is not a value of a table in its file.`);
  return [...values.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/[^\s,]+/g)].map(([value]) => value).join(' | ');
}
