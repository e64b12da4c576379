import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@org/cli/program';
import { recordingTerminal } from '@org/cli/testing';
import type { ProxyConfig } from '@org/infra/config';
import { onTestFinished } from 'vitest';

/** Output of a command. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process: `proxy('keys', 'list')`. */
export type CommandLine = (...args: string[]) => Promise<Said>;

/**
 * The command line on a local gateway.
 *
 * @param config Content of its config file.
 * @param now Milliseconds since 1970.
 */
export async function commandLine(
  origin: string,
  config: ProxyConfig,
  now: () => number,
): Promise<CommandLine> {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'config.mjs');
  await writeFile(file, `export default ${JSON.stringify(config)};\n`);
  return async (...args) => {
    const terminal = recordingTerminal();
    const code = await run([...args, '--local', origin, '--config', file], terminal, now);
    return { code, stdout: terminal.printed.join('\n'), stderr: terminal.noted.join('\n') };
  };
}
