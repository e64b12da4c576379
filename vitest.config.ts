import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { chromiumOfNpm } from './packages/client-sdk/test/browser/chromium.ts';

// Workers, and the programs that they start, load what an earlier one compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node');

// Our packages are read from source; see "exports" in their manifests.
const conditions = ['@org/source', 'node'];

/** Vite adds "development" to them, for which a package may have other code than its users get. */
const onlyOurConditions: Plugin = {
  name: 'only-our-conditions',
  configResolved: ({ ssr }) => void Object.assign(ssr.resolve ?? {}, { conditions }),
};

const project = (name: string, root: string, include: string[], more: object = {}) => ({
  plugins: [onlyOurConditions],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@org/source'] } },
  test: {
    name,
    root,
    include,
    // A busy machine is slow; only what hangs fails by it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most files import more than their tests do work: once a process is enough.
    isolate: false,
    ...more,
  },
});

/** Node itself runs the code, as it does for users, and nothing transforms it first. */
const onNode = { experimental: { viteModuleRunner: false, nodeLoader: false } };

/** What stands for a runtime of the client's besides Node. A page of a browser is a project of its own. */
const webEnvironments = ['jsdom', 'happy-dom', 'edge-runtime'];

/** Instead of Node's modules, which a page does not have. */
const noNode = 'packages/client-sdk/test/browser/no-node.ts';

const clientTests = ['src/**/*.test.ts', 'test/any-runtime.test.ts', 'test/responses.fuzz.test.ts'];

export default defineConfig({
  test: {
    // Tests wait for servers and processes of their own about a quarter of the time.
    maxWorkers: availableParallelism() + 1,
    // happy-dom closes the body of a response that was left a second time.
    onUnhandledError: ({ stack = '' }) => !stack.includes('/happy-dom/lib/fetch/'),
    projects: [
      project('node', '.', ['{docs-gen,packages,scripts,test}/**/*.test.ts'], {
        ...onNode,
        setupFiles: [join(import.meta.dirname, 'test/native-globals.ts')],
        globalSetup: [join(import.meta.dirname, 'packages/infra/src/testing/temporary-folder.ts')],
      }),
      ...webEnvironments.map((environment) =>
        project(`client-sdk-${environment}`, 'packages/client-sdk', clientTests, {
          environment,
          // The tests' servers are of other origins than the page.
          environmentOptions: { happyDOM: { settings: { fetch: { disableSameOriginPolicy: true } } } },
          typecheck: { enabled: false },
        }),
      ),
      // That browser is for Linux.
      ...(process.platform !== 'linux'
        ? []
        : [
            {
              ...project('client-sdk-chromium', 'packages/client-sdk', clientTests, {
                browser: {
                  enabled: true,
                  provider: chromiumOfNpm,
                  instances: [{ browser: 'chromium' }],
                  screenshotFailures: false,
                  ui: false,
                },
              }),
              resolve: {
                conditions: ['@org/source', 'browser'],
                alias: [{ find: /^(?:node:.*|msw\/node)$/, replacement: join(import.meta.dirname, noNode) }],
              },
            },
          ]),
      project('e2e', 'e2e', ['**/*.test.ts'], {
        ...onNode,
        globalSetup: [join(import.meta.dirname, 'e2e/assemblies.ts')],
      }),
    ],
  },
});
