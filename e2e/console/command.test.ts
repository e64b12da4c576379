import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closeServer, listenOnLoopback } from '@org/local';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../../test/run-program.ts';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { openConsole } from './console-client.ts';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'packages/cli/src/index.ts');

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'console-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A local gateway, and the arguments that choose it. */
async function start() {
  const system = await startSystem('counted');
  const config = join(await temporaryFolder(), 'config.mjs');
  await writeFile(config, `export default ${JSON.stringify(configs.counted)};\n`);
  const args = ['--local', new URL(system.gateway.url).origin, '--config', config];
  return { system, args: ['--conditions=@org/source', script, 'console', ...args] };
}

/** Starts the command, and resolves to the first line that it prints. */
async function startCommand(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [link]: string[] = await once(createInterface(child.stdout), 'line');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code]: (number | null)[] = await once(child, 'exit');
    return code;
  };
  return { link: link ?? '', end };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the command prints the link of a console of its deployment, on its own, and ends with %s',
  async (signal) => {
    const { args } = await start();
    const { link, end } = await startCommand(args);
    const { client } = await openConsole(link);
    expect(await (await client.deployment.$get()).json()).toMatchObject({ name: 'counted-dev' });
    expect(await end(signal)).toBe(0);
    await expect(fetch(link)).rejects.toThrow();
  },
);

test('a port that is taken is named, with what to do', async () => {
  const { args } = await start();
  const server = createServer();
  const taken = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  const { port } = new URL(taken);
  const { code, stdout, stderr } = await runProgram(process.execPath, [...args, '--port', port], {
    env: process.env,
  });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`Port ${port} is in use by another program.\nGive another with --port`);
});

test.runIf(process.platform === 'linux')(
  'the browser is led to the link by a file of this user alone: the arguments of a program are for every user to see',
  async () => {
    const { args } = await start();
    const folder = await temporaryFolder();
    const opened = join(folder, 'opened');
    const opener = join(folder, 'xdg-open');
    await writeFile(opener, `#!/bin/sh\necho "$@" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`);
    await chmod(opener, 0o700);
    const { link, end } = await startCommand([...args, '--open'], {
      PATH: [folder, process.env['PATH']].join(delimiter),
    });
    await expect.poll(() => readdir(folder)).toContain('opened');
    const argument = (await readFile(opened, 'utf8')).trim();
    const { hash } = new URL(link);
    expect(argument).toMatch(/^file:/);
    expect(argument).not.toContain(hash.slice(1));
    const file = fileURLToPath(argument);
    expect(await readFile(file, 'utf8')).toContain(`location.replace("${link}")`);
    expect((await stat(file)).mode & 0o077).toBe(0);
    await end('SIGINT');
    await expect(stat(file)).rejects.toThrow('ENOENT');
  },
);
