import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { faultsIn } from '../../test/compile.ts';
import { findNode, type PackedPackage, pack } from './packed-package.ts';
import { type InstalledProject, installProject } from './packed-proxy.ts';

const require = createRequire(import.meta.url);

// Each step loads the CDK, which takes seconds, and on a busy machine minutes.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

let proxy: PackedPackage;
let client: PackedPackage;
let project: InstalledProject;

beforeAll(async () => {
  [proxy, client] = await Promise.all([pack('@org/bedrock-proxy'), pack('@org/bedrock-client')]);
  project = await installProject([
    { file: proxy.file, name: '@org/bedrock-proxy' },
    { file: client.file, name: '@org/bedrock-client' },
  ]);
});

afterAll(() => Promise.all([proxy.remove(), client.remove(), project.remove()]));

describe('the tarball', () => {
  test('has code, types, functions, the pages and documents; no source, no map, no test', async () => {
    const known = [
      /^(?:LICENSE|README\.md|package\.json|bin\/proxy\.js)$/,
      /^dist\/(?:[\w-]+\.js|(?:index|cdk|config\.d-[\w-]+)\.d\.ts)$/,
      /^dist\/functions\/(?:(?:key-)?authorizer\/)?(?:index\.mjs|THIRD-PARTY-NOTICES\.txt)$/,
      /^dist\/page\/(?:index\.html|page\.css|page\.js|icon\.svg)$/,
      /^dist\/page\/swagger-ui\/(?:LICENSE|NOTICE|swagger-ui\.css|swagger-ui-bundle\.js(?:\.LICENSE\.txt)?)$/,
      /^dist\/console\/(?:index\.html|page\.css|page\.js|THIRD-PARTY-NOTICES\.txt)$/,
      /^docs\/(?:(?:(?:benchmarks|decisions)\/)?[\w-]+\.md|openapi\.json)$/,
    ];
    expect(proxy.files.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(proxy.tarball.byteLength).toBeLessThan(1.45e6);
  });

  test('and that of the client have no link to a file that they lack', async () => {
    for (const { files, read } of [proxy, client]) {
      const dead: string[] = [];
      for (const page of files.filter((file) => file.endsWith('.md'))) {
        for (const [, target = ''] of (await read(page)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
          const path = join(dirname(page), target);
          const isThere = files.some((file) => file === path || file.startsWith(`${path}/`));
          if (!/^[a-z]+:/.test(target) && !isThere) dead.push(`${page}: ${target}`);
        }
      }
      expect(dead).toEqual([]);
    }
  });

  test('has the functions as built and tested, byte for byte', async () => {
    const built = dirname(require.resolve('@org/lambda/bundle'));
    for (const file of ['index.mjs', 'authorizer/index.mjs', 'key-authorizer/index.mjs']) {
      expect(await proxy.read(`dist/functions/${file}`)).toBe(await readFile(join(built, file), 'utf8'));
    }
  });

  test('imports all that its manifest declares and no more, in exact versions, and runs nothing when it is installed', async () => {
    const { dependencies, peerDependencies, scripts, ...manifest } = JSON.parse(
      await proxy.read('package.json'),
    );
    expect(
      Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version))),
    ).toEqual([]);
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    expect(JSON.stringify(manifest)).not.toMatch(/catalog:/);
    const code = proxy.files.filter((file) => /^dist\/[^/]+\.(?:js|d\.ts)$/.test(file));
    const imported = await Promise.all(
      code.map(async (file) => ts.preProcessFile(await proxy.read(file), true, true).importedFiles),
    );
    const packages = imported
      .flat()
      .map(({ fileName }) => fileName)
      .filter((name) => !/^(?:\.|node:)/.test(name))
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    // A program, and a package that another one asks for.
    const used = new Set([...packages, 'aws-cdk', 'ajv']);
    expect([...used].toSorted()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).toSorted());
  });

  test('takes the CDK of the app that it is in, from the version on that is tested here', async () => {
    const { peerDependencies } = JSON.parse(await proxy.read('package.json'));
    const packages = createRequire(require.resolve('@org/bedrock-proxy/package.json'));
    const tested = Object.keys(peerDependencies).map((name) => [
      name,
      `^${packages(`${name}/package.json`).version}`,
    ]);
    expect(peerDependencies).toEqual(Object.fromEntries(tested));
  });

  test('and that of the client can be published, as a rehearsal says', async () => {
    for (const { file, unpacked } of [proxy, client]) {
      const { name, publishConfig } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
      expect(publishConfig).toEqual({ access: 'public', provenance: true });
      const { code, stderr } = await project.run('npm', 'publish', '--dry-run', '--offline', file);
      expect(stderr).toMatch(/with tag latest and public access/);
      expect([name, code]).toEqual([name, 0]);
    }
  });

  test('passes publint', async () => {
    const { messages } = await publint({ pack: { tarball: proxy.tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has correct types for every way to import it', async () => {
    const { types, ...analysis } = await checkPackage(createPackageFromTarballData(proxy.tarball));
    expect(types).toBeTruthy();
    // It is an ES module, which Node 22 requires as well as imports. Those that know no "exports" are older than it.
    const problems = 'problems' in analysis ? analysis.problems : [];
    expect(
      problems.filter(
        ({ kind, ...where }) =>
          !(kind === 'CJSResolvesToESM') && !('resolutionKind' in where && where.resolutionKind === 'node10'),
      ),
    ).toEqual([]);
  });
});

const versions = [22, 24, 26];
const [oldest = 0] = versions;

/** In the order of a user's first hour; each step needs those before it. */
describe.each(versions)('in an empty folder, on Node %d', (major) => {
  const found = findNode(major);
  const node = found ?? process.execPath;
  // npm has no Node of every version for every platform.
  const step = test.skipIf(found === undefined);
  let here: InstalledProject;
  const proxyOn = (...args: string[]) => here.proxy(node, ...args);
  beforeAll(async () => {
    here = await project.below(`on-node-${major}`);
  });

  step('init writes a project, and config check explains it', async () => {
    const answers = ['--name', 'acme', '--team', 'search', '--budget', '20'];
    const { code, stdout } = await proxyOn('init', '--yes', ...answers);
    expect(stdout).toBe('Wrote proxy.config.ts, package.json, .github/workflows/proxy.yml, .gitignore.\n');
    expect(code).toBe(0);
    const checked = await proxyOn('config', 'check');
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toMatch(/^The config is good: acme-dev in us-east-1\.$/m);
    expect(checked.stdout).toContain('$20.00/month');
  });

  step(
    'synth writes the template beside the config, and diff says what another config would change',
    async () => {
      expect(await proxyOn('synth')).toMatchObject({
        code: 0,
        stdout: 'acme-dev: cdk.out/acme-dev.template.json\n',
      });
      await here.run('cp', '-r', 'cdk.out', 'earlier');
      const config = await here.read('proxy.config.ts');
      await here.write(
        'proxy.config.ts',
        config.replace('burst: 20', 'burst: 30').replace('month: 20', 'month: 25'),
      );
      const { code, stdout, stderr } = await proxyOn('diff', '--fail', '--template', 'earlier');
      expect(stdout).toMatch(/from \$20\.00 to \$25\.00 per month, of it search \+\$5\.00/);
      expect(stderr).toMatch(/BurstLimit.*20.*30/s);
      expect(code).toBe(1);
    },
  );

  step('dev serves it, the client is answered, and keys and usage work on it', async () => {
    const { lines, stop } = await here.serve(node);
    onTestFinished(stop);
    const endpoint = lines.find((line) => line.startsWith('Endpoint: '))?.slice('Endpoint: '.length) ?? '';
    const { origin } = new URL(endpoint);
    expect(lines).toContain(`npx proxy usage --local ${origin}`);
    for (const path of ['', '/page.js', '/swagger-ui-bundle.js', '/openapi.json']) {
      expect((await fetch(`${origin}/docs${path}`)).status).toBe(200);
    }
    for (const path of ['', 'page.js', 'page.css']) {
      expect((await fetch(`${origin}/console/${path}`)).status).toBe(200);
    }
    const made = await proxyOn('keys', 'create', 'app', '--team', 'search', '--local', origin, '--json');
    const { value } = JSON.parse(made.stdout);
    const ask = `import { createBedrockClient } from '@org/bedrock-client';
      const client = createBedrockClient({ baseUrl: '${endpoint}', apiKey: '${value}' });
      console.log((await client.ask('nova-lite', 'What is a dystopia?')).text);`;
    const asked = await here.run(node, '--input-type=module', '--eval', ask);
    expect(asked.stdout).toContain('What is a dystopia?');
    const listed = await proxyOn('keys', 'list', '--local', origin);
    expect(listed.stdout).toMatch(/^app .*search/m);
    const used = await proxyOn('usage', '--local', origin, '--json');
    expect(used.stdout).toContain('search');
  });
});

test('--version prints its own', async () => {
  const { version } = JSON.parse(await proxy.read('package.json'));
  expect((await project.proxy(process.execPath, '--version')).stdout.trim()).toBe(version);
});

test('the scripts that init writes run', async () => {
  const here = await project.below('with-scripts');
  await here.proxy(process.execPath, 'init', '--yes');
  expect(await here.run('npm', 'run', '--silent', 'proxy:check')).toMatchObject({ code: 0, stderr: '' });
});

test('from a folder below, the config above is found; without one, init is named', async () => {
  const here = await project.below('with-a-folder');
  await here.proxy(process.execPath, 'init', '--yes');
  const inside = await here.below('inside');
  expect((await inside.proxy(process.execPath, 'models')).stdout).toContain('nova-lite');
  const { stderr } = await project.proxy(process.execPath, 'models');
  expect(stderr).toMatch(/there is no proxy\.config\.ts in .* or above it; "npx proxy init" writes one/);
});

describe('a CDK app with the construct', () => {
  const node = findNode(oldest) ?? process.execPath;
  /** The example of our page about it, as it is packed. */
  let example: string;
  const synthesize = (file: string) =>
    project.run('env', 'CDK_OUTDIR=platform/cdk.out', node, `platform/${file}`);

  beforeAll(async () => {
    const snippets = (await proxy.read('docs/deploy.md')).matchAll(/^```ts\n(.*?)^```/gms);
    example =
      [...snippets].map(([, code = '']) => code).find((code) => code.includes('new BedrockProxy(')) ?? '';
    await project.write('platform/package.json', '{ "type": "module" }');
  });

  test('synthesizes the proxy beside its own resources', async () => {
    await project.write('platform/app.ts', example);
    expect(await synthesize('app.ts')).toMatchObject({ code: 0, stderr: '' });
    const { Resources } = JSON.parse(await project.read('platform/cdk.out/Platform.template.json'));
    const types = Object.values<{ Type: string }>(Resources).map(({ Type }) => Type);
    expect(types).toEqual(expect.arrayContaining(['AWS::ApiGateway::RestApi', 'AWS::SSM::Parameter']));
  });

  test('is not synthesized with a method that asks for no key', async () => {
    const open = `${example}
      import { MockIntegration } from 'aws-cdk-lib/aws-apigateway';
      proxy.api.root.addMethod('GET', new MockIntegration(), { apiKeyRequired: false });`;
    await project.write('platform/open.ts', open);
    const { code, stderr } = await synthesize('open.ts');
    expect(stderr).toContain('ApiKeyRequired lets anyone call it; set it to true');
    expect(stderr).toContain('Platform/Proxy/Api/Rest/Default/GET');
    expect(code).toBe(1);
  });

  test('is checked by TypeScript, which knows the parts of the proxy', async () => {
    const typed = `${example}
      import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
      import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
      import type { Table } from 'aws-cdk-lib/aws-dynamodb';
      import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
      import type { Topic } from 'aws-cdk-lib/aws-sns';
      const parts: [RestApi, LambdaFunction, Table, readonly Alarm[]] = [
        proxy.api, proxy.handler, proxy.table, proxy.alarms,
      ];
      const optional: [LambdaFunction | undefined, Topic | undefined] = [proxy.authorizer, proxy.alarmTopic];
      // @ts-expect-error Without alarms there is no topic.
      const topic: Topic = proxy.alarmTopic;
      // @ts-expect-error An unknown type would fit everywhere.
      const table: RestApi = proxy.table;`;
    await project.write('platform/typed.ts', typed);
    const faults = await faultsIn(join(project.folder, 'platform'), {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
      },
      files: ['typed.ts'],
    });
    expect(faults).toEqual([]);
  });
});

test('an older Node says which is needed', async () => {
  const older = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" })';
  const bin = join(project.folder, 'node_modules/.bin/proxy');
  const { code, stderr } = await project.run(
    process.execPath,
    '--import',
    `data:text/javascript,${older}`,
    bin,
  );
  expect(stderr).toMatch(/needs Node 22\.18 or newer/);
  expect(code).toBe(1);
});
