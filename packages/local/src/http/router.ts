import type { Route } from '../template/routes.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the method that a request is for, or undefined. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

/**
 * API Gateway's routing: a literal path part goes before a parameter and a parameter before `{proxy+}`; a method of
 * its own goes before `ANY`; a slash at the end does not count.
 */
export function createRouter(routes: readonly Route[]): Router {
  const bySpecificity = routes.toSorted((a, b) => compare(specificity(a), specificity(b)));
  return (method, path) => {
    const parts = partsOf(path);
    for (const route of bySpecificity) {
      const pathParameters = matchParts(partsOf(route.path), parts);
      if (pathParameters !== undefined && (route.method === method || route.method === 'ANY')) {
        return { route, pathParameters };
      }
    }
    return undefined;
  };
}

function partsOf(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

/** Sorts before others: 0 literal, 1 parameter, 2 greedy, for each part; then ANY last. */
function specificity(route: Route): string {
  const parts = partsOf(route.path).map((part) => {
    if (!part.startsWith('{')) {
      return '0';
    }
    return part.endsWith('+}') ? '2' : '1';
  });
  return `${parts.join('')} ${route.method === 'ANY' ? '1' : '0'}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index];
    if (part === undefined || part === '') {
      return undefined;
    }
    if (expected.endsWith('+}')) {
      return { ...parameters, [expected.slice(1, -2)]: decode(parts.slice(index).join('/')) };
    }
    if (expected.startsWith('{')) {
      parameters[expected.slice(1, -1)] = decode(part);
    } else if (expected !== part) {
      return undefined;
    }
  }
  return pattern.length === parts.length ? parameters : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
