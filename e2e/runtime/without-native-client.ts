import { registerHooks } from 'node:module';
import { join } from 'node:path';

/** Loaded before aws-lambda-ric: gives it our client in place of its native one, which has to be compiled. */
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? nextResolve(join(import.meta.dirname, 'rapid-client.ts'), context)
      : nextResolve(specifier, context),
});
