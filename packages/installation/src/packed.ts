import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Installation } from './installation.ts';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The package from npm; this code is in its `dist`, in one folder with the other bundles. */
export const installation: Installation = {
  version: String(createRequire(import.meta.url)('../package.json').version),
  program: 'npx proxy',
  documents: 'node_modules/@org/bedrock-proxy/docs',
  config: undefined,
  functions: pathOf('./functions'),
  buildFunctions: undefined,
  root: pathOf('..'),
  sources: ['package.json', 'dist/**/*.{js,mjs,txt}'],
  cache: pathOf('../.cache'),
  cdkProgram: 'npx cdk',
  get cdk() {
    return [createRequire(import.meta.url).resolve('aws-cdk/bin/cdk')];
  },
  gateway: new URL('./gateway.js', import.meta.url),
  worker: new URL('./worker.js', import.meta.url),
  page: new URL('./page/', import.meta.url),
  swaggerUi: new URL('./page/swagger-ui/', import.meta.url),
  consolePage: { kind: 'built', folder: new URL('./console/', import.meta.url) },
  openApi: new URL('../docs/openapi.json', import.meta.url),
};
