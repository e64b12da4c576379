import { defineConfig } from 'vitest/config';

const conditions = ['@org/source', 'node', 'import', 'default'];

const project = (name: string, directory: string, include: string[]) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@org/source'] } },
  test: {
    name,
    root: directory,
    include,
    typecheck: { enabled: true, include: include.map((glob) => glob.replace(/\.test\.ts$/, '.test-d.ts')) },
  },
});

export default defineConfig({
  test: {
    projects: [
      project('workspace', '.', ['test/**/*.test.ts']),
      project('contract', 'packages/contract', ['src/**/*.test.ts']),
      project('lambda', 'packages/lambda', ['src/**/*.test.ts']),
      project('client-sdk', 'packages/client-sdk', ['src/**/*.test.ts']),
      project('infra', 'packages/infra', ['{src,local}/**/*.test.ts']),
      project('e2e', 'packages/infra', ['e2e/**/*.test.ts']),
    ],
  },
});
