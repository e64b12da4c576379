import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ProxyConfig, parseProxyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/** Name of the environment variable that names a config file to use in place of `proxy.config.ts`. */
const configFileVariable = 'PROXY_CONFIG_FILE';

/** The config of this repository. */
const defaultConfigFile = resolve(import.meta.dirname, '../../proxy.config.ts');

/**
 * The path of a config file.
 *
 * @param file As {@link loadProxyConfig} takes it.
 * @throws {ConfigError} If there is no such file.
 */
export function findConfigFile(file?: string): string {
  const named = file ?? process.env[configFileVariable];
  // npm and pnpm run scripts elsewhere, and say here where the user is.
  const path = named ? resolve(process.env['INIT_CWD'] ?? '.', named) : defaultConfigFile;
  if (!existsSync(path)) throw new ConfigError([{ path: 'config', message: `there is no file ${path}` }]);
  return path;
}

/**
 * Loads the default export of a config file.
 *
 * @param file A TypeScript or JavaScript module; relative to where npm was run. Default: `PROXY_CONFIG_FILE`
 *   of the environment, else the `proxy.config.ts` of this package.
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
    const hint = hintOn(error, path);
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

function hintOn(error: unknown, path: string): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND') return importHint(path);
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'write the config in TypeScript or JavaScript';
  return undefined;
}

/** A copied config still imports from its old place. */
function importHint(path: string): string {
  const target = relative(dirname(path), resolve(import.meta.dirname, 'config.ts'))
    .split(sep)
    .join('/');
  const from = target.startsWith('.') ? target : `./${target}`;
  return `from there, import defineProxyConfig from '${from}'`;
}
