import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PackedPackage, pack } from './packed-package.ts';

const require = createRequire(import.meta.url);

/** The client as npm would publish it, and projects that have installed it. */
export interface PackedClient extends PackedPackage {
  /** Creates a project with only these files, next to the client and the types of Node. Resolves to its folder. */
  project(files: Readonly<Record<string, string>>): Promise<string>;
}

export async function packClient(): Promise<PackedClient> {
  const client = await pack('@org/bedrock-client');
  const directory = await mkdtemp(join(tmpdir(), 'bedrock-client-packed-'));
  const packages = join(directory, 'node_modules');
  await mkdir(join(packages, '@org'), { recursive: true });
  await cp(client.unpacked, join(packages, '@org/bedrock-client'), { recursive: true });
  await mkdir(join(packages, '@types'));
  await symlink(dirname(require.resolve('@types/node/package.json')), join(packages, '@types/node'));

  return {
    ...client,
    async project(files) {
      const project = await mkdtemp(join(directory, 'project-'));
      for (const [file, text] of Object.entries(files)) await writeFile(join(project, file), text);
      return project;
    },
    async remove() {
      await client.remove();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
