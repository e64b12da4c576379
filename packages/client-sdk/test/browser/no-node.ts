import { TestRunner } from 'vitest';

// In place of Node's modules, which a page has not. A test that calls one cannot run there, and is skipped.
function skip(): never {
  TestRunner.getCurrentTest()?.context.skip('needs Node');
  throw new Error('Only tests may call Node.');
}

export const createServer = skip;
export const getEventListeners = skip;
export const once = skip;
export const Readable = { from: skip };
export const setupServer = skip;
export const text = skip;
