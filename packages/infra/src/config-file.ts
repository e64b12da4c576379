import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProxyConfig, parseProxyConfig } from './config.ts';

/** Name of the environment variable that names a config file to use in place of `proxy.config.ts`. */
const configFileVariable = 'PROXY_CONFIG_FILE';

/** The config of this repository. */
const defaultConfigFile = resolve(import.meta.dirname, '../proxy.config.ts');

/**
 * Loads the default export of a config file.
 *
 * @param file A TypeScript or JavaScript module; relative to the working directory. Default: `PROXY_CONFIG_FILE`
 *   of the environment, else the `proxy.config.ts` of this package.
 * @throws {ConfigError} If the config is not valid.
 */
export async function loadProxyConfig(file?: string): Promise<ProxyConfig> {
  const path = file ?? process.env[configFileVariable] ?? defaultConfigFile;
  const module: { readonly default?: unknown } = await import(pathToFileURL(resolve(path)).href);
  return parseProxyConfig(module.default);
}
