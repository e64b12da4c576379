import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { synthesize } from '@org/infra/stack';
import { configFile } from '@org/lambda/config-file';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';

const built = resolve(import.meta.dirname, '../packages/lambda/dist');

const Assets = z.object({
  files: z.record(
    z.string(),
    z.object({ source: z.object({ path: z.string(), packaging: z.string() }), destinations: z.unknown() }),
  ),
});
const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.optional(z.record(z.string(), z.unknown())) }),
  ),
});

const directory = mkdtempSync(join(tmpdir(), 'deploy-'));
afterAll(() => rmSync(directory, { recursive: true }));

const { plans } = shipped;
const threePlans = parseProxyConfig({
  ...shipped,
  plans: { ...plans, batch: { ...plans['research'], throttle: { rate: 1, burst: 1 } } },
  teams: { ...shipped.teams, batch: { plan: 'batch', keys: ['batch-key'] } },
});

let template: z.output<typeof Template>;
let assets: z.output<typeof Assets>['files'];
beforeAll(() => {
  const { templateFile } = synthesize(threePlans, { outdir: directory });
  template = z.parse(Template, JSON.parse(readFileSync(templateFile, 'utf8')));
  const assetsFile = templateFile.replace('.template.json', '.assets.json');
  assets = z.parse(Assets, JSON.parse(readFileSync(assetsFile, 'utf8'))).files;
}, 120_000);

const resources = (type: string) =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);

test('the functions are uploaded exactly as built and tested, byte for byte', () => {
  const Code = z.object({ Code: z.object({ S3Key: z.string() }) });
  const functions = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  expect(functions).toHaveLength(2);
  for (const [id, { Properties }] of functions) {
    const { S3Key: key } = z.parse(Code, Properties).Code;
    const source = assets[key.replace('.zip', '')]?.source;
    expect(source?.packaging).toBe('zip');
    const path = source?.path ?? '';
    const isAuthorizer = id.startsWith('Authorizer');
    const builtTo = isAuthorizer ? join(built, 'key-authorizer') : built;
    const files = readdirSync(join(directory, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(directory, path), join(entry.parentPath, entry.name)))
      .toSorted();
    // The licences of the bundled packages are uploaded too, and the config of the function that asks.
    const asBuilt = ['THIRD-PARTY-NOTICES.txt', 'index.mjs'];
    expect(files).toEqual(isAuthorizer ? asBuilt : [...asBuilt, configFile].toSorted());
    for (const file of asBuilt) {
      expect(readFileSync(join(directory, path, file)).equals(readFileSync(join(builtTo, file)))).toBe(true);
    }
  }
});

test('nothing else is uploaded except the template', () => {
  expect(
    Object.values(assets)
      .map(({ source }) => source.packaging)
      .sort(),
  ).toEqual(['file', 'zip', 'zip']);
});

test('a first deployment adds every resource without a question to the user', () => {
  const Deployable = z.object({
    Parameters: z.optional(z.record(z.string(), z.object({ Default: z.string() }))),
  });
  const whole: unknown = JSON.parse(readFileSync(join(directory, 'bedrock-proxy-dev.template.json'), 'utf8'));
  // Only the bootstrap version, which has a default.
  expect(Object.keys(z.parse(Deployable, whole).Parameters ?? {})).toEqual(['BootstrapVersion']);
  // CAPABILITY_IAM is enough: no role or policy has a custom name.
  for (const type of ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy']) {
    for (const { Properties } of resources(type)) {
      expect(Properties).not.toHaveProperty('RoleName');
      expect(Properties).not.toHaveProperty('ManagedPolicyName');
    }
  }
});
