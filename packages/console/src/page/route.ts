import { useSyncExternalStore } from 'react';

/** The page that the fragment names: `#/teams/acme?filter=near` is `['teams', 'acme']`. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** @returns Undefined for what cannot be a path of ours, such as the token of a link. */
export function parseRoute(fragment: string): Route | undefined {
  if (!fragment.startsWith('#/')) return undefined;
  const [path = '', query = ''] = fragment.slice(2).split('?');
  try {
    return { path: path.split('/').map(decodeURIComponent), query: new URLSearchParams(query) };
  } catch {
    return undefined;
  }
}

/** The address of a page. Names may hold what an address may not. */
export function linkTo(...path: readonly string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`;
}

export function go(...path: readonly string[]): void {
  location.hash = linkTo(...path);
}

function subscribe(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}

export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => location.hash);
  return parseRoute(fragment) ?? { path: ['overview'], query: new URLSearchParams() };
}
