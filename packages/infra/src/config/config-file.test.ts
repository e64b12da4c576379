import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, expect, onTestFinished, test, vi } from 'vitest';
import shipped from '../../proxy.config.ts';
import { findConfigFile, loadProxyConfig } from './config-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

test('the config of this repository is the default', async () => {
  vi.stubEnv('PROXY_CONFIG_FILE', undefined);
  expect(await loadProxyConfig()).toEqual(shipped);
});

test('else it is that of the working directory, or of the nearest folder above it', async () => {
  vi.stubEnv('PROXY_CONFIG_FILE', undefined);
  const below = join(directory, 'project/src');
  mkdirSync(below, { recursive: true });
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(process, 'cwd').mockReturnValue(below);
  writeFileSync(join(directory, 'project/proxy.config.mts'), '');
  expect(findConfigFile()).toBe(join(directory, 'project/proxy.config.mts'));
  writeFileSync(join(below, 'proxy.config.ts'), '');
  expect(findConfigFile()).toBe(join(below, 'proxy.config.ts'));
});

test('a named file is relative to where npm was run, or else to where its script runs', () => {
  writeFileSync(join(directory, 'named.config.mjs'), '');
  for (const [user, script] of [
    [directory, '/'],
    ['/', directory],
  ]) {
    vi.stubEnv('INIT_CWD', user);
    vi.spyOn(process, 'cwd').mockReturnValue(script ?? '');
    expect(findConfigFile('named.config.mjs')).toBe(join(directory, 'named.config.mjs'));
    vi.restoreAllMocks();
  }
});

test('the environment can name another file, and its export is checked', async () => {
  const file = join(directory, 'other.config.mjs');
  writeFileSync(file, 'export default { name: "other" };');
  vi.stubEnv('PROXY_CONFIG_FILE', file);
  await expect(loadProxyConfig()).rejects.toThrow(/stage: is missing/);
});

/** Loads a config as the commands do: without vitest's handling of TypeScript. */
async function loadedByNode(file: string): Promise<string> {
  const loader = join(import.meta.dirname, 'config-file.ts');
  const code = `import { loadProxyConfig } from '${loader}'; await loadProxyConfig('${file}').catch(({ message }) => console.log(message));`;
  const args = ['--conditions=@org/source', '--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout;
}

test.each([
  [
    'TypeScript that does not compile',
    'a.config.ts',
    "export default {\n  name: 'a'\n  stage: 'dev',\n};",
    3,
  ],
  ['what TypeScript in Node cannot do', 'b.config.ts', '\nenum Stage { dev }\nexport default {};', 2],
  ['a name that is not there', 'c.config.mjs', 'export default {\n  name: unknown,\n};', 2],
])('the error of %s names the line', async (_, name, text, line) => {
  const file = join(directory, name);
  writeFileSync(file, text);
  expect(await loadedByNode(file)).toContain(`${file}, line ${line}, cannot be loaded: `);
});

test('an error in an imported file names that file, with the line', async () => {
  const file = join(directory, 'whole.config.ts');
  writeFileSync(file, "import plans from './plans.ts';\nexport default { plans };");
  writeFileSync(join(directory, 'plans.ts'), 'export default {\n  a b\n};');
  expect(await loadedByNode(file)).toContain(`${join(directory, 'plans.ts')}, line 2, cannot be loaded: `);
});

test('if the import of a copied config leads nowhere, the error says where to import from', async () => {
  const file = join(directory, 'copy.config.mjs');
  writeFileSync(
    file,
    "import { defineProxyConfig } from './not-here/config.ts'; export default defineProxyConfig({});",
  );
  await expect(loadProxyConfig(file)).rejects.toThrow(
    /cannot be loaded: .*; import defineProxyConfig .*@org.bedrock-proxy/,
  );
});
