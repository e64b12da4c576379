import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { resourcesOf } from './template.ts';

const Code = z.object({ S3Key: z.string() });

/** The file beside a template that says where its assets are. */
const AssetManifest = z.object({
  files: z.record(
    z.string(),
    z.object({
      // An app's other assets may be made by a program, and have neither.
      source: z.object({ path: z.optional(z.string()), packaging: z.optional(z.enum(['zip', 'file'])) }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

const codeIsReadable: TemplateRule = {
  name: 'function-code-is-readable',
  description: 'All users may read the code of every function, because Lambda runs it as another user.',
  *check(template, templatePath) {
    const assembly = resolve(templatePath, '..');
    const manifest = readFileSync(templatePath.replace(/\.template\.json$/, '.assets.json'), 'utf8');
    const assets = Object.values(z.parse(AssetManifest, JSON.parse(manifest)).files);
    for (const { id: resource, properties } of resourcesOf(template, 'AWS::Lambda::Function')) {
      const code = z.safeParse(Code, properties['Code']).data;
      const asset = assets.find(({ destinations }) =>
        Object.values(destinations).some(({ objectKey }) => objectKey === code?.S3Key),
      );
      if (asset?.source.packaging !== 'zip' || asset.source.path === undefined) {
        yield { resource, property: 'Code', message: 'is not a folder of this cloud assembly' };
        continue;
      }
      const hidden = unreadableIn(resolve(assembly, asset.source.path));
      if (hidden.length === 0) continue;
      const message = `has files that only their owner may read: ${hidden.join(', ')}`;
      yield { resource, property: 'Code', message };
    }
  },
};

/** The files and folders that not every user may read. Windows has no such modes. */
function unreadableIn(folder: string): string[] {
  if (process.platform === 'win32') return [];
  return ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].filter((name) => {
    const stats = statSync(join(folder, name));
    const needed = stats.isDirectory() ? 0o555 : 0o444;
    return (stats.mode & needed) !== needed;
  });
}

export const functionCodeRules: readonly TemplateRule[] = [codeIsReadable];
