import { field } from './duck-typing.ts';

/** A variable of the environment; `undefined` if there is none, or if it may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined;
  }
}

/** True only on a web page: workers of an edge platform do not have a document. */
export function isBrowser(): boolean {
  return field(field(globalThis, 'window'), 'document') !== undefined;
}

/** Such as `Node.js/24`. A name that is not a single product stays unknown. */
export function platformName(): string {
  if (isBrowser()) {
    return 'browser';
  }
  const name = globalThis.navigator?.userAgent ?? '';
  return /^[\w./-]+$/.test(name) ? name : 'unknown';
}
