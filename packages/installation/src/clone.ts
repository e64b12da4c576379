import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Installation } from './installation.ts';

const root = new URL('../../../', import.meta.url);
const pathOf = (path: string) => fileURLToPath(new URL(path, root));

/**
 * A path of the clone as its user would type it: npm runs a script in the folder of its package, and says in a variable where
 * the user is.
 */
function typed(path: string): string {
  const way = relative(process.env['INIT_CWD'] ?? process.cwd(), pathOf(path)) || '.';
  return /^[\w./\\:@-]+$/.test(way) ? way : `'${way.replaceAll("'", "'\\''")}'`;
}

/** A shell looks for a name without a folder elsewhere. */
function inFolder(program: string): string {
  return program === 'proxy' ? `.${sep}proxy` : program;
}

/** A clone of this repository. */
export const installation: Installation = {
  version: String(createRequire(root)('./packages/proxy/package.json').version),
  program: inFolder(typed('proxy')),
  documents: typed('docs'),
  config: pathOf('packages/infra/proxy.config.ts'),
  functions: pathOf('packages/lambda/dist'),
  async buildFunctions() {
    const { buildFunctions } = await import('@org/lambda/build');
    await buildFunctions();
  },
  root: pathOf('.'),
  sources: [
    'pnpm-lock.yaml',
    'packages/{contract,models,table,lambda,infra}/{src,build}/**/*.{ts,json}',
    'packages/lambda/THIRD-PARTY-NOTICES.txt',
  ],
  cache: pathOf('node_modules/.cache'),
  cdkProgram: 'npm run cdk --',
  // Installed by the first command that needs it.
  cdk: [pathOf('scripts/bootstrap.mjs'), 'deploy', 'tools/cdk/node_modules/aws-cdk/bin/cdk'],
  gateway: new URL('packages/local/src/start.ts', root),
  worker: new URL('packages/local/src/lambda/worker.ts', root),
  page: new URL('packages/local/src/docs/', root),
  swaggerUi: new URL('packages/local/node_modules/swagger-ui-dist/', root),
  consolePage: { kind: 'source', build: new URL('packages/console/build/page.ts', root) },
  openApi: new URL('docs/openapi.json', root),
};
