import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installation } from '@org/installation';
import { type ProxyConfig, parseProxyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/** Name of the environment variable that names a config file to use in place of `proxy.config.ts`. */
const configFileVariable = 'PROXY_CONFIG_FILE';

/** A config has one of these names. The second is a module also in a package of CommonJS. */
const configFileNames = ['proxy.config.ts', 'proxy.config.mts'];

/**
 * The path of a config file.
 *
 * @param file As {@link loadProxyConfig} takes it.
 * @throws {ConfigError} If there is no such file.
 */
export function findConfigFile(file?: string): string {
  const named = file ?? process.env[configFileVariable];
  if (named) return namedConfigFile(named);
  const found = nearestConfigFile(process.cwd()) ?? installation.config;
  if (found !== undefined) return found;
  const message = `there is no ${configFileNames[0]} in ${process.cwd()} or above it; "${installation.program} init" writes one`;
  throw new ConfigError([{ path: 'config', message }]);
}

function namedConfigFile(name: string): string {
  // npm and pnpm run a script in the folder of its package, and say in a variable where the user is.
  const folders = [process.env['INIT_CWD'] ?? '.', process.cwd()];
  const paths = folders.map((folder) => resolve(folder, name));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ConfigError([{ path: 'config', message: `there is no file ${paths[0]}` }]);
}

function nearestConfigFile(folder: string): string | undefined {
  const parent = dirname(folder);
  return configFileIn(folder) ?? (parent === folder ? undefined : nearestConfigFile(parent));
}

/** The path of a folder's own config; undefined if it has none. */
export function configFileIn(folder: string): string | undefined {
  return configFileNames.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Loads the default export of a config file.
 *
 * @param file A TypeScript or JavaScript module; relative to where npm was run. Default: `PROXY_CONFIG_FILE` of the
 *   environment, else `proxy.config.ts` in the working directory or the nearest one above it, else in a clone its own.
 * @throws {ConfigError} If there is no such file, it cannot be loaded, or the config is not valid.
 */
export async function loadProxyConfig(file?: string): Promise<ProxyConfig> {
  return parseProxyConfig(await defaultExport(findConfigFile(file)));
}

async function defaultExport(path: string): Promise<unknown> {
  const module = await load(path);
  if (module.default !== undefined) return module.default;
  const message = `${path} has no default export: write "export default defineProxyConfig({ ... });"`;
  throw new ConfigError([{ path: 'config', message }]);
}

async function load(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const hint = hintOn(error);
    throw new ConfigError([
      {
        path: 'config',
        message: `${placeOf(error, path)} cannot be loaded: ${reason}${hint === undefined ? '' : `; ${hint}`}`,
      },
    ]);
  }
}

/** The place of an error, which only its stack says: if possible in the config, else in a file that it imports. */
function placeOf(error: unknown, path: string): string {
  const stack = (error instanceof Error && error.stack) || '';
  const places = [...stack.matchAll(/(?:^|at |\()(file:\/\/\S+?|\/\S+?):(\d+)/gm)].map(
    ([, file = '', line]) => ({ file: file.startsWith('file:') ? fileURLToPath(file) : file, line }),
  );
  const place = places.find(({ file }) => file === path) ?? places[0];
  return place ? `${place.file}, line ${place.line},` : path;
}

function hintOn(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND') return importHint;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'write the config in TypeScript or JavaScript';
  return undefined;
}

/** A copied config may still import from its old place. */
const importHint =
  "import defineProxyConfig from '@org/bedrock-proxy', or in a clone from packages/infra/src/config/config.ts";
