import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import shipped from '../../proxy.config.ts';
import { type ProxyConfig, parseProxyConfig } from '../config/config.ts';
import { synthesize } from '../stack/synthesize.ts';
import {
  companyWithNotices,
  directory,
  lambdaDirectory,
  withDomain,
  withPrivateApi,
} from '../testing/template-under-test.ts';
import { allowedRules } from './allowed-rules.ts';
import { SynthesizedTemplate } from './template.ts';

/** Together, everything that a config can bring into a template. */
const configs: readonly [name: string, config: ProxyConfig][] = [
  [
    'with everything on',
    parseProxyConfig({ ...companyWithNotices, ...withDomain, signIn: { cognito: 'create' } }),
  ],
  [
    'with several origins, a guardrail, a private API and no bearer tokens',
    parseProxyConfig({
      ...shipped,
      plans: {
        ...shipped.plans,
        starter: { ...shipped.plans['starter'], guardrail: { id: 'abcdefghij', version: '1' } },
      },
      cors: { origins: ['https://app.example.com', 'http://localhost:3000'] },
      bearer: false,
      ...withPrivateApi,
    }),
  ],
];

type JsonObject = Record<string, unknown>;
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;
/** A statement about everyone cannot be wider. */
const isEveryone = (value: unknown): boolean => value === '*' || (isObject(value) && value['AWS'] === '*');

/** Every object in a value, and the value itself; only the first of similar resources and list items. */
function objectsIn(value: unknown, place = '', seen = new Set<string>()): JsonObject[] {
  if (!isObject(value)) return [];
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const type = isObject(part) ? part['Type'] : undefined;
    const where = Array.isArray(value) ? '[]' : place === '.Resources' ? String(type) : name;
    return objectsIn(part, `${place}.${where}`, seen);
  });
  const shape = `${place} ${Object.keys(value)}`;
  if (Array.isArray(value) || seen.has(shape)) return parts;
  seen.add(shape);
  return [value, ...parts];
}

/** Whether the rules find something if one object of the template has one property changed. */
function isFoundWith(template: unknown, object: JsonObject, name: string, value: unknown): boolean {
  const before = { ...object };
  object[name] = value;
  const { success, data } = SynthesizedTemplate.safeParse(template);
  const found =
    !success || allowedRules.some(({ check }) => Iterator.from(check(data, 'no file')).some(() => true));
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, before);
  return found;
}

describe.each(configs)('a template %s', (name, config) => {
  const outdir = join(directory, name.replaceAll(' ', '-'));
  const { templateFile } = synthesize(config, { outdir, lambdaDirectory });
  const template: unknown = JSON.parse(readFileSync(templateFile, 'utf8'));
  const objects = objectsIn(template);
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};

  test('passes', () => {
    expect(
      allowedRules.flatMap(({ check }) => [...check(SynthesizedTemplate.parse(template), templateFile)]),
    ).toEqual([]);
    expect(objects.length).toBeGreaterThan(100);
  });

  test('has no place for a property that is not allowed', () => {
    const missed = objects.filter((object) => !isFoundWith(template, object, 'Unthought', true));
    expect(missed).toEqual([]);
  });

  test('has no place for a value from another stack', () => {
    const foreign = { 'Fn::ImportValue': 'elsewhere' };
    const missed = objects.flatMap((object) =>
      Object.keys(object).filter((key) => !isFoundWith(template, object, key, foreign)),
    );
    expect(missed).toEqual([]);
  });

  test('has principals and actions that cannot be replaced by others', () => {
    const missed = objects.flatMap((object) =>
      ['Principal', 'Action', 'Service']
        .filter((key) => key in object && !isEveryone(object[key]))
        .filter(
          (key) => !['*', ['*'], { AWS: '*' }].every((other) => isFoundWith(template, object, key, other)),
        ),
    );
    expect(missed).toEqual([]);
  });

  test('has no place for a resource of another type', () => {
    const types = ['AWS::Lambda::Url', 'AWS::IAM::User', 'AWS::CloudFormation::Macro', 'Custom::Anything'];
    for (const Type of types) {
      expect(isFoundWith(template, resources, 'Unthought', { Type, Properties: {} })).toBe(true);
    }
  });
});

test.each(['constructor', 'toString', '__proto__'])(
  'a resource of type %s, which every object has, is not allowed',
  (Type) => {
    const template = SynthesizedTemplate.parse({ Resources: { Added: { Type, Properties: {} } } });
    const found = allowedRules.flatMap(({ check }) => [...check(template, 'no file')]);
    expect(found).toContainEqual(expect.objectContaining({ resource: 'Added', property: 'Type' }));
  },
);
