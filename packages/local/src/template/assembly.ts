import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Stack } from './stack.ts';
import { parseTemplate, type Template, TemplateError } from './template.ts';

/** `manifest.json` of a cloud assembly. */
const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.optional(z.string()),
      properties: z.optional(
        z.object({
          templateFile: z.optional(z.string()),
          file: z.optional(z.string()),
        }),
      ),
    }),
  ),
});

const AssetManifest = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.optional(z.string()), packaging: z.optional(z.string()) }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

type Artifact = z.output<typeof Manifest>['artifacts'][string];

/** The output of `cdk synth`: a template, and the files that a deployment would upload. */
export interface CloudAssembly {
  readonly stack: Stack;
  readonly template: Template;
  /** The directory that was zipped to this object in the asset bucket. */
  assetDirectory(objectKey: string): string;
}

/**
 * Reads a cloud assembly with one stack, for one Region.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
 */
export function readCloudAssembly(directory: string): CloudAssembly {
  const { artifacts } = readJson(path.join(directory, 'manifest.json'), Manifest);
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0) {
    throw new TemplateError(`${directory} must have exactly one stack, and it has ${stacks.length}`);
  }
  const [name, { environment = '', properties }] = stack;
  // `aws://{account}/{region}`. The account may be unknown.
  const [account = '', region = ''] = environment.replace('aws://', '').split('/');
  const templateFile = path.join(directory, properties?.templateFile ?? `${name}.template.json`);
  return {
    stack: { name, account: /^\d{12}$/.test(account) ? account : '000000000000', region },
    template: parseTemplate(readFile(templateFile), templateFile),
    assetDirectory: (objectKey) => assetDirectory(directory, artifacts, objectKey),
  };
}

function assetDirectory(directory: string, artifacts: Record<string, Artifact>, objectKey: string): string {
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) {
      continue;
    }
    const { files } = readJson(path.join(directory, properties.file), AssetManifest);
    for (const { source, destinations } of Object.values(files)) {
      const uploaded = Object.values(destinations).some((destination) => destination.objectKey === objectKey);
      if (uploaded && source.path !== undefined) {
        const found = path.resolve(directory, source.path);
        if (!existsSync(found)) {
          throw new TemplateError(
            `${found}, the code of ${objectKey}, does not exist: synthesize the stack again`,
          );
        }
        if (!statSync(found).isDirectory()) {
          throw new TemplateError(
            `${found}, the code of ${objectKey}, is a file: only a directory can be run`,
          );
        }
        return found;
      }
    }
  }
  throw new TemplateError(`No asset of ${directory} is uploaded as ${objectKey}`);
}

function readJson<Output>(file: string, schema: z.ZodMiniType<Output>): Output {
  const result = z.safeParse(schema, JSON.parse(readFile(file)));
  if (!result.success) {
    throw new TemplateError(`${file}: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}

function readFile(file: string): string {
  if (!existsSync(file)) {
    throw new TemplateError(`${file} does not exist. Synthesize the stack first.`);
  }
  return readFileSync(file, 'utf8');
}
