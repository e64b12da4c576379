import { defineConfig } from 'vitest/config';
const conditions = ['@org/source', 'node'];
export default defineConfig({ resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@org/source'] } }, test: { include: ['e2e/packed/packed-proxy.test.ts'], testTimeout: 300000, hookTimeout: 300000 } });
