import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import shipped from '../../proxy.config.ts';
import { loadProxyConfig } from './config-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

test('the config of this repository is the default', async () => {
  vi.stubEnv('PROXY_CONFIG_FILE', undefined);
  expect(await loadProxyConfig()).toEqual(shipped);
});

test('the environment names another file, and what it exports is checked', async () => {
  const file = join(directory, 'other.config.mjs');
  writeFileSync(file, 'export default { name: "other" };');
  vi.stubEnv('PROXY_CONFIG_FILE', file);
  await expect(loadProxyConfig()).rejects.toThrow(/stage: is missing/);
});

test('the error of a copy whose import leads nowhere says where to import from', async () => {
  const file = join(directory, 'copy.config.mjs');
  writeFileSync(
    file,
    "import { defineProxyConfig } from './not-here/config.ts'; export default defineProxyConfig({});",
  );
  await expect(loadProxyConfig(file)).rejects.toThrow(
    /cannot be loaded: .*; from there, defineProxyConfig is imported from '\.\..*\/packages\/infra\/src\/config\/config\.ts'/,
  );
});
