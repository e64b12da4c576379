import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { writeAssembly } from './assembly-cache.ts';

const config = parseProxyConfig(shipped);
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'assembly-cache-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});

/** Writes an assembly of one file, and returns the file's text, which says which synthesis made it. */
async function write(text: string, of: ProxyConfig = config): Promise<string> {
  const outdir = await mkdtemp(join(home, 'out-'));
  const file = join(outdir, 'manifest.json');
  const synthesize = async () => {
    if (text === 'fails') throw new Error(text);
    await mkdir(outdir, { recursive: true });
    await writeFile(file, text);
  };
  await writeAssembly(of, outdir, synthesize, join(home, 'kept'));
  return readFile(file, 'utf8');
}

test('the same config is synthesized once', async () => {
  expect(await write('first')).toBe('first');
  expect(await write('second')).toBe('first');
});

test('a changed config is synthesized again', async () => {
  await write('first');
  expect(await write('second', { ...config, stage: 'other' })).toBe('second');
  expect(await write('third')).toBe('first');
});

test('a synthesis that failed is not kept', async () => {
  await expect(write('fails')).rejects.toThrow('fails');
  expect(await write('second')).toBe('second');
});

test('only the newest assemblies are kept', async () => {
  for (let stage = 0; stage < 10; stage += 1) await write('one', { ...config, stage: `s${stage}` });
  expect(await readdir(join(home, 'kept'))).toHaveLength(8);
  expect(await write('again', { ...config, stage: 's9' })).toBe('one');
});
