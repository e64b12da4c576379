import type { Route } from '../template/routes.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds a request's method, or undefined. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

/** API Gateway's routing: a literal path part wins over a parameter; a trailing slash does not count. */
export function createRouter(routes: readonly Route[]): Router {
  const literalFirst = routes.toSorted((a, b) => compare(shape(a), shape(b)));
  return (method, path) => {
    const parts = splitPath(path);
    for (const route of literalFirst) {
      const pathParameters = matchParts(splitPath(route.path), parts);
      if (pathParameters !== undefined && route.method === method) return { route, pathParameters };
    }
    return undefined;
  };
}

function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

/** Sorts literal parts before parameters: 0 or 1 for each part. */
function shape(route: Route): string {
  return splitPath(route.path)
    .map((part) => (part.startsWith('{') ? '1' : '0'))
    .join('');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected.startsWith('{') && part !== '') parameters[expected.slice(1, -1)] = decode(part);
    else if (expected !== part) return undefined;
  }
  return parameters;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
