import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Import,
  importedBy,
  importsOf,
  isTest,
  loadedBy,
  packageFolders,
  servesTests,
  sourceFiles,
} from './module-graph.ts';

const files = packageFolders().flatMap(sourceFiles);

/** The folder or file in the list that contains a path; the narrowest one. */
function placeOf(path: string, places: readonly string[]): string | undefined {
  return places
    .filter((place) => path === place || path.startsWith(`${place}/`))
    .toSorted((one, other) => other.length - one.length)[0];
}

/**
 * The imports that each folder may have from its siblings; '' stands for the files outside of folders. Tests and their
 * helpers may import more.
 */
const directions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'packages/contract': { src: [] },
  'packages/models': { src: [] },
  'packages/table': { src: [] },
  'packages/table/src': { testing: [] },
  'packages/models/src': { catalogue: [''] },
  'packages/lambda': { src: [], build: [] },
  'packages/lambda/src': {
    call: ['', 'ledger'],
    doors: ['', 'call'],
    upstream: ['', 'call'],
    ledger: [''],
    keys: [''],
    // It observes calls.
    log: ['', 'call', 'ledger'],
    // They observe calls too.
    'prompt-log': ['', 'call', 'log'],
    notices: ['', 'ledger', 'log'],
    traces: ['', 'call', 'log'],
    authorizer: ['', 'log', 'http/received-event.ts', 'upstream/fresh-connections.ts'],
    http: ['', 'call', 'doors', 'keys', 'ledger', 'log', 'upstream'],
    testing: [],
  },
  'packages/lambda/src/testing': { ledger: [] },
  'packages/lambda/src/call': {
    'structured-output': ['', '../config.ts', '../json.ts', '../proxy-error.ts'],
  },
  'packages/lambda/src/doors': {
    anthropic: ['', '../call', '../config.ts', '../json.ts', '../proxy-error.ts', '../usage-id.ts'],
    native: ['', '../call', '../config.ts', '../json.ts', '../usage-id.ts'],
    openai: ['', '../call', '../config.ts', '../json.ts', '../proxy-error.ts', '../usage-id.ts'],
  },
  'packages/lambda/src/doors/openai': {
    chat: ['', '..', '../../call', '../../json.ts', '../../proxy-error.ts'],
    embeddings: ['', '..', '../../json.ts', '../../proxy-error.ts'],
    responses: ['', '..', '../../call', '../../config.ts', '../../json.ts', '../../proxy-error.ts'],
  },
  'packages/lambda/src/upstream': {
    converse: ['', '../call', '../json.ts'],
    invoke: ['', '../call', '../json.ts'],
  },
  'packages/client-sdk': { src: [], test: ['src'], examples: [] },
  // From the bottom up: the proxy's answers, errors, options, and the way requests are sent.
  'packages/client-sdk/test': { browser: [] },
  'packages/client-sdk/src': {
    http: [],
    answer: [],
    errors: ['http', 'answer'],
    hooks: ['http', 'answer', 'errors'],
    options: ['http', 'answer', 'errors', 'hooks'],
    call: ['http', 'errors', 'hooks', 'options'],
    stream: ['http', 'answer', 'errors', 'options', 'call'],
    run: ['answer', 'errors', 'options', 'call', 'stream'],
    testing: ['', 'http', 'answer', 'errors', 'options', 'call'],
  },
  'packages/infra': { src: [], bin: ['src'], examples: ['src'], 'proxy.config.ts': ['src'] },
  'packages/infra/examples': { platform: ['../src'] },
  'packages/infra/src': {
    config: [],
    rules: ['config'],
    stack: ['config', 'rules'],
    testing: [],
  },
  'packages/infra/src/stack': {
    // The props that the other folders' constructs get.
    functions: ['../config', 'ledger-table.ts', 'notice-topic.ts', 'prompt-bucket.ts', 'watch'],
    authorizer: ['../config', 'ledger-table.ts', 'functions'],
    watch: ['../config'],
    api: ['../config'],
  },
  'packages/admin': { src: [] },
  'packages/admin/src': {
    ask: ['', 'keys', 'requests'],
    audit: [''],
    aws: [''],
    cost: ['', 'limits', 'plans/plans.ts'],
    doctor: ['', 'audit', 'aws', 'limits', 'plans', 'teams/teams.ts'],
    keys: ['', 'audit', 'aws', 'plans/plans.ts', 'teams/teams.ts'],
    limits: ['', 'audit', 'cost', 'keys', 'plans/plans.ts', 'teams/teams.ts'],
    models: ['', 'aws', 'doctor', 'plans/plans.ts'],
    notices: ['', 'audit', 'teams/teams.ts'],
    plans: ['', 'audit', 'teams'],
    prices: ['aws'],
    prove: ['', 'aws', 'doctor/finding.ts', 'keys', 'teams'],
    replay: ['', 'aws', 'keys', 'limits', 'plans/plans.ts'],
    requests: ['', 'aws', 'keys'],
    statistics: ['', 'aws'],
    teams: ['', 'audit', 'keys', 'plans/plans.ts', 'plans/stored-plan.ts'],
    testing: [],
  },
  'packages/console': { src: ['build'], build: [] },
  'packages/console/src': {
    server: ['../build'],
    // Only types: the page runs in a browser.
    page: ['', 'server'],
    testing: [],
  },
  'packages/console/src/page': {
    parts: [''],
    overview: ['', 'parts', '../server'],
    teams: ['', 'parts', '../server'],
    models: ['', 'parts'],
    playground: ['', 'parts'],
    requests: ['', 'parts'],
  },
  'packages/cli': { src: [] },
  'packages/cli/src': {
    commands: ['', 'deploy', 'init', 'output'],
    deploy: ['', 'output'],
    init: [''],
    output: [''],
    testing: [],
  },
  'packages/installation': { src: [] },
  'packages/local': { src: [] },
  'packages/proxy': { src: [], build: [] },
  'packages/local/src': {
    // The simulated services do not know the gateway.
    bedrock: ['clock.ts', 'loopback.ts'],
    dynamodb: ['loopback.ts', 'template'],
    s3: ['loopback.ts', 'signature.ts', 'template'],
    sns: [
      ...['clock.ts', 'loopback.ts', 'signature.ts', 'control-plane/query-protocol.ts'],
      ...['http/parse-json.ts', 'http/response.ts', 'template'],
    ],
    lambda: ['template'],
    limits: ['template'],
    template: ['http/response-types.ts'],
    http: ['clock.ts', 'lambda', 'limits', 'template'],
    docs: ['http'],
    'control-plane': ['http', 'lambda/log.ts', 'limits', 'template'],
    oidc: ['loopback.ts', 'gateway.ts'],
    testing: [],
  },
  'packages/local/src/bedrock': {
    schema: [],
    // A model's input, output and cost, for every API of Bedrock.
    model: ['exception.ts', 'schema'],
    // A model's own refusals, behind an operation's checks.
    rules: ['exception.ts', 'model-access.ts', 'request-body.ts', 'model'],
    converse: ['', 'model', 'rules', 'schema'],
    invoke: ['', 'model', 'rules', 'schema'],
    wire: [''],
  },
  'packages/local/src/bedrock/invoke': {
    embeddings: ['../exception.ts', '../model-access.ts', '../request-body.ts', '../model'],
    messages: [
      ...['native-body.ts', '../exception.ts', '../model-access.ts', '../request-body.ts'],
      ...['../model', '../rules', '../schema'],
    ],
  },
  'docs-gen': { licenses: ['../test/module-graph.ts'], openapi: [''] },
  e2e: {
    browser: [''],
    console: ['', '../test/run-program.ts'],
    faults: [''],
    keys: [''],
    packed: ['../test/run-program.ts'],
    prove: ['', 'keys'],
    runtime: [],
    soak: ['', '../test/helper-process.ts'],
    upgrade: [''],
  },
  bench: {
    measure: ['markdown.ts'],
    backends: ['../test/helper-process.ts'],
    client: ['', 'measure', '../test/helper-process.ts'],
    gateways: ['', 'backends', 'measure', '../test/helper-process.ts'],
    lambda: ['', 'backends', 'measure'],
    limits: ['', 'measure'],
  },
  'bench/client': { clients: ['client.ts'] },
  'bench/lambda': { bare: [] },
};

