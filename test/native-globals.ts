import { afterAll } from 'vitest';

const { Request, Response } = globalThis;

// Hono's server for Node replaces them for as long as its process lasts, and msw then fails in the next file of tests.
afterAll(() => {
  for (const [name, value] of Object.entries({ Request, Response })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
});
