import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxyConfig } from '@org/infra/config';
import { installation } from '@org/installation';

const { root, sources, cache } = installation;
const defaultDirectory = join(cache, 'assemblies');

/** The number of assemblies that are kept, of 2 MB each. */
const kept = 8;

/**
 * Writes a config's cloud assembly: a copy of an earlier one if neither the config nor a source has changed since,
 * because a synthesis takes seconds.
 *
 * @param synthesize Writes a new one into `outdir`.
 * @param directory Where assemblies are kept.
 */
export async function writeAssembly(
  config: ProxyConfig,
  outdir: string,
  synthesize: () => Promise<void>,
  directory = defaultDirectory,
): Promise<void> {
  const entry = join(directory, await keyOf(config));
  try {
    await cp(entry, outdir, { recursive: true });
    return;
  } catch {
    // There is none, or another process has removed it meanwhile.
    await rm(outdir, { recursive: true, force: true });
  }
  await synthesize();
  try {
    await keep(outdir, entry, directory);
  } catch {
    // The next start synthesizes again.
  }
}

async function keyOf(config: ProxyConfig): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([config, process.version]));
  const files = globSync([...sources], { cwd: root }).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  for (const [index, content] of contents.entries())
    hash.update(`\n${files[index]} ${content.length}\n`).update(content);
  return hash.digest('hex');
}

async function keep(assembly: string, entry: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const copy = await mkdtemp(join(directory, 'new-'));
  await cp(assembly, copy, { recursive: true });
  // In one step, because another process may be reading.
  await rename(copy, entry);
  const names = await readdir(directory);
  const entries = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  const old = entries.sort((one, other) => other.at - one.at).slice(kept);
  await Promise.all(old.map(({ name }) => rm(join(directory, name), { recursive: true, force: true })));
}
