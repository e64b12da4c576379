import { field, textField } from './duck-typing.ts';

/** A variable of the environment; `undefined` if there is none, or if it may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined;
  }
}

/** True on a web page and in its workers. Workers of an edge platform have no document, and name themselves. */
export function isBrowser(): boolean {
  return (
    field(field(globalThis, 'window'), 'document') !== undefined ||
    (field(globalThis, 'WorkerGlobalScope') !== undefined && userAgent().startsWith('Mozilla/'))
  );
}

/** Such as `Node.js/24`. A name that is not a single product stays unknown. */
export function platformName(): string {
  if (isBrowser()) {
    return 'browser';
  }
  const name = userAgent();
  return /^[\w./-]+$/.test(name) ? name : 'unknown';
}

function userAgent(): string {
  return textField(field(globalThis, 'navigator'), 'userAgent') ?? '';
}
