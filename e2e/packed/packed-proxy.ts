import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { runProgram } from '../../test/run-program.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** A folder in which a user has installed our packages with npm. */
export interface InstalledProject {
  readonly folder: string;
  read(file: string): Promise<string>;
  /** Writes a file, with its folder, and resolves to its path. */
  write(file: string, content: string): Promise<string>;
  /** A project in a folder of its own below this one, which finds the installed packages above it. */
  below(name: string): Promise<InstalledProject>;
  /** Runs `proxy` on a Node. */
  proxy(node: string, ...args: string[]): ReturnType<typeof runProgram>;
  /** Runs another program. */
  run(program: string, ...args: string[]): ReturnType<typeof runProgram>;
  /** Starts `proxy dev`, and resolves to the lines that it prints until it serves. */
  serve(node: string): Promise<{ readonly lines: readonly string[]; stop(): void }>;
  remove(): Promise<void>;
}

/** No credentials, and nothing of this repository. */
const environment = {
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  AWS_EC2_METADATA_DISABLED: 'true',
  NO_COLOR: '1',
  PORT: '0',
};

/**
 * Installs tarballs with npm into an empty folder. What they depend on lies there already, as links to the packages of this
 * workspace, so that npm checks that each is what the manifests ask for, and fetches nothing.
 *
 * @param tarballs Each with the package of this workspace that it was packed from.
 */
export async function installProject(
  tarballs: readonly { readonly file: string; readonly name: string }[],
): Promise<InstalledProject> {
  const folder = await mkdtemp(join(tmpdir(), 'installed-'));
  const packages = join(folder, 'node_modules');
  for (const { name } of tarballs) {
    const source = dirname(require.resolve(`${name}/package.json`));
    const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      await mkdir(dirname(join(packages, dependency)), { recursive: true });
      await symlink(await realpath(join(source, 'node_modules', dependency)), join(packages, dependency));
    }
  }
  const env = { ...environment, npm_config_cache: join(folder, '.npm') };
  const files = tarballs.map(({ file }) => file);
  await run('npm', ['install', '--save-dev', '--offline', '--no-audit', '--no-fund', ...files], {
    cwd: folder,
    env,
  });
  return projectIn(folder, { env, bin: join(packages, '.bin/proxy') });
}

function projectIn(
  folder: string,
  { env, bin }: { readonly env: NodeJS.ProcessEnv; readonly bin: string },
): InstalledProject {
  const options = { cwd: folder, env };
  return {
    folder,
    read: (file) => readFile(join(folder, file), 'utf8'),
    async write(file, content) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    async below(name) {
      await mkdir(join(folder, name));
      return projectIn(join(folder, name), { env, bin });
    },
    proxy: (node, ...args) => runProgram(node, [bin, ...args], options),
    run: (program, ...args) => runProgram(program, args, options),
    async serve(node) {
      const started = spawn(node, [bin, 'dev'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
      const lines: string[] = [];
      for await (const line of createInterface(started.stdout)) {
        lines.push(line);
        if (line.startsWith('Serving')) break;
      }
      return { lines, stop: () => void started.kill('SIGKILL') };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
