import { readFile } from 'node:fs/promises';
import { installation } from '@org/installation';
import type { OfferedModel } from '@org/models';
import { loopbackOrigin } from '../http/loopback-origin.ts';
import type { GatewayRequest } from '../http/request.ts';
import type { WholeResponse } from '../http/response.ts';
import { withModels } from './example-models.ts';

/** Where the reference is. */
export const docsPath = '/docs';

interface Asset {
  readonly file: URL;
  readonly type: string;
}

const html = 'text/html; charset=utf-8';
const css = 'text/css; charset=utf-8';
const javascript = 'text/javascript; charset=utf-8';

const page: Asset = { file: new URL('index.html', installation.page), type: html };

const assets: ReadonlyMap<string, Asset> = new Map([
  ['', page],
  ['/', page],
  ['/page.css', { file: new URL('page.css', installation.page), type: css }],
  ['/page.js', { file: new URL('page.js', installation.page), type: javascript }],
  ['/icon.svg', { file: new URL('icon.svg', installation.page), type: 'image/svg+xml' }],
  ['/swagger-ui.css', { file: new URL('swagger-ui.css', installation.swaggerUi), type: css }],
  [
    '/swagger-ui-bundle.js',
    { file: new URL('swagger-ui-bundle.js', installation.swaggerUi), type: javascript },
  ],
]);

/**
 * Scripts, styles and requests of this origin alone, and no other page may show this one. Pictures of the viewer's
 * style sheet are in it.
 */
const securityHeaders: WholeResponse['headers'] = [
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-cache'],
];

/** Answers a request for the reference; undefined for one that is not. */
export type Docs = (request: GatewayRequest) => Promise<WholeResponse> | undefined;

/**
 * The API reference: docs/openapi.json, and a page that shows it and tries it out on this gateway. It needs no key and
 * has none. Everything else below its path is left to the API, as is all of it where the stage has that path.
 */
export function createDocs(stage: string, models: readonly OfferedModel[]): Docs | undefined {
  if (`/${stage}` === docsPath) return undefined;
  return (request) => {
    if (!request.path.startsWith(docsPath) || !['GET', 'HEAD'].includes(request.method)) return undefined;
    const origin = loopbackOrigin(request);
    if (origin === undefined) return undefined;
    const name = request.path.slice(docsPath.length);
    if (name === '/openapi.json') return readDocument(`${origin}/${stage}`, models);
    const asset = assets.get(name);
    return asset && readAsset(asset);
  };
}

async function readAsset({ file, type }: Asset): Promise<WholeResponse> {
  return found(type, await readFile(file, 'utf8'));
}

/** The document, for this gateway alone: its address, and models that it has. */
async function readDocument(url: string, models: readonly OfferedModel[]): Promise<WholeResponse> {
  const committed: object = JSON.parse(await readFile(installation.openApi, 'utf8'), (name, value) =>
    name === 'requestBody' ? withModels(value, models) : value,
  );
  const servers = [{ url, description: 'This gateway.' }];
  return found('application/json', JSON.stringify({ ...committed, servers }, null, 2));
}

function found(type: string, body: string): WholeResponse {
  return { status: 200, headers: [['content-type', type], ...securityHeaders], body };
}
