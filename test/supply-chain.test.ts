import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const workspace = readFileSync('pnpm-workspace.yaml', 'utf8');
const lockfile = readFileSync('pnpm-lock.yaml', 'utf8');

/** The lines below a key of the workspace's settings, for example `esbuild: true`. */
function settings(key: string): Map<string, string> {
  const [, block = ''] = new RegExp(`^${key}:\\n((?: {2}.*\\n)+)`, 'm').exec(workspace) ?? [];
  return new Map(
    [...block.matchAll(/^ {2}"?([^":]+)"?: "?([^"\s]+)"?/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

/** Installed packages that want to run a script when they are installed, or need compiling. */
function packagesWithInstallScripts(): string[] {
  const names = globSync('node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json')
    .filter((file) => {
      const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8'));
      return (
        ['preinstall', 'install', 'postinstall'].some((name) => name in scripts) ||
        existsSync(join(dirname(file), 'binding.gyp'))
      );
    })
    .map((file): string => JSON.parse(readFileSync(file, 'utf8')).name);
  return [...new Set(names)];
}

test('no install script runs, and the settings name each package that has one', () => {
  const builds = settings('allowBuilds');
  expect([...builds.values()].filter((value) => value !== 'false')).toEqual([]);
  const undecided = packagesWithInstallScripts().filter((name) => !builds.has(name));
  expect(undecided).toEqual([]);
});

test('a version must have been public for a day, which CI checks', () => {
  expect(workspace).toMatch(/^minimumReleaseAge: 1440$/m);
  expect(workspace).not.toMatch(/minimumReleaseAgeExclude|trustLockfile/);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts.audit).toMatch(/ install --frozen-lockfile --lockfile-only && /);
});

test('the pinned pnpm installs exactly the lockfile', () => {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(packageManager).toBe(`pnpm@${settings('catalog').get('pnpm')}`);
});

/** What each workflow runs and may do beyond reading the repository. */
const workflows = {
  'ci.yml': { commands: ['npm test', 'npm run audit'], rights: [] },
  // By its identity it publishes; a person starts it.
  'release.yml': { commands: ['npm test', 'npm run release'], rights: ['id-token'] },
};

test('workflows may read the repository and no more, except that the release says who it is; none has a secret', () => {
  const files = globSync('.github/workflows/*').map((file) => basename(file));
  expect(files.toSorted()).toEqual(Object.keys(workflows));
  for (const [file, { commands, rights }] of Object.entries(workflows)) {
    const workflow = readFileSync(`.github/workflows/${file}`, 'utf8');
    expect(workflow).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    expect(workflow).not.toMatch(/secrets\.|pull_request_target|\$\{\{/);
    expect([...workflow.matchAll(/([\w-]+): write/g)].map(([, right]) => right)).toEqual(rights);
    expect([...workflow.matchAll(/ run: (.*)/g)].map(([, command]) => command)).toEqual(commands);
  }
  expect(readFileSync('.github/workflows/release.yml', 'utf8')).toMatch(/^on:\n {2}workflow_dispatch:\n\n/m);
});

test('every version is exact, and in one place', () => {
  const versions = [...settings('catalog')];
  expect(versions.length).toBeGreaterThan(0);
  const exact = /^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/;
  expect(versions.filter(([, version]) => !exact.test(version))).toEqual([]);
  const ranges = globSync('{.,packages/*,tools/*,*}/package.json').flatMap((file) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([, version]) => version !== 'catalog:' && version !== 'workspace:*')
      .map(([name, version]) => `${file}: ${name} ${version}`);
  });
  expect(ranges).toEqual([]);
});

test('every package comes from the registry, with a hash', () => {
  expect(workspace).toMatch(/^blockExoticSubdeps: true$/m);
  const [, packages = ''] = /^packages:\n(.*?)^snapshots:/ms.exec(lockfile) ?? [];
  const resolutions = [...packages.matchAll(/^ {4}resolution: (.*)$/gm)].map(
    ([, resolution = '']) => resolution,
  );
  expect(resolutions.length).toBeGreaterThan(100);
  expect(resolutions.filter((each) => !/^\{integrity: sha512-[\w+/=]+\}$/.test(each))).toEqual([]);
  expect(lockfile).not.toMatch(/tarball:|git\+|codeload|link:(?!\.\.\/)/);
});
