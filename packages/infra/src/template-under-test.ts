import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import * as z from 'zod/mini';
import type { ProxyConfig } from './config.ts';
import { synthesize } from './synthesize.ts';

export const Properties = z.record(z.string(), z.unknown());

export const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties,
      DependsOn: z.optional(z.array(z.string())),
      DeletionPolicy: z.optional(z.string()),
      UpdateReplacePolicy: z.optional(z.string()),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});
export type Template = z.infer<typeof Template>;

/** Milliseconds for a test that synthesizes: importing and synthesizing take seconds. */
export const slow = 120_000;

/** For the cloud assemblies of a test file; removed after its tests. */
export const directory = mkdtempSync(join(tmpdir(), 'synthesize-'));

/** A function as good as any, built. */
export const lambdaDirectory = join(directory, 'lambda');

mkdirSync(lambdaDirectory);
writeFileSync(
  join(lambdaDirectory, 'index.mjs'),
  'export const handler = async () => ({ statusCode: 200 });',
);
afterAll(() => rmSync(directory, { recursive: true }));

export function templateOf(config: ProxyConfig, outdir: string): Template {
  const { templateFile } = synthesize(config, { outdir: join(directory, outdir), lambdaDirectory });
  return z.parse(Template, JSON.parse(readFileSync(templateFile, 'utf8')));
}

/** Properties of every resource of a type, by logical id. */
export function resources({ Resources }: Template, type: string): Map<string, z.infer<typeof Properties>> {
  const ofType = Object.entries(Resources).filter(([, resource]) => resource.Type === type);
  return new Map(ofType.map(([id, resource]) => [id, resource.Properties]));
}

export function only(template: Template, type: string): z.infer<typeof Properties> {
  const [properties, ...others] = resources(template, type).values();
  if (!properties || others.length > 0) throw new Error(`expected exactly one ${type}`);
  return properties;
}

const Join = z.object({
  'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), z.object({ Ref: z.string() })]))]),
});

/** What CloudFormation makes of a Fn::Join of texts and Refs. */
export function joined(value: unknown, resolve: (logicalId: string) => string): string {
  const [, parts] = z.parse(Join, value)['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : resolve(part.Ref))).join('');
}