const rules = Object.entries(directions).flatMap(([root, folders]) =>
  Object.entries(folders).map(([folder, allowed]) => ({ root, folder, allowed })),
);

test.each(rules)('$root/$folder imports only itself and $allowed', ({ root, folder, allowed }) => {
  const place = join(root, folder);
  const known = Object.keys(directions[root] ?? {}).map((each) => join(root, each));
  const mayImport = ({ path = '' }: Import) =>
    placeOf(path, [...known, place]) === place ||
    allowed.some((each) => (each === '' ? join(path, '..') === root : placeOf(path, [join(root, each)]))) ||
    path.endsWith('/package.json');
  const own = files.filter((file) => placeOf(file, known) === place);
  const wrong = own
    .filter((file) => !servesTests(file))
    .flatMap(importsOf)
    .filter(({ path }) => path !== undefined)
    .filter((each) => !mayImport(each));
  expect(existsSync(place)).toBe(true);
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('every folder of sources has a rule here', () => {
  const isPackage = new Set(packageFolders());
  const foldersAround = (file: string): string[] => {
    const folder = dirname(file);
    return isPackage.has(folder) ? [] : [folder, ...foldersAround(folder)];
  };
  const hasRule = (folder: string) => Object.hasOwn(directions[dirname(folder)] ?? {}, basename(folder));
  expect([...new Set(files.flatMap(foldersAround))].filter((folder) => !hasRule(folder))).toEqual([]);
});

test('nothing imports a test', () => {
  const wrong = files.flatMap(importsOf).filter(({ path }) => path !== undefined && isTest(path));
  expect(wrong).toEqual([]);
});

test("a helper of tests is in its package's folder for them", () => {
  const used = new Set(files.filter((file) => !servesTests(file)).flatMap(importedBy));
  const usedByTests = new Set(files.filter(servesTests).flatMap(importedBy));
  const helpers = [...usedByTests].filter((file) => !used.has(file) && !file.endsWith('/index.ts'));
  expect(helpers.filter((file) => file.includes('/src/') && !servesTests(file))).toEqual([]);
});

test('no file imports itself through others, not even for a type', () => {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' > '));
    if (finished.has(file) || way.includes(file)) return;
    for (const path of importedBy(file)) visit(path, [...way, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

/** The entry points of shipped, deployed or user-run code. */
const entries = {
  lambda: ['src/index.ts', 'src/authorizer/index.ts', 'src/authorizer/keys-only.ts'],
  'client-sdk': ['src/index.ts', 'src/testing/index.ts'],
  infra: ['bin/app.ts'],
  admin: ['src/index.ts', 'src/keys/sign-in-keys.ts'],
  console: ['src/index.ts'],
  cli: ['src/index.ts'],
  local: ['src/start.ts', 'src/lambda/worker.ts'],
};

test.each(Object.entries(entries))(
  'the code of %s needs no package that is only for tests',
  (name, starts) => {
    const directory = join('packages', name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const loaded = loadedBy(starts.map((file) => join(directory, file)));
    expect([...loaded].filter((file) => !existsSync(file))).toEqual([]);
    const packages = [...loaded]
      .flatMap(importsOf)
      .filter(({ target, path, typeOnly }) => path === undefined && !typeOnly && !target.startsWith('node:'))
      .map(({ target }) =>
        target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    // The client's dependencies are bundled in.
    const bundled = ['@org/contract', 'ky', 'zod'];
    const provided = name === 'client-sdk' ? bundled : Object.keys(dependencies);
    expect([...new Set(packages)].filter((each) => !provided.includes(each))).toEqual([]);
  },
);

test('in the functions, only the ledger writes to the table', () => {
  const writers = files.filter(
    (file) =>
      file.startsWith('packages/lambda/src/') &&
      !servesTests(file) &&
      /\b(?:Update|Put|Delete|TransactWrite|BatchWrite)Items?Command\b/.test(readFileSync(file, 'utf8')),
  );
  expect(writers).toEqual(['packages/lambda/src/ledger/counter-table.ts']);
});

test("only the functions' upstream calls Bedrock, and only the client's transport uses the network", () => {
  const users = (name: string, directory: string) =>
    files.filter(
      (file) =>
        file.startsWith(directory) &&
        !servesTests(file) &&
        importsOf(file).some(({ target, typeOnly }) => target === name && !typeOnly),
    );
  const outside = users('@aws-sdk/client-bedrock-runtime', 'packages/lambda/src/').filter(
    (file) => !file.startsWith('packages/lambda/src/upstream/'),
  );
  // It creates the client.
  expect(outside).toEqual(['packages/lambda/src/index.ts']);
  expect(users('ky', 'packages/client-sdk/src/')).toEqual(['packages/client-sdk/src/call/attempts.ts']);
});

test('the middle of the functions, and the code behind it, use no type of the wire format', () => {
  const wire =
    /\b(?:AskRequest|Turn|Answer|StreamEvent|StreamStart|StreamDelta|StreamDone|ModelList|UsageReport)/;
  const behindTheDoors = files.filter((file) =>
    /^packages\/lambda\/src\/(?:call|upstream|ledger)\//.test(file),
  );
  const contract = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/import ([^;]*?) from '@org\/contract'/g)].join();
  expect(behindTheDoors.filter((file) => wire.test(contract(file)))).toEqual([]);
});
