import { field } from './duck-typing.ts';

/** A variable of the environment; `undefined` where there is none, or no leave to read it. */
export function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined;
  }
}

/** True on a web page alone: workers of an edge platform have no document. */
export function isBrowser(): boolean {
  return field(field(globalThis, 'window'), 'document') !== undefined;
}

/** Such as `Node.js/24`; what names itself in any other form than one product stays unknown. */
export function runtimeName(): string {
  if (isBrowser()) {
    return 'browser';
  }
  const name = globalThis.navigator?.userAgent ?? '';
  return /^[\w./-]+$/.test(name) ? name : 'unknown';
}
