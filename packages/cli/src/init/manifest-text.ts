import * as z from 'zod/mini';
import { CliError } from '../cli-error.ts';

const scripts = {
  'proxy:dev': 'proxy dev',
  'proxy:check': 'proxy config check',
  'proxy:deploy': 'proxy deploy',
};

const Manifest = z.record(z.string(), z.unknown());

/** A `package.json` with the scripts of the proxy, and whether `.ts` beside it is a module. */
export interface ManifestWithScripts {
  readonly text: string;
  readonly hasModules: boolean;
}

/**
 * Adds scripts to a `package.json`. Those that have the same names stay as they are. If it has nothing but dependencies, as
 * `npm install` makes it, it also gets `"type": "module"`.
 *
 * @param text Undefined if there is none yet.
 * @throws {CliError} If it is not a `package.json`.
 */
export function withScripts(text = '{}'): ManifestWithScripts {
  const manifest = parsed(text);
  const present = parsed(JSON.stringify(manifest['scripts'] ?? {}));
  const isNew = Object.keys(manifest).every((field) => /^(?:devD|d)ependencies$/.test(field));
  const whole: Record<string, unknown> = {
    ...(isNew ? { private: true, type: 'module' } : {}),
    ...manifest,
    scripts: { ...present, ...scripts, ...present },
  };
  const [, indent = '  '] = /^([ \t]+)"/m.exec(text) ?? [];
  return { text: `${JSON.stringify(whole, null, indent)}\n`, hasModules: whole['type'] === 'module' };
}

function parsed(text: string): z.output<typeof Manifest> {
  try {
    return z.parse(Manifest, JSON.parse(text));
  } catch {
    throw new CliError('The package.json here is not valid, and nothing was written.', 'Correct it first.');
  }
}
